/* SPDX-License-Identifier: MIT */
#include "base/escape.h"

#include <stdio.h>
#include <string.h>

/* The length of the well-formed UTF-8 character at `at`, or 0: no surrogates, nothing longer than it need be. */
static size_t character(const unsigned char *at, size_t left)
{
    size_t n = at[0] < 0x80 ? 1 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : at[0] >= 0xe0 && at[0] < 0xf0 ? 3 : 4;
    if ((at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf0 && at[1] < 0x90) ||
        (at[0] == 0xf4 && at[1] >= 0x90))
        return 0;
    return n;
}

size_t og_escape_json(char *out, size_t room, const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t taken = character(at, length - i);
        char piece[OG_ESCAPE_GROWTH + 1] = "\\ufffd";
        if (taken > 0 && (at[0] == '"' || at[0] == '\\'))
            snprintf(piece, sizeof piece, "\\%c", at[0]);
        else if (taken > 0 && (at[0] < ' ' || at[0] == 0x7f))
            snprintf(piece, sizeof piece, "\\u%04x", at[0]);
        else if (taken > 0)
            snprintf(piece, sizeof piece, "%.*s", (int)taken, (const char *)at);
        size_t size = strlen(piece);
        if (n + size >= room)
            break;
        memcpy(out + n, piece, size);
        n += size;
        i += taken > 0 ? taken : 1;
    }
    out[n] = '\0';
    return n;
}

size_t og_escape_word(char *out, size_t room, const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        char piece[8] = {text[i]};
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\')
            snprintf(piece, sizeof piece, "\\x%02x", c);
        size_t size = strlen(piece);
        if (n + size >= room)
            break;
        memcpy(out + n, piece, size);
        n += size;
    }
    out[n] = '\0';
    return n;
}
