/* SPDX-License-Identifier: MIT */
#include "tool/preset.h"

#include <stddef.h>
#include <string.h>

#include "base/parse.h"

static const struct {
    const char *name;
    double aim;
} presets[] = {{"small", OG_PRESET_SMALL}, {"balanced", OG_PRESET_BALANCED}, {"archive", OG_PRESET_ARCHIVE}};

enum { PRESETS = sizeof presets / sizeof *presets };

bool og_preset_parse(const char *text, double least, double most, double *aim)
{
    for (unsigned i = 0; i < PRESETS; i++)
        if (strcmp(text, presets[i].name) == 0) {
            *aim = presets[i].aim;
            return true;
        }
    double number;
    if (!og_parse_fixed(text, most, &number) || number < least)
        return false;
    *aim = number;
    return true;
}

const char *og_preset_name(double aim)
{
    for (unsigned i = 0; i < PRESETS; i++)
        if (presets[i].aim == aim)
            return presets[i].name;
    return NULL;
}
