/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STATUS_ROW(name, text, http) [OG_##name] = {text, http},
static const struct {
    const char *text;
    unsigned http;
} rows[OG_STATUS_COUNT] = {OG_STATUS_LIST(STATUS_ROW)};

const char *og_status_text(enum og_status status)
{
    return rows[status].text;
}

unsigned og_status_http(enum og_status status)
{
    return rows[status].http;
}

/* Names and values from files end up here: control characters, in UTF-8 also U+0080 to U+009F, become '?'. */
static void clean(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
            c[0] = c[1] = '?';
        if (*c < ' ' || *c == 0x7f)
            *c = '?';
    }
}

enum og_status og_error_set(struct og_error *err, enum og_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        err->status = status;
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        clean(err->text);
    }
    return status;
}

enum og_status og_error_prefix(struct og_error *err, const char *format, ...)
{
    struct og_error old = *err;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    clean(err->text);
    size_t n = strlen(err->text);
    if (n + 3 < sizeof err->text) {
        memcpy(err->text + n, ": ", 3);
        n += 2;
        size_t room = sizeof err->text - 1 - n, length = strlen(old.text);
        memcpy(err->text + n, old.text, length < room ? length : room);
        err->text[n + (length < room ? length : room)] = '\0';
    }
    return old.status;
}
