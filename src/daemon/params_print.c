/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/reader_kind.h"
#include "daemon/params.h"

#define TEXT_WIDTH 96

static void print_wrapped(const char *sentence, const char *indent, FILE *out)
{
    size_t room = TEXT_WIDTH - strlen(indent), length = strlen(sentence);
    while (length > 0) {
        size_t n = length;
        if (n > room)
            for (n = room; n > 0 && sentence[n] != ' ';)
                n--;
        if (n == 0)
            n = length; /* a word longer than a line */
        fprintf(out, "%s%.*s\n", indent, (int)n, sentence);
        sentence += n;
        sentence += strspn(sentence, " ");
        length = strlen(sentence);
    }
}

void og_param_size_text(uint64_t bytes, char out[OG_PARAM_SIZE_TEXT])
{
    static const char *const units[] = {"", "K", "M", "G"};
    unsigned unit = 0;
    while (unit < 3 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(out, OG_PARAM_SIZE_TEXT, "%llu%s", (unsigned long long)bytes, units[unit]);
}

static void print_size(uint64_t bytes, FILE *out)
{
    char text[OG_PARAM_SIZE_TEXT];
    og_param_size_text(bytes, text);
    fputs(text, out);
}

static void print_count(uint64_t value, FILE *out)
{
    fprintf(out, "%llu", (unsigned long long)value);
}

void og_param_print_range(const struct og_param *row, const char *before, const char *after, FILE *out)
{
    void (*print)(uint64_t value, FILE * out) = row->type == OG_PARAM_SIZE ? print_size : print_count;
    if (row->type != OG_PARAM_SIZE && row->type != OG_PARAM_COUNT)
        return;
    fputs(before, out);
    print(row->min, out);
    fputs(" to ", out);
    print(row->max, out);
    fprintf(out, "%s%s", row->may_be_auto ? " or auto" : "", after);
}

static void print_yes_no(uint64_t value, FILE *out)
{
    fputs(value ? "yes" : "no", out);
}

static void print_level(uint64_t value, FILE *out)
{
    fputs(og_log_level_name((enum og_log_level)value), out);
}

static void print_reader(uint64_t value, FILE *out)
{
    fputs(og_reader_kind_name((enum og_reader_kind)value), out);
}

static void print_choice(const char *words, uint64_t value, FILE *out)
{
    for (; value > 0; value--)
        words = strchr(words, '|') + 1;
    fprintf(out, "%.*s", (int)strcspn(words, "|"), words);
}

void og_param_print(const struct og_params *params, const struct og_param *row, FILE *out)
{
    static void (*const print_number[])(uint64_t value, FILE * out) = {[OG_PARAM_COUNT] = print_count,
                                                                       [OG_PARAM_SIZE] = print_size,
                                                                       [OG_PARAM_YES_NO] = print_yes_no,
                                                                       [OG_PARAM_READER] = print_reader,
                                                                       [OG_PARAM_LEVEL] = print_level};
    const void *at = (const char *)params + row->offset;
    const uint64_t *number = at;
    if (row->type == OG_PARAM_TEXT || row->type == OG_PARAM_ADDRESS || row->type == OG_PARAM_PATH)
        fputs(at, out);
    else if (row->type != OG_PARAM_SWITCH && row->may_be_auto && *number == OG_PARAM_AUTO)
        fputs("auto", out);
    else if (row->type == OG_PARAM_CHOICE)
        print_choice(row->value, *number, out);
    else if (row->type != OG_PARAM_SWITCH)
        print_number[row->type](*number, out);
}

void og_params_help(FILE *out)
{
    fputs("Usage: origamid --slides DIR [flags]\n\n"
          "Serves the slides of a folder as Deep Zoom tiles over HTTP, with a gallery and a viewer.\n\nFlags:\n",
          out);
    for (size_t i = 0; i < og_params_rows; i++) {
        const struct og_param *row = &og_params_table[i];
        fprintf(out, "  --%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
        if (row->fallback && row->fallback[0])
            fprintf(out, "  (default: %s)", row->fallback);
        og_param_print_range(row, "  (from ", ")", out);
        fputc('\n', out);
        print_wrapped(row->sentence, "      ", out);
    }
    fputs("\nSIGTERM and SIGINT finish what was asked for and exit; a second one exits at once.\n"
          "SIGHUP reads the folder of slides again and opens the access log again.\n"
          "Exit status: 0 after a good run, 1 when the start failed, 2 when the flags or the file are wrong,\n"
          "3 when a read did not return before the end.\n",
          out);
}

void og_params_print_config(FILE *out)
{
    fputs("# Settings of origamid, the Origami tile server: origamid --config FILE.\n"
          "# What is commented out is the default. Flags of the same names win over this file. A value is the whole\n"
          "# rest of its line: no comment may stand behind it, and quotes are a part of it.\n",
          out);
    for (size_t i = 0; i < og_params_rows; i++) {
        const struct og_param *row = &og_params_table[i];
        if (row->only_flag)
            continue;
        fputc('\n', out);
        print_wrapped(row->sentence, "# ", out);
        og_param_print_range(row, "# From ", ".\n", out);
        fprintf(out, "#%s = %s\n", row->name, row->fallback[0] ? row->fallback : row->value);
    }
}

void og_params_print_effective(const struct og_params *params, FILE *out)
{
    for (size_t i = 0; i < og_params_rows; i++) {
        const struct og_param *row = &og_params_table[i];
        if (row->only_flag)
            continue;
        fprintf(out, "%s = ", row->name);
        og_param_print(params, row, out);
        fputc('\n', out);
    }
}
