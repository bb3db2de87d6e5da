/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_OPTIONS_H
#define OG_TOOL_OPTIONS_H
/*
 * The command line: one list of all options, from which every verb names those that it takes.
 *
 * Threads:   pure functions. Ownership: values borrow from argv. Errors: OG_INVALID, naming the argument.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"
#include "slide/pyramid.h"
#include "tool/encode.h"
#include "tool/preset.h"
#include "tool/rebuild.h"
#include "tool/verify.h"

struct og_values {
    const char *out;
    struct og_extent size;
    uint64_t base_quality, l1_step, l0_step, chroma_step, threads, quality, seed, glass, worst;
    double aim, min_psnr, min_ssim;
    const char *worst_to;
    bool no_chroma, no_trellis, json, quiet, plain, help, version;
};

/* X(id, name, letter, kind, field, default, min, max, what stands for the value, help) */
#define OG_OPTION_LIST(X)                                                                                              \
    X(OUT, "output", 'o', TEXT, out, 0, 0, 0, "FILE", "where the result goes; it is there when it is whole")           \
    X(SIZE, "size", 0, EXTENT, size, 0, 1, OG_PYRAMID_SIDE_MAX, "WxH", "size in pixels, for example 20000x15000")      \
    X(SEED, "seed", 0, NUMBER, seed, 1, 0, UINT32_MAX, "N", "another number, another tissue")                          \
    X(GLASS, "glass", 0, NUMBER, glass, 40, 0, 100, "PERCENT", "how much of the slide is empty glass")                 \
    X(PLAIN, "plain", 0, FLAG, plain, 0, 0, 0, NULL, "an ordinary picture even when FILE ends in .tif")                \
    X(PRESET, "preset", 0, AIM, aim, OG_PRESET_BALANCED, 20, 60, "NAME",                                               \
      "small (33 dB), balanced (36 dB), archive (40 dB) or a number of dB: luma PSNR that tissue shall have")          \
    X(L0_STEP, "l0-step", 0, NUMBER, l0_step, 0, 1, 255, "N",                                                          \
      "instead of a preset: quantiser step of the full-size level's residuals; smaller is finer")                      \
    X(L1_STEP, "l1-step", 0, NUMBER, l1_step, 0, 1, 255, "N",                                                          \
      "the same for the half-size level; otherwise it follows the full-size level's")                                  \
    X(BASE_QUALITY, "base-quality", 0, NUMBER, base_quality, 0, 1, 100, "Q",                                           \
      "JPEG quality of L2 and coarser levels; otherwise it follows, too")                                              \
    X(CHROMA_STEP, "chroma-step", 0, NUMBER, chroma_step, 0, 1, 255, "N",                                              \
      "quantiser step of colour residuals at half size; otherwise it follows, too")                                    \
    X(NO_CHROMA, "no-chroma", 0, FLAG, no_chroma, 0, 0, 0, NULL,                                                       \
      "no colour residuals: colour is kept at quarter size, and the file is smaller")                                  \
    X(NO_TRELLIS, "no-trellis", 0, FLAG, no_trellis, 0, 0, 0, NULL, "quicker, and larger for the same picture")        \
    X(QUALITY, "quality", 0, NUMBER, quality, OG_REBUILD_QUALITY_DEFAULT, 1, 100, "Q",                                 \
      "JPEG quality of tiles that are rebuilt")                                                                        \
    X(MIN_PSNR, "min-psnr", 0, FIXED, min_psnr, 0, 0, 99, "DB", "luma PSNR that full size must reach; else it fails")  \
    X(MIN_SSIM, "min-ssim", 0, FIXED, min_ssim, 0, 0, 1, "X", "SSIM that full size must reach; else it fails")         \
    X(WORST, "worst", 0, NUMBER, worst, OG_WORST_DEFAULT, 0, OG_WORST_MAX, "N", "how many of the worst tiles to name") \
    X(WORST_TO, "worst-to", 0, TEXT, worst_to, 0, 0, 0, "DIR",                                                         \
      "draws the worst tiles there: source, slide, difference times 4; an earlier run's pictures go")                  \
    X(THREADS, "threads", 0, NUMBER, threads, 0, 0, OG_ENCODE_THREADS_MAX, "N", "worker threads; 0: one per core")     \
    X(JSON, "json", 0, FLAG, json, 0, 0, 0, NULL, "print the result as one JSON object")                               \
    X(QUIET, "quiet", 'q', FLAG, quiet, 0, 0, 0, NULL, "no progress bar and no summary")                               \
    X(HELP, "help", 'h', FLAG, help, 0, 0, 0, NULL, "print this help")                                                 \
    X(VERSION, "version", 0, FLAG, version, 0, 0, 0, NULL, "print the version")

#define OG_OPTION_ENUM(id, ...) OG_OPTION_##id,
enum og_option { OG_OPTION_LIST(OG_OPTION_ENUM) OG_OPTIONS };
#undef OG_OPTION_ENUM

#define OG_TAKES(id)    (UINT32_C(1) << OG_OPTION_##id)
#define OG_OPERANDS_MAX 8

struct og_arguments {
    struct og_values values;
    uint32_t given; /* the options that were: a set of OG_TAKES */
    const char *operands[OG_OPERANDS_MAX];
    int operand_count;
};

/* `takes` is a set of OG_TAKES; `argv` starts behind the verb. Options may stand anywhere; "--" ends them. */
OG_CHECKED enum og_status og_options_parse(uint32_t takes, int argc, const char *const *argv, struct og_arguments *out,
                                           struct og_error *err);

/* Of the first option of a set that is not empty, without its dashes. */
const char *og_options_name(uint32_t set);

/* One line per option of the set, with its range and its default. */
void og_options_help(uint32_t takes, FILE *out);
void og_options_man(uint32_t takes, FILE *out); /* the same for a manual page */

#endif
