/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_SERVED_H
#define OG_TESTS_SUPPORT_SERVED_H
/*
 * A folder of slides behind a real engine, asked the way the front door asks it but waiting for the answer.
 *
 * Threads:   served_ask from any thread with its own metrics block; open and close from one.
 * Ownership: served_ask returns an owned buffer.
 * Errors:    served_ask returns what the engine answered; open aborts when the engine does not start.
 */
#include "engine/engine.h"
#include "engine/library.h"
#include "slide/slide.h"

struct served {
    struct og_log *log;
    struct og_metrics *metrics;
    struct og_library *library;
    struct og_engine *engine;
    struct og_metrics_block *block; /* of the thread that opened it */
    int log_fd;
};

void served_open(struct served *served, const char *folder, struct og_engine_options options);
enum og_status served_ask(struct served *served, struct og_metrics_block *block, const char *id, uint32_t level,
                          uint32_t x, uint32_t y, struct og_buf **out);
void served_close(struct served *served);

/* Decodes any JPEG to RGB, or to grey (components 1). The pixels are malloc'ed; false when libjpeg has a complaint. */
bool jpeg_pixels(const struct og_buf *buf, int components, uint8_t **pixels, int *width, int *height);

#endif
