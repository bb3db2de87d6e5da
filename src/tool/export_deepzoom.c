/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export_target.h"
#include "tool/outfile.h"

enum { LEVELS_MAX = 27, OPEN_MAX = 16 }; /* of a side of OG_PYRAMID_SIDE_MAX */

struct deepzoom {
    const struct og_slide *slide;
    char *path;    /* NAME.dzi */
    char *files;   /* NAME_files */
    char *present; /* what the folder of tiles is called now; NULL: there is none to take away */
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
    g_autofree char *parent = g_path_get_dirname(d->path);
    g_autofree char *name = g_path_get_basename(d->files);
    char *temporary = g_strdup_printf("%s/.%s.XXXXXX", parent, name);
    if (!mkdtemp(temporary)) {
        enum og_status status = og_outfile_error(d->files, "create a folder beside it", errno, err);
        g_free(temporary);
        return status;
    }
    d->present = temporary;
    d->folder = open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mode_t mask = umask(0);
    umask(mask);
    if (d->folder < 0 || fchmod(d->folder, 0777 & ~mask) != 0)
        return og_outfile_error(d->files, "open its folder", errno, err);
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
    unsigned level = og_slide_facts(d->slide)->pyramid.top - tile->depth;
    char name[32];
    snprintf(name, sizeof name, "%u_%u.jpg", tile->x, tile->y);
    g_autofree char *path = g_strdup_printf("%s/%u/%s", d->files, level, name);
    return write_tile(d->level[level], name, path, tile->bytes, err);
}

/* A million small files are synced at once, not one after another. */
static enum og_status name_folder(struct deepzoom *d, struct og_error *err)
{
    if (syncfs(d->folder) != 0)
        return og_outfile_error(d->files, "sync", errno, err);
    if (rename(d->present, d->files) != 0)
        return og_outfile_error(d->files, "give the finished folder its name", errno, err);
    g_free(d->present);
    d->present = g_strdup(d->files);
    return OG_OK;
}

static enum og_status finish(void *state, struct og_error *err)
{
    struct deepzoom *d = state;
    const struct og_buf *text = og_slide_dzi(d->slide);
    struct og_outfile file;
    enum og_status status = og_outfile_open(d->path, "", &file, err);
    if (status == OG_OK)
        status = og_outfile_write(&file, 0, text->data, text->size, err);
    if (status == OG_OK)
        status = name_folder(d, err);
    if (status == OG_OK)
        status = og_outfile_commit(&file, err);
    og_outfile_discard(&file);
    if (status == OG_OK)
        g_clear_pointer(&d->present, g_free);
    return status;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

static void destroy(void *state)
{
    struct deepzoom *d = state;
    for (unsigned level = 0; level < LEVELS_MAX; level++)
        if (d->level[level] >= 0)
            close(d->level[level]);
    if (d->folder >= 0)
        close(d->folder);
    if (d->present)
        nftw(d->present, remove_entry, OPEN_MAX, FTW_DEPTH | FTW_PHYS);
    g_free(d->present);
    g_free(d->files);
    g_free(d->path);
    free(d);
}

static const struct og_export_kind kind = {.put = put, .finish = finish, .destroy = destroy};

enum og_status og_export_to_deepzoom(const struct og_slide *slide, const char *path, struct og_export_target *out,
                                     struct og_error *err)
{
    struct deepzoom *d = calloc(1, sizeof *d);
    if (!d)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", path);
    d->slide = slide;
    d->path = g_strdup(path);
    d->files = g_strdup_printf("%.*s_files", (int)(strlen(path) - strlen(".dzi")), path);
    d->folder = -1;
    for (unsigned level = 0; level < LEVELS_MAX; level++)
        d->level[level] = -1;
    *out = (struct og_export_target){&kind, d, og_slide_facts(slide)->pyramid.top};
    enum og_status status = og_outfile_is_free(d->path, err);
    if (status == OG_OK)
        status = og_outfile_is_free(d->files, err);
    if (status == OG_OK)
        status = make_folders(d, err);
    if (status != OG_OK)
        destroy(d);
    return status;
}
