/* SPDX-License-Identifier: MIT */
#include "slide/slide.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "identity.h"
#include "slide_document.h"
#include "slide_format.h"

#define NS_PER_S INT64_C(1000000000)

struct og_slide {
    atomic_uint references;
    _Atomic uint64_t quiet_until_ns; /* relaxed: it only spaces log lines */
    /* immutable after open */
    const struct og_slide_format *format;
    void *state;
    uint64_t key, opened_as;
    struct og_slide_facts facts;
    struct og_buf *json, *dzi;
};

static void destroy(struct og_slide *slide)
{
    og_buf_unref(&slide->json);
    og_buf_unref(&slide->dzi);
    slide->format->close(slide->state);
    free(slide);
}

/*
 * Files may be exchanged while they are opened: what they were before and after has to agree. Where a format seals no
 * content, a generation is what was written at one time.
 */
static enum og_status open_steady(struct og_slide *slide, int directory, const char *name, size_t id_length,
                                  unsigned format, struct og_error *err)
{
    struct og_slide_identity before, after;
    enum og_status status = og_slide_identify(directory, name, id_length, format, &before, err);
    if (status != OG_OK)
        return status;
    status = og_slide_format_at(format)->open(directory, name, &slide->facts, &slide->state, err);
    if (status != OG_OK)
        return status;
    status = og_slide_identify(directory, name, id_length, format, &after, err);
    if (status == OG_OK && before.here != after.here)
        status = og_error_set(err, OG_BUSY, "it changed while it was opened");
    if (status != OG_OK) {
        og_slide_format_at(format)->close(slide->state);
        return status;
    }
    slide->opened_as = before.here;
    slide->facts.modified_ns = before.modified_ns;
    if (!slide->facts.generation)
        slide->facts.generation = before.written;
    return OG_OK;
}

static enum og_status open_named(int directory, const char *name, uint64_t key, struct og_slide **out,
                                 struct og_error *err)
{
    size_t id_length;
    unsigned i = og_slide_format_of(directory, name, &id_length);
    if (i == OG_SLIDE_FORMATS)
        return og_error_set(
            err, OG_UNSUPPORTED,
            "not a slide: neither .tif nor .dzi nor a folder with %s; origami encode makes one of a scan", OG_RRIP_DZI);
    if (!og_parse_slide_id(name, id_length))
        return og_error_set(err, OG_INVALID, "its name is not fit for a URL: only A-Z a-z 0-9 . _ - and at most %d",
                            OG_SLIDE_ID_MAX);
    struct og_slide *slide = calloc(1, sizeof *slide);
    if (!slide)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status = open_steady(slide, directory, name, id_length, i, err);
    if (status != OG_OK) {
        free(slide);
        return status;
    }
    atomic_init(&slide->references, 1);
    atomic_init(&slide->quiet_until_ns, 0);
    slide->format = og_slide_format_at(i);
    slide->key = key;
    slide->facts.format = og_slide_format_at(i)->name;
    memcpy(slide->facts.id, name, id_length);
    slide->facts.id[id_length] = '\0';
    slide->json = og_slide_document(&slide->facts);
    slide->dzi = og_slide_document_dzi(&slide->facts);
    if (!slide->json || !slide->dzi) {
        destroy(slide);
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    }
    *out = slide;
    return OG_OK;
}

enum og_status og_slide_open(int directory, const char *name, uint64_t key, struct og_slide **out, struct og_error *err)
{
    *out = NULL;
    enum og_status status = open_named(directory, name, key, out, err);
    if (status != OG_OK && err)
        og_error_prefix(err, "%s", name);
    return status;
}

struct og_slide *og_slide_ref(struct og_slide *slide)
{
    atomic_fetch_add_explicit(&slide->references, 1, memory_order_relaxed); /* the caller holds one: no edge needed */
    return slide;
}

void og_slide_unref(struct og_slide **slide)
{
    struct og_slide *old = *slide;
    *slide = NULL;
    if (old && atomic_fetch_sub_explicit(&old->references, 1, memory_order_acq_rel) == 1) /* S1 pairs with S2 */
        destroy(old);
}

bool og_slide_complaint_due(struct og_slide *slide, uint64_t now_ns, uint64_t gap_ns)
{
    uint64_t until = atomic_load_explicit(&slide->quiet_until_ns, memory_order_relaxed); /* spaces log lines only */
    return now_ns >= until &&
           atomic_compare_exchange_strong_explicit(&slide->quiet_until_ns, &until, now_ns + gap_ns,
                                                   memory_order_relaxed, memory_order_relaxed); /* likewise */
}

const struct og_slide_facts *og_slide_facts(const struct og_slide *slide)
{
    return &slide->facts;
}

int64_t og_slide_modified_s(const struct og_slide *slide)
{
    int64_t modified_s = slide->facts.modified_ns / NS_PER_S;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec - modified_s > OG_SLIDE_SETTLED_S ? modified_s : 0;
}

uint64_t og_slide_key(const struct og_slide *slide)
{
    return slide->key;
}

uint64_t og_slide_opened_as(const struct og_slide *slide)
{
    return slide->opened_as;
}

struct og_buf *og_slide_json(const struct og_slide *slide)
{
    return slide->json;
}

struct og_buf *og_slide_dzi(const struct og_slide *slide)
{
    return slide->dzi;
}

/* Formats speak of places in the file; which file it is, is said here. */
static enum og_status named(enum og_status status, const struct og_slide *slide, struct og_error *err)
{
    if (status != OG_OK && err)
        og_error_prefix(err, "%s%s", slide->facts.id, slide->format->suffix);
    return status;
}

static bool inside(const struct og_slide *slide, unsigned depth, uint32_t x, uint32_t y)
{
    struct og_extent grid = og_pyramid_grid(&slide->facts.pyramid, depth);
    return x < grid.width && y < grid.height;
}

static bool has_stored(const struct og_slide *slide, unsigned depth, uint32_t x, uint32_t y)
{
    unsigned first = slide->facts.residual ? 2 : 0;
    return depth >= first && depth <= slide->facts.last_depth && inside(slide, depth, x, y);
}

enum og_status og_slide_read_stored(const struct og_slide *slide, struct og_reader *reader, unsigned depth, uint32_t x,
                                    uint32_t y, uint8_t *buffer, struct og_stored_tile *out, struct og_error *err)
{
    *out = (struct og_stored_tile){0};
    enum og_status status;
    if (!has_stored(slide, depth, x, y))
        status = og_error_set(err, OG_NOT_FOUND, "no tile %u_%u is stored at depth %u", x, y, depth);
    else
        status = slide->format->read_stored(slide->state, reader, depth, x, y, buffer, out, err);
    return named(status, slide, err);
}

enum og_status og_slide_read_family(const struct og_slide *slide, struct og_reader *reader, uint32_t fx, uint32_t fy,
                                    uint8_t *buffer, struct og_stored_family *out, struct og_error *err)
{
    *out = (struct og_stored_family){0};
    enum og_status status;
    if (!slide->facts.residual || !inside(slide, 2, fx, fy))
        status = og_error_set(err, OG_NOT_FOUND, "no family %u_%u", fx, fy);
    else
        status = slide->format->read_family(slide->state, reader, fx, fy, buffer, out, err);
    return named(status, slide, err);
}

bool og_slide_prefetch_stored(const struct og_slide *slide, struct og_reader *reader, unsigned depth, uint32_t x,
                              uint32_t y)
{
    return slide->format->prefetch_stored && has_stored(slide, depth, x, y) &&
           slide->format->prefetch_stored(slide->state, reader, depth, x, y);
}

bool og_slide_prefetch_family(const struct og_slide *slide, struct og_reader *reader, uint32_t fx, uint32_t fy)
{
    return slide->format->prefetch_family && inside(slide, 2, fx, fy) &&
           slide->format->prefetch_family(slide->state, reader, fx, fy);
}

enum og_status og_slide_survey(const struct og_slide *slide, struct og_reader *reader, struct og_survey *out,
                               struct og_error *err)
{
    *out = (struct og_survey){0};
    enum og_status status;
    if (!slide->format->survey)
        status = og_error_set(err, OG_UNSUPPORTED, "a slide of format %s has no index", slide->format->name);
    else
        status = slide->format->survey(slide->state, reader, out, err);
    return named(status, slide, err);
}
