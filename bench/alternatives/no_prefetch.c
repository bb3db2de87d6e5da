/* SPDX-License-Identifier: MIT */
/* In the place of og_slide_prefetch_family: no hint is given. */
#include "slide/slide.h"

bool og_slide_prefetch_family(const struct og_slide *slide, struct og_reader *reader, uint32_t fx, uint32_t fy)
{
    (void)slide, (void)reader, (void)fx, (void)fy;
    return false;
}
