/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_INPUTS_H
#define OG_BENCH_INPUTS_H
/*
 * The pictures that codecs are compared on: generated tissue of two seeds, with and without glass, and what can be made
 * of each real slide in $OG_REAL_SLIDES. A picture that was never compressed is taken as it is. Of a scanner's slide,
 * which is JPEG inside, nothing is taken on its grid of 8 x 8: a piece and the whole, from odd places, and a piece made
 * smaller by 0.77.
 *
 * Threads:   the bench's main thread.
 * Ownership: the next picture is the caller's; files lie in a folder of the caller's.
 * Errors:    an input that cannot be read ends the bench with the reason.
 */
#include "picture.h"

enum { INPUTS_MAX = 32 };

struct input {
    char name[32];
    uint32_t seed, side; /* of tissue; side 0: a file */
    unsigned glass;
    char path[512];
    struct og_rect area; /* of the file; width 0: all of it */
    double scale;
    bool is_drawn; /* in the pictures of curves */
};

/* How many there are; `out` has room for INPUTS_MAX. */
unsigned inputs_list(bool quick, struct input *out);

struct picture *input_open(const struct input *input, const char *folder);

#endif
