/* SPDX-License-Identifier: MIT */
#include "http/forwarded.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(".:_-/[]", c);
}

/* From the last separator on, without blanks and quotes around it. */
static struct og_words last_part(struct og_words list, char separator)
{
    const char *cut = list.at ? memrchr(list.at, separator, list.length) : NULL;
    if (cut)
        list = (struct og_words){cut + 1, list.length - (size_t)(cut + 1 - list.at)};
    for (; list.length > 0 && strchr(" \t\"", list.at[0]); list.length--)
        list.at++;
    while (list.length > 0 && strchr(" \t\"", list.at[list.length - 1]))
        list.length--;
    return list;
}

/* The value of for= in the last element of Forwarded. */
static struct og_words forwarded_for(struct og_words forwarded)
{
    struct og_words element = last_part(forwarded, ','), pair = {0};
    for (bool more = element.length > 0; more;) {
        const char *cut = memchr(element.at, ';', element.length);
        more = cut;
        pair = (struct og_words){element.at, more ? (size_t)(cut - element.at) : element.length};
        pair = last_part(pair, '\0');
        if (pair.length > 4 && strncasecmp(pair.at, "for=", 4) == 0)
            return last_part((struct og_words){pair.at + 4, pair.length - 4}, '\0');
        if (more)
            element = (struct og_words){cut + 1, element.length - (size_t)(cut + 1 - element.at)};
    }
    return (struct og_words){0};
}

static bool copy_plain(struct og_words words, char *out, size_t room)
{
    if (words.length == 0 || words.length >= room)
        return false;
    for (size_t i = 0; i < words.length; i++)
        if (!is_plain(words.at[i]) || words.at[i] == '\0')
            return false;
    memcpy(out, words.at, words.length);
    out[words.length] = '\0';
    return true;
}

static void print_address(const struct sockaddr *from, char out[OG_CLIENT_TEXT])
{
    const void *address = NULL;
    if (from && from->sa_family == AF_INET)
        address = &((const struct sockaddr_in *)(const void *)from)->sin_addr;
    else if (from && from->sa_family == AF_INET6)
        address = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
    if (!address || !inet_ntop(from->sa_family, address, out, OG_CLIENT_TEXT))
        memcpy(out, "-", 2);
}

void og_client_print(const struct og_head *head, bool believe, const struct sockaddr *from, char out[OG_CLIENT_TEXT])
{
    if (believe && (copy_plain(forwarded_for(head->forwarded), out, OG_CLIENT_TEXT) ||
                    copy_plain(last_part(head->forwarded_for, ','), out, OG_CLIENT_TEXT)))
        return;
    print_address(from, out);
}

void og_request_id_print(const struct og_head *head, bool believe, char out[OG_REQUEST_ID_TEXT])
{
    if (!believe || !copy_plain(head->request_id, out, OG_REQUEST_ID_TEXT))
        out[0] = '\0';
}
