/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_SLIDES_H
#define OG_BENCH_SLIDES_H
/*
 * Slides for benches: generated tissue of a given size and share of glass, or a real slide, in a folder of its own, and
 * an engine on it.
 *
 * Threads:   the bench's main thread; the engine's own.
 * Ownership: open and serve fill the caller's struct; close removes the folder.
 * Errors:    a bench that cannot set itself up says why and ends.
 */
#include "engine/engine.h"
#include "engine/library.h"
#include "slide/catalogue.h"
#include "tool/source.h"

struct slides {
    char folder[256];
    bool made; /* here, and removed in the end */
    struct og_log *log;
    struct og_metrics *metrics;
    struct og_metrics_block *block;
    struct og_catalogue *catalogue; /* for who reads slides without an engine */
    struct og_library *library;     /* for engines */
};

void slides_open(struct slides *slides);
void slides_add(struct slides *slides, const char *id, uint32_t side, unsigned glass);
void slides_add_without_chroma(struct slides *slides, const char *id,
                               uint32_t side);                  /* dense tissue, no residuals of it */
bool slides_add_real(struct slides *slides, const char *id);    /* false: there is none */
struct og_source *slides_tissue(uint32_t side, unsigned glass); /* what they are made from, owned */
bool slides_real_path(char *out, size_t room);                  /* the largest file in $OG_REAL_SLIDES; false: none */
struct og_source *slides_real(void);                            /* the same, opened; NULL: there is none */
void slides_visit(struct slides *slides, const char *folder); /* in the place of open, add and scan: somebody else's */
void slides_scan(struct slides *slides);                      /* after the last add */
struct og_pyramid slides_pyramid(const struct slides *slides, const char *id);
struct og_engine *slides_serve(struct slides *slides, struct og_engine_options options);
/* Asks for an L0 tile and waits until its whole family is built; returns the CPU seconds that the waiting took. */
double slides_build(struct slides *slides, struct og_engine *engine, const char *id, uint32_t x, uint32_t y);
void slides_close(struct slides *slides);

/* CPU seconds of the whole process so far, user and system. */
double process_cpu(void);
double thread_cpu(void); /* of this thread */
double wall_clock(void);
void sleep_until(uint64_t due_ns); /* monotonic */

#endif
