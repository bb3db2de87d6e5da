/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_KERNELS_EIGHT_H
#define OG_IMAGE_KERNELS_EIGHT_H
/*
 * A row of an 8x8 block as a vector of eight, of which each compiler makes what its processor has.
 *
 * Threads: values. Ownership: – . Errors: none.
 */
#include <stddef.h>
#include <stdint.h>

#include "image/dct.h"

enum { EIGHT = OG_BLOCK_SIDE };

typedef int32_t eight __attribute__((vector_size(EIGHT * sizeof(int32_t))));

#endif
