/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_OUTFILE_H
#define OG_TOOL_OUTFILE_H
/*
 * og_outfile: a file that appears under its name only when it is whole. Until then it is a draft (tool/draft.h) in the
 * same folder.
 *
 * Threads:   one at a time.
 * Ownership: open fills the caller's struct; exactly one of commit and discard ends it; discard after commit is
 *            nothing.
 * Errors:    name the final file and the system's reason, or that another process is writing it; a failed commit has
 *            discarded.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct og_outfile {
    int fd;
    char *path;      /* the final name */
    char *temporary; /* the name until commit; NULL: nothing is open */
};

/* Refuses to write over what is being read, under whatever name. */
OG_CHECKED enum og_status og_outfile_spares(const char *path, const char *input, struct og_error *err);

/* Refuses a name that anything has already. */
OG_CHECKED enum og_status og_outfile_is_free(const char *path, struct og_error *err);

/* `suffix` ends the temporary name, for writers that choose a format by it; often "". */
OG_CHECKED enum og_status og_outfile_open(const char *path, const char *suffix, struct og_outfile *out,
                                          struct og_error *err);
OG_CHECKED enum og_status og_outfile_write(const struct og_outfile *file, uint64_t offset, const void *data,
                                           size_t size, struct og_error *err);

/* Syncs the file, gives it its name (replacing what had it), syncs the folder. */
OG_CHECKED enum og_status og_outfile_commit(struct og_outfile *file, struct og_error *err);

/* The same, but what has the name by now is left alone, and the file is discarded. */
OG_CHECKED enum og_status og_outfile_commit_new(struct og_outfile *file, struct og_error *err);
void og_outfile_discard(struct og_outfile *file);

/*
 * Gives what is called `from` in the open `folder` the name `path`, unless something has it: the system decides that in
 * one step. Where the file system knows no such step (RENAME_NOREPLACE), there is a moment between the look and the
 * name.
 */
OG_CHECKED enum og_status og_outfile_name(int folder, const char *from, const char *path, struct og_error *err);

OG_CHECKED enum og_status og_outfile_sync_folder(const char *path, struct og_error *err); /* the one that has it */

/* "PATH: cannot write: REASON" for an errno; a full disk is told in words. */
enum og_status og_outfile_error(const char *path, const char *what, int error, struct og_error *err);

#endif
