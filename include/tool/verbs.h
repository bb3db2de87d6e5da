/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_VERBS_H
#define OG_TOOL_VERBS_H
/*
 * og_tool_main: the whole program but its process. One const table of verbs (verbs.c), one file per verb.
 *
 * Threads:   the main thread.
 * Ownership: borrows argv and the streams.
 * Errors:    a verb fills og_error, whose text names file, place and reason; the exit code is 0, 1 for a failure, 2 for
 *            a command line that makes no sense.
 */
#include <stdio.h>

#include "tool/options.h"

struct og_verb {
    const char *name;
    const char *operands;                 /* as the usage line shows them */
    int operand_count, optional_operands; /* those that must be there, and how many more may */
    uint32_t takes;
    const char *summary;     /* half a line for the list of verbs */
    const char *explanation; /* what it does, in a few lines */
    const char *examples;
    enum og_status (*run)(const struct og_arguments *arguments, FILE *out, struct og_error *err);
};

extern const struct og_verb og_verb_encode, og_verb_info, og_verb_tile, og_verb_verify, og_verb_export, og_verb_demo;

/* man.c: the manual page origami(1) of these verbs */
void og_tool_man(const struct og_verb *const *verbs, unsigned count, FILE *out);

int og_tool_main(int argc, const char *const *argv, FILE *out, FILE *errors);

#endif
