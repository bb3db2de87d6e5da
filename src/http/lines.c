/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <stdint.h>
#include <string.h>

/* What libmicrohttpd notes of a header, and what answers need at most for their heads, three notes of ours included. */
enum { LINE_END_MIN = 1, LINE_END_MAX = 2, NOTE_BYTES = 64, ANSWER_BYTES = 1024 };

static bool lies_behind(const char *before, const char *after, size_t least, size_t most)
{
    size_t distance = (uintptr_t)after - (uintptr_t)before;
    return distance >= least && distance <= most;
}

struct og_lines og_lines_begin(const char *target)
{
    return (struct og_lines){.end = target + strlen(target)};
}

void og_lines_go_on(struct og_lines *lines, const char *version)
{
    lines->torn |= !lies_behind(lines->end, version, 1, 1);
    lines->end = version + strlen(version);
}

void og_lines_note(struct og_lines *lines, const char *name, size_t name_length, const char *value, size_t value_length)
{
    const char *colon = name + name_length;
    bool follows =
        lies_behind(lines->end, name, LINE_END_MIN, LINE_END_MAX) && lies_behind(colon, value, 1, SIZE_MAX / 2);
    lines->end = value + value_length;
    lines->headers++;
    lines->torn |= !follows || memchr(name, '\r', (size_t)(lines->end - name));
}

bool og_lines_are_whole(const struct og_lines *lines, const char *end)
{
    return !lines->torn && lies_behind(lines->end, end, (size_t)2 * LINE_END_MIN, (size_t)2 * LINE_END_MAX);
}

bool og_lines_leave_room(const struct og_lines *lines, size_t head_bytes)
{
    return head_bytes + lines->headers * NOTE_BYTES <= OG_REQUEST_BYTES - ANSWER_BYTES;
}
