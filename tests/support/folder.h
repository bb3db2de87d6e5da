/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_FOLDER_H
#define OG_TESTS_SUPPORT_FOLDER_H
/*
 * folder: a temporary directory for one test, and files in it. Folders on the way to a file are made as needed.
 *
 * Threads:   the test's own. Ownership: make returns a folder that remove ends; both fit a cmocka fixture.
 * Errors:    abort: without a temporary directory there is no test.
 */
#include <stdbool.h>
#include <stddef.h>

struct folder {
    char path[64];
    int fd; /* of the open directory */
};

struct folder *folder_make(void);
void folder_remove(struct folder **folder); /* with everything in it */

int folder_setup(void **state); /* *state is a folder */
int folder_teardown(void **state);

void folder_write(const struct folder *folder, const char *name, const void *bytes, size_t size);
void folder_write_text(const struct folder *folder, const char *name, const char *text);
void folder_link(const struct folder *folder, const char *target, const char *name);
void folder_pipe(const struct folder *folder, const char *name);
void folder_directory(const struct folder *folder, const char *name);
void folder_delete(const struct folder *folder, const char *name); /* a file or an empty directory */
unsigned folder_count(const struct folder *folder);                /* of entries, hidden ones too */

#endif
