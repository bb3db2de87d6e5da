/* SPDX-License-Identifier: MIT */
#include "slide/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slide_document.h"
#include "slide_format.h"

#define PART "catalogue"

struct og_catalogue {
    struct og_slide **slides; /* sorted by id */
    size_t count;
    struct og_buf *json;
};

struct entry {
    char *name;
    size_t id_length;
    unsigned format;
};

struct listing {
    struct entry *entries;
    size_t count, room;
};

struct id {
    const char *text;
    size_t length;
};

static int compare_ids(struct id a, struct id b)
{
    int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = compare_ids((struct id){a->name, a->id_length}, (struct id){b->name, b->id_length});
    return order ? order : (a->format > b->format) - (a->format < b->format);
}

/* ---- listing ---- */

static bool add_entry(struct listing *list, int directory, const char *name)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        struct entry *more = realloc(list->entries, room * sizeof *more);
        if (!more)
            return false;
        list->entries = more;
        list->room = room;
    }
    struct entry *entry = &list->entries[list->count];
    entry->name = strdup(name);
    if (!entry->name)
        return false;
    entry->format = og_slide_format_of(directory, name, &entry->id_length);
    list->count++;
    return true;
}

static void free_listing(struct listing *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].name);
    free(list->entries);
}

static enum og_status list_folder(DIR *folder, struct listing *list, struct og_error *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(folder);
        if (!found && errno)
            return og_error_set(err, OG_IO, "cannot list: %s", strerrordesc_np(errno));
        if (!found)
            break;
        if (found->d_name[0] != '.' && !add_entry(list, dirfd(folder), found->d_name))
            return og_error_set(err, OG_NO_MEMORY, "out of memory");
    }
    if (list->count)
        qsort(list->entries, list->count, sizeof *list->entries, compare_entries);
    return OG_OK;
}

/* ---- opening ---- */

struct opening {
    int directory;
    struct og_log *log;
    struct og_metrics_block *metrics;
    struct og_catalogue *catalogue;
    size_t skipped;
};

/* The folder of tiles of a .dzi beside it is part of that slide. */
static bool is_part_of_slide(const struct opening *o, const char *name)
{
    static const char tail[] = "_files";
    size_t length = strlen(name);
    if (length < sizeof tail || strcmp(name + length - (sizeof tail - 1), tail) != 0)
        return false;
    char dzi[NAME_MAX + 1];
    struct stat facts;
    snprintf(dzi, sizeof dzi, "%.*s.dzi", (int)(length - (sizeof tail - 1)), name);
    return fstatat(o->directory, dzi, &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

static void skip(struct opening *o, const char *reason)
{
    o->skipped++;
    og_count(o->metrics, OG_COUNT_SLIDE_SKIPPED, 1);
    og_log_write(o->log, OG_LOG_WARN, PART, "skipped %s", reason);
}

static const struct og_slide_facts *last_facts(const struct og_catalogue *catalogue)
{
    return catalogue->count ? og_slide_facts(catalogue->slides[catalogue->count - 1]) : NULL;
}

static bool is_taken(const struct opening *o, const struct entry *entry)
{
    const struct og_slide_facts *last = last_facts(o->catalogue);
    return last && entry->format < OG_SLIDE_FORMATS && strlen(last->id) == entry->id_length &&
           memcmp(last->id, entry->name, entry->id_length) == 0;
}

static void open_entry(struct opening *o, const struct entry *entry)
{
    struct og_error err;
    struct og_slide *slide;
    if (entry->format == OG_SLIDE_FORMATS && is_part_of_slide(o, entry->name))
        return;
    if (is_taken(o, entry)) {
        og_error_set(&err, OG_INVALID, "%s: there is a slide of that name already, of format %s", entry->name,
                     last_facts(o->catalogue)->format);
        skip(o, err.text);
    } else if (og_slide_open(o->directory, entry->name, o->catalogue->count + 1, &slide, &err) != OG_OK) {
        skip(o, err.text);
    } else {
        o->catalogue->slides[o->catalogue->count++] = slide;
        og_count(o->metrics, OG_COUNT_SLIDE_OPENED, 1);
    }
}

static enum og_status open_all(struct opening *o, const struct listing *list, struct og_error *err)
{
    struct og_catalogue *catalogue = o->catalogue;
    catalogue->slides = calloc(list->count + 1, sizeof(struct og_slide *));
    if (!catalogue->slides)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < list->count; i++)
        open_entry(o, &list->entries[i]);
    catalogue->json = og_slide_document_list(catalogue->slides, catalogue->count);
    return catalogue->json ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static enum og_status open_folder(const char *folder, DIR **out, struct og_error *err)
{
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return og_error_set(err, errno == ENOENT ? OG_NOT_FOUND : OG_IO, "cannot open the folder: %s",
                            strerrordesc_np(errno));
    *out = fdopendir(directory);
    if (*out)
        return OG_OK;
    close(directory);
    return og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static enum og_status open_catalogue(const char *folder, struct opening *o, struct og_error *err)
{
    DIR *dir;
    enum og_status status = open_folder(folder, &dir, err);
    if (status != OG_OK)
        return status;
    struct listing list = {0};
    o->directory = dirfd(dir);
    status = list_folder(dir, &list, err);
    if (status == OG_OK)
        status = open_all(o, &list, err);
    free_listing(&list);
    closedir(dir);
    return status;
}

enum og_status og_catalogue_open(const char *folder, struct og_log *log, struct og_metrics_block *metrics,
                                 struct og_catalogue **out, struct og_error *err)
{
    *out = NULL;
    struct og_catalogue *catalogue = calloc(1, sizeof *catalogue);
    if (!catalogue)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    struct opening opening = {.log = log, .metrics = metrics, .catalogue = catalogue};
    enum og_status status = open_catalogue(folder, &opening, err);
    if (status != OG_OK) {
        og_catalogue_close(&catalogue);
        if (err)
            og_error_prefix(err, "%s", folder);
        return status;
    }
    og_log_write(log, OG_LOG_INFO, PART, "%s: %zu opened, %zu skipped", folder, catalogue->count, opening.skipped);
    *out = catalogue;
    return OG_OK;
}

/* ---- using ---- */

static int compare_to_slide(const void *wanted, const void *slide)
{
    const struct og_slide_facts *facts = og_slide_facts(*(struct og_slide *const *)slide);
    return compare_ids(*(const struct id *)wanted, (struct id){facts->id, strlen(facts->id)});
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
    for (size_t i = 0; i < old->count; i++)
        og_slide_unref(&old->slides[i]);
    free(old->slides);
    og_buf_unref(&old->json);
    free(old);
}
