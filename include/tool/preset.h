/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_PRESET_H
#define OG_TOOL_PRESET_H
/*
 * How good a slide shall be, by name: the luma PSNR of its full-size tissue, in dB.
 *
 * Threads: pure. Ownership: none. Errors: parse returns false for what is neither a name nor a number in range.
 */
#include <stdbool.h>

enum { OG_PRESET_SMALL = 33, OG_PRESET_BALANCED = 36, OG_PRESET_ARCHIVE = 40 };

bool og_preset_parse(const char *text, double least, double most, double *aim);
const char *og_preset_name(double aim); /* NULL: it has none */

#endif
