/* SPDX-License-Identifier: MIT */
#include "base/parse.h"

#include <string.h>

bool og_parse_decimal(const char *text, size_t length, uint64_t max, uint64_t *out)
{
    if (length == 0 || length > 20 || (text[0] == '0' && length > 1))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (value > (max - digit) / 10 || digit > max)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool og_parse_size(const char *text, uint64_t *out)
{
    size_t length = strlen(text);
    unsigned shift = 0;
    if (length > 1) {
        const char *units = "KMG", *unit = strchr(units, text[length - 1]);
        if (unit) {
            shift = 10 * (unsigned)(unit - units + 1);
            length--;
        }
    }
    uint64_t value;
    if (!og_parse_decimal(text, length, UINT64_MAX >> shift, &value))
        return false;
    *out = value << shift;
    return true;
}

bool og_parse_fixed(const char *text, double max, double *out)
{
    const char *point = strchr(text, '.');
    size_t whole_length = point ? (size_t)(point - text) : strlen(text), places = point ? strlen(point + 1) : 0;
    uint64_t whole, fraction = 0, unit = 1;
    if (!og_parse_decimal(text, whole_length, UINT32_MAX, &whole) || (point && places == 0) || places > 6)
        return false;
    for (size_t i = 0; i < places; i++, unit *= 10) {
        if (point[1 + i] < '0' || point[1 + i] > '9')
            return false;
        fraction = fraction * 10 + (uint64_t)(point[1 + i] - '0');
    }
    double value = (double)(whole * unit + fraction) / (double)unit;
    if (value > max)
        return false;
    *out = value;
    return true;
}

static bool id_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

bool og_parse_slide_id(const char *text, size_t length)
{
    if (length == 0 || length > OG_SLIDE_ID_MAX || text[0] == '.')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!id_character(text[i]))
            return false;
    return true;
}
