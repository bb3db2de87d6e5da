/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_DRAFT_H
#define OG_TOOL_DRAFT_H
/*
 * og_draft: the hidden name ".NAME.draft" in NAME's folder, under which a file or a folder is written until it is
 * whole. Whoever writes it holds its lock (flock), and the system takes the lock back however that process ends: a
 * draft that nobody holds was left by one that was killed, and who begins the same NAME next takes it away. So no more
 * than one can be left of a NAME, and nobody but those who write NAME looks for it.
 *
 * Threads:   any; two that write one NAME are kept apart as two processes are.
 * Ownership: names are the caller's to g_free; a draft is held until its descriptor is closed.
 * Errors:    errno; EWOULDBLOCK: somebody else is writing it.
 */
#include <stdbool.h>

/* `suffix` ends the name, for writers that choose a format by it; often "". */
char *og_draft_name(const char *path, const char *suffix);

/* Empty and held: its descriptor, or -1. */
int og_draft_file(const char *name);
int og_draft_folder(const char *name);

/* Takes a draft away that nobody holds; true: nothing has this name now. */
bool og_draft_clear(const char *name);

/* A file, or a folder with all that is in it, of which the caller knows that nobody else has it. */
bool og_draft_remove(const char *name);

/* Holds a file or folder that is there already as if it were its draft: its descriptor, or -1. */
int og_draft_hold(const char *name);

#endif
