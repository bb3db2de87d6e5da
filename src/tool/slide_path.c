/* SPDX-License-Identifier: MIT */
#include "tool/slide_path.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The slide's own words begin with its file's name; here they begin with the path that was given. */
static enum og_status name_path(const char *path, const char *name, struct og_error *err)
{
    struct og_error old = *err;
    size_t length = strlen(name);
    bool named = strncmp(old.text, name, length) == 0 && old.text[length] == ':';
    return og_error_set(err, old.status, "%s: %s", path, named ? old.text + length + 2 : old.text);
}

enum og_status og_slide_open_path(const char *path, struct og_slide **out, struct og_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return og_error_set(err, OG_NOT_FOUND, "%s: %s", path, g_strerror(errno));
    g_autofree char *trimmed = g_strdup(path);
    for (size_t end = strlen(path); end > 1 && trimmed[end - 1] == '/'; end--)
        trimmed[end - 1] = '\0';
    g_autofree char *folder = g_path_get_dirname(trimmed);
    g_autofree char *name = g_path_get_basename(trimmed);
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return og_error_set(err, OG_IO, "%s: cannot open its folder: %s", path, g_strerror(errno));
    enum og_status status = og_slide_open(directory, name, 1, out, err);
    close(directory);
    if (status == OG_UNSUPPORTED && S_ISDIR(info.st_mode))
        return og_error_set(err, OG_UNSUPPORTED, "%s: is a folder, not a slide", path);
    return status == OG_OK ? OG_OK : name_path(path, name, err);
}

/* A slide is replaced by the newer one; anything else that has the name may be the only one of its kind. */
static enum og_status check_replaced(const char *path, struct og_error *err)
{
    struct stat info;
    struct og_slide *slide;
    if (lstat(path, &info) != 0)
        return OG_OK;
    if (og_slide_open_path(path, &slide, err) != OG_OK)
        return og_error_set(err, OG_INVALID,
                            "%s: is there already and %s: only slides are replaced; take another name, or remove it "
                            "first",
                            path, S_ISLNK(info.st_mode) ? "is a symbolic link" : "cannot be opened as a slide");
    og_slide_unref(&slide);
    return OG_OK;
}

enum og_status og_slide_check_name(const char *path, struct og_error *err)
{
    g_autofree char *name = g_path_get_basename(path);
    size_t length = strlen(name);
    if (length < 5 || strcmp(name + length - 4, ".tif") != 0)
        return og_error_set(err, OG_INVALID, "%s: a slide's name must end in .tif, or the daemon will not serve it",
                            path);
    if (!og_parse_slide_id(name, length - 4))
        return og_error_set(err, OG_INVALID,
                            "%s: a slide's name is at most %d of A-Z a-z 0-9 . _ - and does not start with a dot: it "
                            "becomes a part of URLs",
                            path, OG_SLIDE_ID_MAX);
    return check_replaced(path, err);
}
