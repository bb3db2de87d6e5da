/* SPDX-License-Identifier: MIT */
#include "http/head.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"

#define LENGTH_MAX (UINT64_MAX / 10 - 1)

enum { UNNAMED = -1, WEIGHT_ONE = 1000 };

enum og_method og_method_parse(const char *text)
{
    if (strcmp(text, "GET") == 0)
        return OG_METHOD_GET;
    if (strcmp(text, "HEAD") == 0)
        return OG_METHOD_HEAD;
    return strcmp(text, "OPTIONS") == 0 ? OG_METHOD_OPTIONS : OG_METHOD_OTHER;
}

static bool equals(struct og_words words, const char *text)
{
    return words.length == strlen(text) && strncasecmp(words.at, text, words.length) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct og_words trim(struct og_words words)
{
    for (; words.length > 0 && is_blank(words.at[0]); words.length--)
        words.at++;
    while (words.length > 0 && is_blank(words.at[words.length - 1]))
        words.length--;
    return words;
}

/* Cuts the part before `separator` off; false: nothing is left. */
static bool next_part(struct og_words *rest, char separator, struct og_words *part)
{
    if (!rest->at)
        return false;
    const char *end = memchr(rest->at, separator, rest->length);
    *part = trim((struct og_words){rest->at, end ? (size_t)(end - rest->at) : rest->length});
    *rest = end ? (struct og_words){end + 1, rest->length - (size_t)(end + 1 - rest->at)} : (struct og_words){0};
    return true;
}

/* "1", "0.25": thousandths; false for what is no weight. */
static bool read_weight(struct og_words text, int *out)
{
    if (text.length == 0 || text.length > 5 || (text.at[0] != '0' && text.at[0] != '1'))
        return false;
    int weight = (text.at[0] - '0') * WEIGHT_ONE, unit = WEIGHT_ONE / 10;
    if (text.length > 1 && text.at[1] != '.')
        return false;
    for (size_t i = 2; i < text.length; i++, unit /= 10) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        weight += (text.at[i] - '0') * unit;
    }
    *out = weight;
    return weight <= WEIGHT_ONE;
}

static bool read_coding(struct og_words entry, struct og_words *name, int *weight)
{
    struct og_words parameter;
    *weight = WEIGHT_ONE;
    if (!next_part(&entry, ';', name))
        return false;
    while (next_part(&entry, ';', &parameter)) {
        if (parameter.length < 2 || (parameter.at[0] != 'q' && parameter.at[0] != 'Q') || parameter.at[1] != '=')
            return false;
        if (!read_weight((struct og_words){parameter.at + 2, parameter.length - 2}, weight))
            return false;
    }
    return true;
}

bool og_head_takes_gzip(struct og_words accept_encoding)
{
    struct og_words entry, name;
    int weight, gzip = UNNAMED, others = UNNAMED, identity = UNNAMED;
    while (next_part(&accept_encoding, ',', &entry)) {
        if (entry.length == 0)
            continue;
        if (!read_coding(entry, &name, &weight))
            return false;
        if (equals(name, "gzip") || equals(name, "x-gzip"))
            gzip = weight;
        else if (equals(name, "identity"))
            identity = weight;
        else if (equals(name, "*"))
            others = weight;
    }
    gzip = gzip == UNNAMED ? others : gzip;
    return gzip > 0 && gzip >= identity;
}

static void note_length(struct og_head *head, struct og_words value)
{
    uint64_t length = 0;
    head->lengths++;
    head->is_odd |= !og_parse_decimal(value.at, value.length, LENGTH_MAX, &length);
    head->has_body |= length > 0;
}

static void note_coding(struct og_head *head, struct og_words value)
{
    head->codings++;
    head->has_body = true;
    head->is_odd |= !equals(value, "chunked");
}

static void note_accept(struct og_head *head, struct og_words value)
{
    head->takes_gzip = og_head_takes_gzip(value);
}

/* A second one could not be joined to it: an empty list matches nothing, and the answer is whole. */
static void note_tags(struct og_head *head, struct og_words value)
{
    head->if_none_match = head->if_none_match.at ? (struct og_words){"", 0} : value;
}

static void note_since(struct og_head *head, struct og_words value)
{
    if (!head->if_modified_since.at)
        head->if_modified_since = value;
}

static bool is_of_host(char c)
{
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), is_digit = c >= '0' && c <= '9';
    return is_letter || is_digit || (c && strchr("-._~%!$&'()*+,;=:[]", c));
}

static void note_host(struct og_head *head, struct og_words value)
{
    head->is_odd |= head->has_host;
    for (size_t i = 0; i < value.length; i++)
        head->is_odd |= !is_of_host(value.at[i]);
    head->has_host = true;
}

static void note_forwarded(struct og_head *head, struct og_words value)
{
    head->forwarded = value;
}

static void note_forwarded_for(struct og_head *head, struct og_words value)
{
    head->forwarded_for = value;
}

static void note_id(struct og_head *head, struct og_words value)
{
    head->request_id = value;
}

#define ROW(name, note)                                                                                                \
    {                                                                                                                  \
        name, sizeof name - 1, note                                                                                    \
    }
static const struct {
    const char *name;
    size_t length;
    void (*note)(struct og_head *head, struct og_words value);
} rows[] = {
    ROW("Content-Length", note_length),
    ROW("Transfer-Encoding", note_coding),
    ROW("Accept-Encoding", note_accept),
    ROW("If-None-Match", note_tags),
    ROW("If-Modified-Since", note_since),
    ROW("Forwarded", note_forwarded),
    ROW("X-Forwarded-For", note_forwarded_for),
    ROW("X-Request-Id", note_id),
    ROW("Host", note_host),
};

void og_head_note(struct og_head *head, const char *name, size_t name_length, const char *value, size_t value_length)
{
    head->is_odd |= name_length == 0 || memchr(name, ' ', name_length) || memchr(name, '\t', name_length);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].length == name_length && strncasecmp(rows[i].name, name, name_length) == 0) {
            rows[i].note(head, (struct og_words){value ? value : "", value_length});
            return;
        }
}

static void note_argument(struct og_head *head, struct og_words argument)
{
    struct og_words name, value = {"", 0};
    if (next_part(&argument, '=', &name) && name.length == 1 && name.at[0] == 'v') {
        if (argument.at)
            value = argument;
        head->generation = head->generation.at ? (struct og_words){"", 0} : value;
    }
}

void og_head_note_target(struct og_head *head, const char *target)
{
    const char *mark = strchr(target, '?');
    struct og_words argument, rest = {0};
    head->is_odd |= target[strcspn(target, " \t\r")] != '\0';
    if (mark)
        rest = (struct og_words){mark + 1, strlen(mark + 1)};
    while (next_part(&rest, '&', &argument))
        note_argument(head, argument);
}

enum og_status og_head_judge(const struct og_head *head)
{
    if (head->method == OG_METHOD_OTHER)
        return OG_METHOD;
    if (head->is_odd || (head->needs_host && !head->has_host) || head->lengths + head->codings > 1)
        return OG_INVALID;
    return head->has_body ? OG_TOO_LARGE : OG_OK;
}
