/* SPDX-License-Identifier: MIT */
#include "tool/words.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

void og_words_count(uint64_t n, char *room, size_t size)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
    size_t at = 0;
    for (int i = 0; i < length && at + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            room[at++] = ',';
        room[at++] = digits[i];
    }
    room[at] = '\0';
}

void og_words_bytes(uint64_t bytes, char *room, size_t size)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    unsigned unit = 0;
    for (; value >= 1000 && unit < 4; unit++)
        value /= 1000;
    snprintf(room, size, unit && value < 99.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void og_words_duration(double seconds, char *room, size_t size)
{
    uint64_t s = seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds + 0.5) : 0;
    if (s >= 3600)
        snprintf(room, size, "%" PRIu64 ":%02u:%02u", s / 3600, (unsigned)(s / 60 % 60), (unsigned)(s % 60));
    else
        snprintf(room, size, "%u:%02u", (unsigned)(s / 60), (unsigned)(s % 60));
}

void og_words_length(double micrometres, char *room, size_t size)
{
    if (micrometres >= 1000)
        snprintf(room, size, "%.2f mm", micrometres / 1000);
    else
        snprintf(room, size, "%.1f \u00b5m", micrometres);
}

void og_json_quote(const char *text, FILE *out)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)valid; *c; c++)
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    fputc('"', out);
}
