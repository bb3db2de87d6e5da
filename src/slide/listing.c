/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "slide_format.h"

enum { ENTRIES_FIRST = 64, TEXT_FIRST = 4096 };

static int compare(const struct og_listed *a, const char *name_a, const struct og_listed *b, const char *name_b)
{
    size_t shorter = a->id_length < b->id_length ? a->id_length : b->id_length;
    int order = memcmp(name_a, name_b, shorter);
    if (!order)
        order = (a->id_length > b->id_length) - (a->id_length < b->id_length);
    return order ? order : (a->format > b->format) - (a->format < b->format);
}

static int compare_entries(const void *left, const void *right, void *text)
{
    const struct og_listed *a = left, *b = right;
    return compare(a, (const char *)text + a->name_at, b, (const char *)text + b->name_at);
}

const char *og_listing_name(const struct og_listing *listing, size_t i)
{
    return listing->text + listing->entries[i].name_at;
}

int og_listing_compare(const struct og_listing *a, size_t i, const struct og_listing *b, size_t j)
{
    return compare(&a->entries[i], og_listing_name(a, i), &b->entries[j], og_listing_name(b, j));
}

static bool make_room(void **array, size_t *room, size_t wanted, size_t size)
{
    if (wanted <= *room)
        return true;
    size_t more = 2 * *room > wanted ? 2 * *room : wanted;
    void *larger = realloc(*array, more * size);
    if (!larger)
        return false;
    *array = larger;
    *room = more;
    return true;
}

static bool make_rooms(struct og_listing *list, size_t entries, size_t bytes)
{
    void *array = list->entries, *text = list->text;
    bool made =
        make_room(&array, &list->room, entries, sizeof *list->entries) && make_room(&text, &list->text_room, bytes, 1);
    list->entries = array;
    list->text = text;
    return made;
}

/* The folder of tiles of a .dzi beside it is part of that slide. */
static bool is_part_of_slide(int directory, const char *name)
{
    static const char tail[] = "_files";
    size_t length = strlen(name);
    if (length < sizeof tail || strcmp(name + length - (sizeof tail - 1), tail) != 0)
        return false;
    char dzi[NAME_MAX + 1];
    struct stat facts;
    snprintf(dzi, sizeof dzi, "%.*s.dzi", (int)(length - (sizeof tail - 1)), name);
    return fstatat(directory, dzi, &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool add_entry(struct og_listing *list, int directory, const char *name)
{
    struct og_listed entry = {.name_at = list->text_size};
    struct og_slide_identity identity;
    entry.format = og_slide_format_of(directory, name, &entry.id_length);
    if (entry.format == OG_SLIDE_FORMATS && is_part_of_slide(directory, name))
        return true;
    enum og_status status = og_slide_identify(directory, name, entry.id_length, entry.format, &identity, NULL);
    if (status == OG_NOT_FOUND)
        return true;
    entry.identity = status == OG_OK ? identity.here : 0;
    size_t size = strlen(name) + 1;
    if (!make_rooms(list, list->count + 1, list->text_size + size))
        return false;
    memcpy(list->text + list->text_size, name, size);
    list->text_size += size;
    list->entries[list->count++] = entry;
    return true;
}

enum og_status og_listing_read(DIR *folder, const struct og_listing *like, struct og_listing *out, struct og_error *err)
{
    if (!make_rooms(out, like ? like->count + 1 : ENTRIES_FIRST, like ? like->text_size + 1 : TEXT_FIRST))
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(folder);
        if (!found && errno)
            return og_error_set(err, OG_IO, "cannot list: %s", strerrordesc_np(errno));
        if (!found)
            break;
        if (found->d_name[0] != '.' && !add_entry(out, dirfd(folder), found->d_name))
            return og_error_set(err, OG_NO_MEMORY, "out of memory");
    }
    qsort_r(out->entries, out->count, sizeof *out->entries, compare_entries, out->text);
    return OG_OK;
}

void og_listing_free(struct og_listing *listing)
{
    free(listing->entries);
    free(listing->text);
    *listing = (struct og_listing){0};
}
