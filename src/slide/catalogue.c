/* SPDX-License-Identifier: MIT */
#include "slide/catalogue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listing.h"
#include "slide_document.h"
#include "slide_format.h"

#define PART "catalogue"

struct place {              /* what became of one entry of the listing */
    struct og_slide *slide; /* owned; NULL: skipped */
    bool retry;             /* it may open another time although it is the same file */
};

struct og_catalogue {
    struct og_listing listing;
    struct place *places;     /* by entry */
    struct og_slide **slides; /* those that are not NULL, so sorted by id; borrowed from the places */
    size_t count;
    struct og_buf *json;
    uint64_t last_key;
};

struct id {
    const char *text;
    size_t length;
};

struct scan {
    int directory;
    struct og_log *log;
    struct og_metrics_block *metrics;
    const struct og_catalogue *previous; /* NULL: this is the first */
    struct og_catalogue *next;
    struct og_catalogue_changes changes;
    bool changed;
};

/* ---- one entry ---- */

struct known {                 /* what the previous catalogue has of it */
    const struct place *place; /* NULL: nothing */
    uint64_t identity;
};

static const struct og_slide_facts *last_facts(const struct og_catalogue *catalogue)
{
    return catalogue->count ? og_slide_facts(catalogue->slides[catalogue->count - 1]) : NULL;
}

static bool is_taken(const struct scan *s, size_t i)
{
    const struct og_listed *entry = &s->next->listing.entries[i];
    const struct og_slide_facts *last = last_facts(s->next);
    return last && entry->format < OG_SLIDE_FORMATS && strlen(last->id) == entry->id_length &&
           memcmp(last->id, og_listing_name(&s->next->listing, i), entry->id_length) == 0;
}

static void take(struct scan *s, size_t i, struct og_slide *slide)
{
    s->next->places[i].slide = slide;
    s->next->slides[s->next->count++] = slide;
}

static void tell_opened(struct scan *s, const char *name, bool replaced)
{
    s->changed = true;
    ++*(replaced ? &s->changes.replaced : &s->changes.opened);
    og_count(s->metrics, replaced ? OG_COUNT_SLIDE_REPLACED : OG_COUNT_SLIDE_OPENED, 1);
    if (s->previous)
        og_log_write(s->log, OG_LOG_INFO, PART, "%s %s", replaced ? "replaced" : "opened", name);
}

static void tell_skipped(struct scan *s, const char *reason, bool was_served)
{
    s->changed = true;
    s->changes.skipped++;
    og_count(s->metrics, OG_COUNT_SLIDE_SKIPPED, 1);
    og_log_write(s->log, OG_LOG_WARN, PART, "skipped %s%s", reason, was_served ? "; it is served no more" : "");
}

static void tell_gone(struct scan *s, size_t j)
{
    s->changed = true;
    if (!s->previous->places[j].slide)
        return;
    s->changes.removed++;
    og_count(s->metrics, OG_COUNT_SLIDE_REMOVED, 1);
    og_log_write(s->log, OG_LOG_INFO, PART, "removed %s", og_listing_name(&s->previous->listing, j));
}

/*
 * What is in the folders of a slide its identity does not tell, and a system may have more to give another time. Any
 * file is tried twice: what was written to it in the same tick of the file system's clock does not show either.
 */
static bool may_open_later(const struct og_listed *entry, enum og_status status, bool tried_before)
{
    if (status == OG_IO || status == OG_NO_MEMORY || status == OG_BUSY)
        return true;
    return entry->format < OG_SLIDE_FORMATS && (!tried_before || og_slide_format_parts(entry->format)[0]);
}

static enum og_status open_entry(struct scan *s, size_t i, struct og_slide **out, struct og_error *err)
{
    const char *name = og_listing_name(&s->next->listing, i);
    if (is_taken(s, i))
        return og_error_set(err, OG_INVALID, "%s: there is a slide of that name already, of format %s", name,
                            last_facts(s->next)->format);
    return og_slide_open(s->directory, name, s->next->last_key + 1, out, err);
}

static void place_entry(struct scan *s, size_t i, struct known known)
{
    struct og_listed *entry = &s->next->listing.entries[i];
    struct place *place = &s->next->places[i];
    bool taken = is_taken(s, i), was_served = known.place && known.place->slide;
    if (known.place && entry->identity == 0)
        entry->identity = known.identity; /* nothing says that it changed */
    bool same = known.place && entry->identity == known.identity;
    if (same && was_served && !taken) {
        take(s, i, og_slide_ref(known.place->slide));
        return;
    }
    if (same && !was_served && !known.place->retry)
        return;

    struct og_error err;
    struct og_slide *slide;
    enum og_status status = open_entry(s, i, &slide, &err);
    if (status == OG_OK) {
        s->next->last_key++;
        entry->identity = og_slide_opened_as(slide);
        take(s, i, slide);
        tell_opened(s, og_listing_name(&s->next->listing, i), was_served);
        return;
    }
    place->retry = taken || may_open_later(entry, status, same);
    s->changed |= same && place->retry != known.place->retry;
    s->changes.unsettled |= status == OG_BUSY;
    if (!same || was_served)
        tell_skipped(s, err.text, was_served);
}

/* ---- all entries ---- */

static void place_all(struct scan *s)
{
    static const struct og_listing nothing;
    const struct og_listing *before = s->previous ? &s->previous->listing : &nothing;
    const struct og_listing *now = &s->next->listing;
    size_t j = 0;
    for (size_t i = 0; i < now->count; i++) {
        struct known known = {0};
        while (j < before->count && og_listing_compare(before, j, now, i) < 0)
            tell_gone(s, j++);
        if (j < before->count && og_listing_compare(before, j, now, i) == 0) {
            known = (struct known){&s->previous->places[j], before->entries[j].identity};
            j++;
        } else {
            s->changed = true;
        }
        place_entry(s, i, known);
    }
    while (j < before->count)
        tell_gone(s, j++);
}

static bool has_slides_of(const struct og_catalogue *a, const struct og_catalogue *b)
{
    return a->count == b->count && (a->count == 0 || memcmp(a->slides, b->slides, a->count * sizeof *a->slides) == 0);
}

static struct og_buf *list_slides(const struct og_catalogue *catalogue)
{
    const struct og_slide_facts **facts = calloc(catalogue->count + 1, sizeof(const struct og_slide_facts *));
    if (!facts)
        return NULL;
    for (size_t i = 0; i < catalogue->count; i++)
        facts[i] = og_slide_facts(catalogue->slides[i]);
    struct og_buf *list = og_slide_document_list(facts, catalogue->count);
    free(facts);
    return list;
}

static enum og_status fill(struct scan *s, struct og_error *err)
{
    struct og_catalogue *next = s->next;
    next->places = calloc(next->listing.count + 1, sizeof *next->places);
    next->slides = calloc(next->listing.count + 1, sizeof(struct og_slide *));
    if (!next->places || !next->slides)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    place_all(s);
    next->json = s->previous && has_slides_of(next, s->previous) ? og_buf_ref(s->previous->json) : list_slides(next);
    return next->json ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static enum og_status open_folder(const char *folder, DIR **out, struct og_error *err)
{
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return og_error_set(err, errno == ENOENT ? OG_NOT_FOUND : OG_IO, "cannot open the folder: %s",
                            strerrordesc_np(errno));
    if (faccessat(directory, ".", X_OK, AT_EACCESS) != 0) {
        close(directory);
        return og_error_set(err, OG_IO, "may be listed but not entered");
    }
    *out = fdopendir(directory);
    if (*out)
        return OG_OK;
    close(directory);
    return og_error_set(err, OG_NO_MEMORY, "out of memory");
}

enum og_status og_catalogue_check(const char *folder, struct og_error *err)
{
    DIR *dir;
    enum og_status status = open_folder(folder, &dir, err);
    if (status != OG_OK)
        return og_error_prefix(err, "%s", folder);
    closedir(dir);
    return OG_OK;
}

static enum og_status scan_folder(const char *folder, struct scan *s, struct og_error *err)
{
    DIR *dir;
    enum og_status status = open_folder(folder, &dir, err);
    if (status == OG_NOT_FOUND && s->previous) {
        s->changes.missing = true;
        return fill(s, err);
    }
    if (status != OG_OK)
        return status;
    s->directory = dirfd(dir);
    status = og_listing_read(dir, s->previous ? &s->previous->listing : NULL, &s->next->listing, err);
    if (status == OG_OK)
        status = fill(s, err);
    closedir(dir);
    return status;
}

static enum og_status scan(const char *folder, struct scan *s, struct og_error *err)
{
    s->next = calloc(1, sizeof *s->next);
    if (!s->next)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    if (s->previous)
        s->next->last_key = s->previous->last_key;
    enum og_status status = scan_folder(folder, s, err);
    if (status != OG_OK) {
        og_catalogue_close(&s->next);
        if (err)
            og_error_prefix(err, "%s", folder);
    }
    return status;
}

enum og_status og_catalogue_open(const char *folder, struct og_log *log, struct og_metrics_block *metrics,
                                 struct og_catalogue **out, struct og_error *err)
{
    struct scan s = {.log = log, .metrics = metrics};
    enum og_status status = scan(folder, &s, err);
    *out = s.next;
    if (status == OG_OK)
        og_log_write(log, OG_LOG_INFO, PART, "%s: %u opened, %u skipped", folder, s.changes.opened, s.changes.skipped);
    return status;
}

enum og_status og_catalogue_renew(const struct og_catalogue *previous, const char *folder, struct og_log *log,
                                  struct og_metrics_block *metrics, struct og_catalogue **out,
                                  struct og_catalogue_changes *changes, struct og_error *err)
{
    struct scan s = {.log = log, .metrics = metrics, .previous = previous};
    enum og_status status = scan(folder, &s, err);
    if (status == OG_OK && !s.changed)
        og_catalogue_close(&s.next);
    *out = s.next;
    *changes = s.changes;
    return status;
}

/* ---- using ---- */

static int compare_to_slide(const void *wanted, const void *slide)
{
    const struct og_slide_facts *facts = og_slide_facts(*(struct og_slide *const *)slide);
    const struct id *id = wanted;
    size_t length = strlen(facts->id);
    int order = memcmp(id->text, facts->id, id->length < length ? id->length : length);
    return order ? order : (id->length > length) - (id->length < length);
}

struct og_slide *og_catalogue_find(const struct og_catalogue *catalogue, const char *id, size_t length)
{
    struct id wanted = {id, length};
    struct og_slide **found =
        bsearch(&wanted, catalogue->slides, catalogue->count, sizeof *catalogue->slides, compare_to_slide);
    return found ? og_slide_ref(*found) : NULL;
}

struct og_buf *og_catalogue_json(const struct og_catalogue *catalogue)
{
    return catalogue->json;
}

size_t og_catalogue_count(const struct og_catalogue *catalogue)
{
    return catalogue->count;
}

void og_catalogue_close(struct og_catalogue **catalogue)
{
    struct og_catalogue *old = *catalogue;
    *catalogue = NULL;
    if (!old)
        return;
    for (size_t i = 0; old->places && i < old->listing.count; i++)
        og_slide_unref(&old->places[i].slide);
    free(old->places);
    free(old->slides);
    og_listing_free(&old->listing);
    og_buf_unref(&old->json);
    free(old);
}
