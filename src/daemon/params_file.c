/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "daemon/params.h"

#define BLANKS " \t\r\n"

static char *trim(char *text)
{
    text += strspn(text, BLANKS);
    size_t n = strlen(text);
    while (n > 0 && strchr(BLANKS, text[n - 1]))
        n--;
    text[n] = '\0';
    return text;
}

/* "name = value"; what follows the first '=' is the value, so that it may hold '=' and, not being a comment, '#'. */
static enum og_status read_setting(struct og_params *params, char *text, unsigned line, unsigned *given_on,
                                   struct og_error *err)
{
    char *equals = strchr(text, '=');
    if (!equals)
        return og_error_set(err, OG_INVALID, "expected name = value");
    *equals = '\0';
    const char *name = trim(text), *value = trim(equals + 1);
    const struct og_param *row = og_param_find(name, strlen(name));
    if (!row)
        return og_error_set(err, OG_INVALID, "there is no setting \"%.80s\"", name);
    if (row->only_flag)
        return og_error_set(err, OG_INVALID, "\"%s\" is a flag; it cannot be set in a file", name);
    unsigned *given = &given_on[row - og_params_table];
    if (*given)
        return og_error_set(err, OG_INVALID, "\"%s\" is set already in line %u", name, *given);
    *given = line;
    if (*value == '\0')
        return og_error_set(err, OG_INVALID, "\"%s\" has no value", name);
    enum og_status status = og_param_set(params, row, value, err);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "%s", name);
}

/* Behind the mark that some editors put before a text in UTF-8. */
static char *skip_mark(char *text)
{
    return strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
}

static enum og_status read_lines(struct og_params *params, FILE *file, unsigned *line, struct og_error *err)
{
    char text[2 * OG_PARAM_TEXT_MAX];
    unsigned given_on[OG_PARAMS_MAX] = {0};
    for (*line = 1; fgets(text, sizeof text, file); (*line)++) {
        if (!strchr(text, '\n') && !feof(file))
            return og_error_set(err, OG_INVALID, "the line is longer than %zu bytes", sizeof text - 2);
        char *setting = trim(*line == 1 ? skip_mark(text) : text);
        if (*setting == '\0' || *setting == '#')
            continue;
        enum og_status status = read_setting(params, setting, *line, given_on, err);
        if (status != OG_OK)
            return status;
    }
    return ferror(file) ? og_error_set(err, OG_IO, "%s", strerror(errno)) : OG_OK;
}

enum og_status og_params_from_file(struct og_params *params, const char *path, struct og_error *err)
{
    FILE *file = fopen(path, "re");
    int c = file ? getc(file) : EOF; /* a folder can be opened */
    if (!file || (c == EOF && ferror(file))) {
        og_error_set(err, OG_IO, "cannot read %s: %s", path, strerror(errno));
        if (file)
            fclose(file);
        return OG_IO;
    }
    ungetc(c, file);
    unsigned line = 0;
    enum og_status status = read_lines(params, file, &line, err);
    fclose(file);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "%s:%u", path, line);
}
