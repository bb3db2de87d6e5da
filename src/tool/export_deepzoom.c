/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export_target.h"
#include "tool/draft.h"
#include "tool/outfile.h"

/*
 * Two names cannot be given at once. NAME.dzi is written in the folder of tiles and moved out of it last: as long as it
 * is in there, whoever finds NAME_files knows that it is not whole.
 */
#define UNFINISHED "unfinished.dzi"

enum { LEVELS_MAX = 27 }; /* of a side of OG_PYRAMID_SIDE_MAX */

struct deepzoom {
    const struct og_slide *slide;
    char *path;  /* NAME.dzi */
    char *files; /* NAME_files */
    char *draft; /* NAME_files until it is whole */
    bool named, whole;
    int folder, level[LEVELS_MAX];
};

static enum og_status make_level(struct deepzoom *d, unsigned level, struct og_error *err)
{
    char name[16];
    snprintf(name, sizeof name, "%u", level);
    if (mkdirat(d->folder, name, 0777) == 0)
        d->level[level] = openat(d->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return d->level[level] >= 0 ? OG_OK : og_outfile_error(d->files, "make the folder of a level", errno, err);
}

static enum og_status make_folders(struct deepzoom *d, struct og_error *err)
{
    d->folder = og_draft_folder(d->draft);
    if (d->folder < 0)
        return og_outfile_error(d->files, "create a folder beside it", errno, err);
    enum og_status status = OG_OK;
    for (unsigned level = 0; level <= og_slide_facts(d->slide)->pyramid.top && status == OG_OK; level++)
        status = make_level(d, level, err);
    return status;
}

static enum og_status write_tile(int folder, const char *name, const char *path, const struct og_buf *bytes,
                                 struct og_error *err)
{
    struct og_outfile file = {.path = (char *)path};
    file.fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.fd < 0)
        return og_outfile_error(path, "create", errno, err);
    enum og_status status = og_outfile_write(&file, 0, bytes->data, bytes->size, err);
    if (close(file.fd) != 0 && status == OG_OK)
        status = og_outfile_error(path, "write", errno, err);
    return status;
}

static enum og_status put(void *state, const struct og_export_tile *tile, struct og_error *err)
{
    struct deepzoom *d = state;
    unsigned level = og_pyramid_level(&og_slide_facts(d->slide)->pyramid, tile->depth);
    char name[32];
    snprintf(name, sizeof name, "%u_%u.jpg", tile->x, tile->y);
    g_autofree char *path = g_strdup_printf("%s/%u/%s", d->files, level, name);
    return write_tile(d->level[level], name, path, tile->bytes, err);
}

static enum og_status write_text(struct deepzoom *d, struct og_error *err)
{
    return write_tile(d->folder, UNFINISHED, d->path, og_slide_dzi(d->slide), err);
}

/* A million small files are synced at once, not one after another. */
static enum og_status name_folder(struct deepzoom *d, struct og_error *err)
{
    if (syncfs(d->folder) != 0)
        return og_outfile_error(d->files, "sync", errno, err);
    enum og_status status = og_outfile_name(AT_FDCWD, d->draft, d->files, err);
    d->named = status == OG_OK;
    return status == OG_OK ? og_outfile_sync_folder(d->files, err) : status;
}

static enum og_status name_text(struct deepzoom *d, struct og_error *err)
{
    enum og_status status = og_outfile_name(d->folder, UNFINISHED, d->path, err);
    d->whole = status == OG_OK;
    return status == OG_OK ? og_outfile_sync_folder(d->path, err) : status;
}

static enum og_status finish(void *state, struct og_error *err)
{
    struct deepzoom *d = state;
    enum og_status status = write_text(d, err);
    if (status == OG_OK)
        status = name_folder(d, err);
    return status == OG_OK ? name_text(d, err) : status;
}

/* Back under the draft's name first, so that nobody ever meets a part of it under its own. */
static void take_away(const struct deepzoom *d)
{
    if (!d->named || rename(d->files, d->draft) == 0)
        og_draft_remove(d->draft);
}

static void destroy(void *state)
{
    struct deepzoom *d = state;
    for (unsigned level = 0; level < LEVELS_MAX; level++)
        if (d->level[level] >= 0)
            close(d->level[level]);
    if (d->folder >= 0 && !d->whole)
        take_away(d);
    if (d->folder >= 0)
        close(d->folder);
    g_free(d->draft);
    g_free(d->files);
    g_free(d->path);
    free(d);
}

static const struct og_export_kind kind = {.put = put, .finish = finish, .destroy = destroy};

/* NAME_files of an export that was killed in its last moment becomes a draft again, which is taken away as any other.
 */
static void reclaim(const struct deepzoom *d)
{
    int held = og_draft_hold(d->files);
    if (held >= 0 && faccessat(held, UNFINISHED, F_OK, AT_SYMLINK_NOFOLLOW) == 0 && og_draft_clear(d->draft))
        (void)rename(d->files, d->draft); /* if it fails, the name is not free */
    if (held >= 0)
        close(held);
}

enum og_status og_export_to_deepzoom(const struct og_slide *slide, const char *path, struct og_export_target *out,
                                     struct og_error *err)
{
    struct deepzoom *d = calloc(1, sizeof *d);
    if (!d)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", path);
    d->slide = slide;
    d->path = g_strdup(path);
    d->files = g_strdup_printf("%.*s_files", (int)(strlen(path) - strlen(".dzi")), path);
    d->draft = og_draft_name(d->files, "");
    d->folder = -1;
    for (unsigned level = 0; level < LEVELS_MAX; level++)
        d->level[level] = -1;
    *out = (struct og_export_target){&kind, d, og_slide_facts(slide)->pyramid.top};
    enum og_status status = og_outfile_is_free(d->path, err);
    if (status == OG_OK) {
        reclaim(d);
        status = og_outfile_is_free(d->files, err);
    }
    if (status == OG_OK)
        status = make_folders(d, err);
    if (status != OG_OK)
        destroy(d);
    return status;
}
