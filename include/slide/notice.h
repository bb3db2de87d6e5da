/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_NOTICE_H
#define OG_SLIDE_NOTICE_H
/*
 * og_notice: the system's word that something in a folder has changed: names that came, went or were written to. What
 * it was is not told; names that begin with a dot do not count. Below sub-folders nothing is noticed.
 *
 * Threads:   a notice belongs to one thread at a time.
 * Ownership: new returns owned.
 * Errors:    new fails with OG_IO and the system's reason where there is no inotify or no room for one more; watch
 *            fails likewise, and with OG_NOT_FOUND where there is no such folder.
 */
#include <stdbool.h>

#include "base/status.h"

struct og_notice;

OG_CHECKED enum og_status og_notice_new(struct og_notice **out, struct og_error *err);

/*
 * Watches the folder of this name from now on, whichever folder that is by now; true in `fresh` when it was not
 * watched before. After a failure nothing is watched.
 */
OG_CHECKED enum og_status og_notice_watch(struct og_notice *notice, const char *folder, bool *fresh,
                                          struct og_error *err);

int og_notice_descriptor(const struct og_notice *notice); /* readable when there is something to take */

/* Takes all that was noticed so far; true when something changed, or may have. */
bool og_notice_take(struct og_notice *notice);

void og_notice_destroy(struct og_notice **notice);

#endif
