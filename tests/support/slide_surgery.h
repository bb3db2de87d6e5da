/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_SLIDE_SURGERY_H
#define OG_TESTS_SUPPORT_SLIDE_SURGERY_H
/*
 * A slide's bytes, laid open by a small TIFF reader of its own: where each class of bytes lies, and how to change them
 * with or without making the checksums right again.
 *
 * Threads:   the test's own.
 * Ownership: open returns what close ends; a list of stretches is the caller's to free. Appending moves `bytes`.
 * Errors:    abort with a message: the patient is a good slide, what is done to it is the test's business.
 */
#include <stddef.h>
#include <stdint.h>

#include "slide/profile.h"
#include "support/pictures.h"

enum {
    SURGERY_PAGES = 16,
    SURGERY_TAG_DESCRIPTION = 270,
    SURGERY_TAG_OFFSETS = 324,
    SURGERY_TAG_COUNTS = 325,
    SURGERY_TAG_TABLES = 347,
};

struct surgery {
    uint8_t *bytes;
    size_t size;
    struct og_pyramid pyramid;
    unsigned pages; /* base pages, then L1, then L0 */
    uint64_t directory[SURGERY_PAGES];
};

/* 2100 x 1030 at 0.25 um: smooth on the left, noise on the right, plain in a corner; so some residuals are absent. */
void surgery_add_patient(const struct folder *folder, const char *name);

/* The same with chroma residuals. */
void surgery_add_coloured_patient(const struct folder *folder, const char *name);

struct surgery surgery_open(const struct folder *folder, const char *file);
void surgery_save(const struct surgery *s, const struct folder *folder, const char *file);
void surgery_close(struct surgery *s);

/* Every byte of the file belongs to exactly one stretch. `kind` has no numbers of pages, families or tiles. */
struct stretch {
    char name[48], kind[32];
    uint64_t at, size;
};
struct stretch *surgery_stretches(const struct surgery *s, size_t *count);

uint64_t surgery_number(const struct surgery *s, uint64_t at, unsigned bytes);
void surgery_put(struct surgery *s, uint64_t at, uint64_t value, unsigned bytes);
uint64_t surgery_append(struct surgery *s, const void *data, size_t size); /* where it lies now */

/* A directory's entry: u16 tag, u16 type, u64 count, u64 value or its place. 0: there is none. */
uint64_t surgery_entry(const struct surgery *s, unsigned page, unsigned tag);
struct og_span surgery_value(const struct surgery *s, unsigned page, unsigned tag);

/* Gives the tag another value: in its entry where it fits, else at the end of the file. */
void surgery_set_value(struct surgery *s, unsigned page, unsigned tag, const void *data, size_t size);

/* Records as they stand, and with a right checksum under the slide's seal. */
unsigned surgery_slots(unsigned page);
uint64_t surgery_records(const struct surgery *s, unsigned page);
struct og_record surgery_record(const struct surgery *s, unsigned page, uint64_t index);
void surgery_set_record(struct surgery *s, unsigned page, uint64_t index, const struct og_record *record);

/* Puts another stream in a tile's place: its record's tiles are written anew at the end of the file. */
void surgery_set_tile(struct surgery *s, unsigned page, uint64_t index, unsigned slot, struct og_span stream);
struct og_span surgery_tile(const struct surgery *s, unsigned page, uint64_t index, unsigned slot);

/* Makes the seal and every record's checksum right for what the slide holds now. */
void surgery_reseal(struct surgery *s);

#endif
