/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_WAITING_H
#define OG_HTTP_WAITING_H
/*
 * og_waiting: the places for requests of one event thread that wait for the engine. So that a slide whose reads hang
 * does not take all of them, a request gets one only while more places are free than its slide has already: of 128 the
 * first slide that hangs takes 64, the second 32, the third 16, and many slides together still fill them.
 *
 * Threads:   one, the event thread.
 * Ownership: a value.
 * Errors:    enter is false when there is no place for this slide, or when OG_WAITING_SLIDES others wait.
 */
#include <stdbool.h>
#include <stdint.h>

enum { OG_WAITING_SLIDES = 128 };

struct og_waiting {
    unsigned most, taken, slides;
    struct {
        uint64_t key;
        unsigned taken; /* not 0 */
    } slide[OG_WAITING_SLIDES];
};

bool og_waiting_enter(struct og_waiting *waiting, uint64_t slide_key);
void og_waiting_leave(struct og_waiting *waiting, uint64_t slide_key); /* that entered */

#endif
