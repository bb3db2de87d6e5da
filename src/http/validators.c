/* SPDX-License-Identifier: MIT */
#include "http/validators.h"

#include <string.h>

#include "http/date.h"

#define DIGITS 16

static void print_digits(uint64_t number, char out[DIGITS])
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < DIGITS; i++)
        out[i] = digits[number >> (60 - 4 * i) & 15];
}

void og_tag_print(uint64_t tag, enum og_coding coding, char out[OG_TAG_TEXT])
{
    char *at = out;
    *at++ = '"';
    print_digits(tag, at);
    at += DIGITS;
    if (coding == OG_CODING_GZIP) {
        memcpy(at, "-gz", 3);
        at += 3;
    }
    memcpy(at, "\"", 2);
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == ','))
        at++;
    return at;
}

bool og_tag_is_listed(struct og_words list, const char *tag)
{
    size_t length = strlen(tag);
    const char *end = list.at + list.length, *at = skip_blanks(list.at, end);
    if (end - at == 1 && *at == '*')
        return true;
    for (; at < end; at = skip_blanks(at, end)) {
        if (end - at > 2 && at[0] == 'W' && at[1] == '/')
            at += 2;
        const char *close = *at == '"' ? memchr(at + 1, '"', (size_t)(end - at - 1)) : NULL;
        if (!close)
            return false;
        if ((size_t)(close + 1 - at) == length && memcmp(at, tag, length) == 0)
            return true;
        at = close + 1;
    }
    return false;
}

bool og_generation_is_asked(struct og_words asked, uint64_t generation)
{
    char digits[DIGITS];
    if (!asked.at)
        return true;
    print_digits(generation, digits);
    return asked.length == DIGITS && memcmp(asked.at, digits, DIGITS) == 0;
}

bool og_validators_match(const struct og_validators *validators, enum og_coding coding, const struct og_head *head)
{
    if (head->if_none_match.at) {
        char tag[OG_TAG_TEXT];
        og_tag_print(validators->tag, coding, tag);
        return og_tag_is_listed(head->if_none_match, tag);
    }
    int64_t since;
    return head->if_modified_since.at && validators->modified_s &&
           og_date_parse(head->if_modified_since.at, head->if_modified_since.length, &since) &&
           validators->modified_s == since;
}
