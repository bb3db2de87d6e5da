/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_VALIDATORS_H
#define OG_HTTP_VALIDATORS_H
/*
 * og_validators: by what a client or cache tells whether what it keeps is what it would get: a strong entity tag, and
 * the time of the last change. Both come from names; nothing is looked up or read for them.
 *
 * Threads: pure functions. Ownership: none. Errors: what cannot be read matches nothing: the answer is then whole.
 */
#include <stdint.h>

#include "http/head.h"

enum og_coding { OG_CODING_IDENTITY, OG_CODING_GZIP, OG_CODINGS };

struct og_validators {
    uint64_t tag;       /* stands for the bytes; 0: no validators */
    int64_t modified_s; /* since 1970; 0: unknown, or so recent that other bytes may have the same second */
};

/* An entity tag with its quotes: the bytes of another coding have another one. */
#define OG_TAG_TEXT 24
void og_tag_print(uint64_t tag, enum og_coding coding, char out[OG_TAG_TEXT]);

/* Whether If-None-Match names the tag or says "*". W/ before a tag is passed over, as the weak comparison does. */
bool og_tag_is_listed(struct og_words list, const char *tag);

/* Whether a query's "v" is absent or this generation, in the sixteen digits that documents give. */
bool og_generation_is_asked(struct og_words asked, uint64_t generation);

/*
 * The client has it: by If-None-Match or, only when there is none, by an If-Modified-Since that is the very time of the
 * last change. Earlier and later ones are another file's: one may be replaced by an older one.
 */
bool og_validators_match(const struct og_validators *validators, enum og_coding coding, const struct og_head *head);

#endif
