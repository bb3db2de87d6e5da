/* SPDX-License-Identifier: MIT */
#include "http/date.h"

#include <string.h>

#define DAY_S    INT64_C(86400)
#define LAST_S   INT64_C(253402300799) /* of the year 9999 */
#define TEXT_MAX 40

static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970 began with a Thursday */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return lengths[month] + (month == 1 && is_leap(year));
}

/* Since the first of January of the year 1. */
static int64_t days_before(int year)
{
    int64_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400;
}

static char *put_digits(char *at, int value, int count)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + count;
}

static char *put_text(char *at, const char *text)
{
    while (*text)
        *at++ = *text++;
    return at;
}

void og_date_print(int64_t seconds, char out[OG_DATE_TEXT])
{
    seconds = seconds < 0 ? 0 : seconds > LAST_S ? LAST_S : seconds;
    int64_t day = seconds / DAY_S, clock = seconds % DAY_S;
    int year = 1970 + (int)(day / 366), month = 0;
    while (days_before(year + 1) - days_before(1970) <= day)
        year++;
    int rest = (int)(day - (days_before(year) - days_before(1970)));
    for (; rest >= days_in(year, month); month++)
        rest -= days_in(year, month);
    char *at = put_text(put_text(out, days[day % 7]), ", ");
    at = put_text(put_text(put_text(put_digits(at, rest + 1, 2), " "), months[month]), " ");
    at = put_text(put_digits(put_text(put_digits(at, year, 4), " "), (int)(clock / 3600), 2), ":");
    at = put_text(put_digits(at, (int)(clock / 60 % 60), 2), ":");
    put_text(put_digits(at, (int)(clock % 60), 2), " GMT")[0] = '\0';
}

struct moment {
    int year, month, day, hour, minute, second; /* month from 0, day from 1 */
};

static bool read_digits(const char **at, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = 10 * value + (**at - '0');
    }
    *out = value;
    return true;
}

static bool read_text(const char **at, const char *text)
{
    size_t length = strlen(text);
    if (strncmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool read_month(const char **at, int *month)
{
    for (*month = 0; *month < 12; (*month)++)
        if (read_text(at, months[*month]))
            return true;
    return false;
}

static bool read_clock(const char **at, struct moment *m)
{
    return read_digits(at, 2, &m->hour) && read_text(at, ":") && read_digits(at, 2, &m->minute) && read_text(at, ":") &&
           read_digits(at, 2, &m->second);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", from behind the comma */
static bool read_fixdate(const char *at, struct moment *m)
{
    return read_text(&at, " ") && read_digits(&at, 2, &m->day) && read_text(&at, " ") && read_month(&at, &m->month) &&
           read_text(&at, " ") && read_digits(&at, 4, &m->year) && read_text(&at, " ") && read_clock(&at, m) &&
           read_text(&at, " GMT") && !*at;
}

/* "Sunday, 06-Nov-94 08:49:37 GMT", from behind the comma */
static bool read_rfc_850(const char *at, struct moment *m)
{
    if (!read_text(&at, " ") || !read_digits(&at, 2, &m->day) || !read_text(&at, "-") || !read_month(&at, &m->month) ||
        !read_text(&at, "-") || !read_digits(&at, 2, &m->year))
        return false;
    m->year += m->year < 70 ? 2000 : 1900;
    return read_text(&at, " ") && read_clock(&at, m) && read_text(&at, " GMT") && !*at;
}

/* "Sun Nov  6 08:49:37 1994", from behind the day's name */
static bool read_asctime(const char *at, struct moment *m)
{
    if (!read_text(&at, " ") || !read_month(&at, &m->month) || !read_text(&at, " "))
        return false;
    bool day = read_text(&at, " ") ? read_digits(&at, 1, &m->day) : read_digits(&at, 2, &m->day);
    return day && read_text(&at, " ") && read_clock(&at, m) && read_text(&at, " ") && read_digits(&at, 4, &m->year) &&
           !*at;
}

static bool is_day_name(const char *text, size_t length)
{
    static const char *const rest[] = {"rsday", "day", "urday", "day", "day", "sday", "nesday"};
    for (int i = 0; i < 7; i++)
        if (length >= 3 && memcmp(text, days[i], 3) == 0)
            return length == 3 || (length == 3 + strlen(rest[i]) && memcmp(text + 3, rest[i], length - 3) == 0);
    return false;
}

bool og_date_parse(const char *given, size_t length, int64_t *out)
{
    char text[TEXT_MAX];
    struct moment m = {0};
    if (length >= sizeof text || memchr(given, '\0', length))
        return false;
    memcpy(text, given, length);
    text[length] = '\0';
    size_t name = strcspn(text, ", ");
    if (!is_day_name(text, name))
        return false;
    const char *rest = text + name + (text[name] == ',');
    bool read = text[name] == ',' ? read_fixdate(rest, &m) || read_rfc_850(rest, &m) : read_asctime(rest, &m);
    if (!read || m.year < 1970 || m.day < 1 || m.day > days_in(m.year, m.month) || m.hour > 23 || m.minute > 59 ||
        m.second > 60)
        return false;
    int64_t day = days_before(m.year) - days_before(1970) + m.day - 1;
    for (int month = 0; month < m.month; month++)
        day += days_in(m.year, month);
    *out = day * DAY_S + m.hour * 3600 + m.minute * 60 + (m.second > 59 ? 59 : m.second);
    return true;
}
