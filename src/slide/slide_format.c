/* SPDX-License-Identifier: MIT */
#include "slide_format.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where two formats claim one id, the earlier wins. */
static const struct og_slide_format *const formats[OG_SLIDE_FORMATS] = {&og_residual_format, &og_deepzoom_format,
                                                                        &og_rrip_format};

const struct og_slide_format *og_slide_format_at(unsigned format)
{
    return formats[format];
}

/* Neither the folder nor the file may be behind a link; a file that is a link itself is refused when it is opened. */
static bool folder_holds(int directory, const char *name, const char *file)
{
    struct stat facts;
    int folder = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return false;
    bool holds = fstatat(folder, file, &facts, AT_SYMLINK_NOFOLLOW) == 0;
    close(folder);
    return holds;
}

static bool is_format(const struct og_slide_format *format, int directory, const char *name, size_t length)
{
    if (format->holds)
        return folder_holds(directory, name, format->holds);
    size_t suffix = strlen(format->suffix);
    return length > suffix && strcmp(name + length - suffix, format->suffix) == 0;
}

unsigned og_slide_format_of(int directory, const char *name, size_t *id_length)
{
    size_t length = strlen(name);
    for (unsigned i = 0; i < OG_SLIDE_FORMATS; i++)
        if (is_format(formats[i], directory, name, length)) {
            *id_length = length - strlen(formats[i]->suffix);
            return i;
        }
    *id_length = length;
    return OG_SLIDE_FORMATS;
}

const char *const *og_slide_format_parts(unsigned format)
{
    static const char *const none[] = {NULL};
    return formats[format]->parts ? formats[format]->parts : none;
}
