/* SPDX-License-Identifier: MIT */
#include "base/roff.h"

static const char *escape_of(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    default:
        return NULL;
    }
}

void og_roff_text(const char *text, FILE *out)
{
    for (const char *c = text; *c; c++) {
        const char *escape = escape_of(*c);
        if (*c == '.' && (c == text || c[-1] == '\n'))
            fputs("\\&", out);
        if (escape)
            fputs(escape, out);
        else
            fputc(*c, out);
    }
}
