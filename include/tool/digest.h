/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_DIGEST_H
#define OG_TOOL_DIGEST_H
/*
 * og_digest: a file's size and SHA-256, computed in a thread of its own while others work on the file.
 *
 * Threads:   start and finish from one thread.
 * Ownership: start borrows the path until finish; finish ends what start began, also when it is told to hurry.
 * Errors:    name the file.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct og_digest;

OG_CHECKED enum og_status og_digest_start(const char *path, struct og_digest **out, struct og_error *err);

/* Waits for the result: "sha256:…" and the size. With `give_up` it only stops, and text is untouched. */
OG_CHECKED enum og_status og_digest_finish(struct og_digest **digest, bool give_up, char *text, size_t text_size,
                                           uint64_t *size, struct og_error *err);

#endif
