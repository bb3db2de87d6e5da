/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_LISTING_H
#define OG_SLIDE_LISTING_H
/*
 * What is in a folder of slides, by name: which entry would be which slide, and what tells that it is another file now.
 * Nothing is opened.
 *
 * Threads:   single-threaded.
 * Ownership: the caller owns the struct, which starts as zeros; free it, whatever read said.
 * Errors:    OG_IO when the folder cannot be listed. Entries that vanish meanwhile, that begin with a dot or that
 * belong to another slide (its folder of tiles) are not listed.
 */
#include <dirent.h>
#include <stddef.h>

#include "identity.h"

struct og_listed {
    size_t name_at; /* in the listing's text */
    size_t id_length;
    unsigned format;
    uint64_t identity; /* og_slide_identity.here; 0 when the system does not say */
};

struct og_listing { /* sorted by id, then by format */
    struct og_listed *entries;
    size_t count, room;
    char *text;
    size_t text_size, text_room;
};

/* `like` says how large the listing will probably be; NULL: nobody knows. */
OG_CHECKED enum og_status og_listing_read(DIR *folder, const struct og_listing *like, struct og_listing *out,
                                          struct og_error *err);
const char *og_listing_name(const struct og_listing *listing, size_t i);
/* Where two names lie in the order of all listings: below 0, 0 or above 0. */
int og_listing_compare(const struct og_listing *a, size_t i, const struct og_listing *b, size_t j);
void og_listing_free(struct og_listing *listing);

#endif
