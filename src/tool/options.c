/* SPDX-License-Identifier: MIT */
#include "tool/options.h"

#include <stddef.h>
#include <string.h>

#include "base/parse.h"
#include "base/roff.h"

enum kind { FLAG, NUMBER, FIXED, AIM, TEXT, EXTENT };

struct row {
    const char *name;
    char letter;
    enum kind kind;
    size_t field;
    uint64_t initial, min, max;
    const char *value, *help;
};

#define OPTION_ROW(id, name, letter, kind, field, initial, min, max, value, help)                                      \
    {name, letter, kind, offsetof(struct og_values, field), initial, min, max, value, help},
static const struct row rows[OG_OPTIONS] = {OG_OPTION_LIST(OPTION_ROW)};

static void *field_of(struct og_values *values, const struct row *row)
{
    return (char *)values + row->field;
}

static void set_initial(struct og_values *values)
{
    *values = (struct og_values){0};
    for (unsigned i = 0; i < OG_OPTIONS; i++)
        if (rows[i].kind == NUMBER)
            *(uint64_t *)field_of(values, &rows[i]) = rows[i].initial;
        else if (rows[i].kind == AIM)
            *(double *)field_of(values, &rows[i]) = (double)rows[i].initial;
}

/* A default that is out of range stands for "not given". */
static void print_range(const struct row *row, FILE *out)
{
    unsigned long long min = row->min, max = row->max, initial = row->initial;
    if (row->kind == AIM)
        fprintf(out, " (%llu to %llu, default %s)", min, max, og_preset_name((double)row->initial));
    else if (row->kind == NUMBER && initial >= min)
        fprintf(out, " (%llu to %llu, default %llu)", min, max, initial);
    else if (row->kind == NUMBER || row->kind == FIXED)
        fprintf(out, " (%llu to %llu)", min, max);
    else if (row->kind == EXTENT)
        fprintf(out, " (each %llu to %llu)", min, max);
    fputc('\n', out);
}

static enum og_status refuse(const struct row *row, const char *text, struct og_error *err)
{
    return og_error_set(err, OG_INVALID, "--%s: \"%s\" is not a %s from %llu to %llu", row->name, text,
                        row->kind == NUMBER ? "whole number" : "number", (unsigned long long)row->min,
                        (unsigned long long)row->max);
}

static enum og_status set_extent(const struct row *row, const char *text, struct og_extent *out, struct og_error *err)
{
    const char *cross = strchr(text, 'x');
    uint64_t width, height;
    if (!cross || !og_parse_decimal(text, (size_t)(cross - text), row->max, &width) ||
        !og_parse_decimal(cross + 1, strlen(cross + 1), row->max, &height) || width == 0 || height == 0)
        return og_error_set(err, OG_INVALID, "--%s: \"%s\" is not WIDTHxHEIGHT, each from 1 to %llu", row->name, text,
                            (unsigned long long)row->max);
    *out = (struct og_extent){(uint32_t)width, (uint32_t)height};
    return OG_OK;
}

static enum og_status set(struct og_values *values, const struct row *row, const char *text, struct og_error *err)
{
    void *field = field_of(values, row);
    uint64_t number;
    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return OG_OK;
    case NUMBER:
        if (!og_parse_decimal(text, strlen(text), row->max, &number) || number < row->min)
            return refuse(row, text, err);
        *(uint64_t *)field = number;
        return OG_OK;
    case FIXED:
        return og_parse_fixed(text, (double)row->max, field) ? OG_OK : refuse(row, text, err);
    case AIM:
        return og_preset_parse(text, (double)row->min, (double)row->max, field)
                   ? OG_OK
                   : og_error_set(err, OG_INVALID,
                                  "--%s: \"%s\" is neither small, balanced nor archive, nor a number from %llu to %llu",
                                  row->name, text, (unsigned long long)row->min, (unsigned long long)row->max);
    case TEXT:
        if (!*text)
            return og_error_set(err, OG_INVALID, "--%s: the value is empty", row->name);
        *(const char **)field = text;
        return OG_OK;
    case EXTENT:
        return set_extent(row, text, field, err);
    }
    return OG_OK;
}

static const struct row *find(uint32_t takes, const char *argument, size_t length)
{
    bool is_letter = argument[1] != '-';
    for (unsigned i = 0; i < OG_OPTIONS; i++) {
        if (!(takes & (UINT32_C(1) << i)))
            continue;
        if (is_letter && rows[i].letter == argument[1] && length == 2)
            return &rows[i];
        if (!is_letter && strlen(rows[i].name) == length - 2 && memcmp(argument + 2, rows[i].name, length - 2) == 0)
            return &rows[i];
    }
    return NULL;
}

static enum og_status take_option(uint32_t takes, int argc, const char *const *argv, int *at, struct og_arguments *out,
                                  struct og_error *err)
{
    struct og_values *values = &out->values;
    const char *argument = argv[*at], *equals = strchr(argument, '=');
    size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
    const struct row *row = find(takes, argument, length);
    if (!row)
        return og_error_set(err, OG_INVALID, "unknown option \"%.*s\"", (int)length, argument);
    out->given |= UINT32_C(1) << (row - rows);
    if (row->kind == FLAG) {
        if (equals)
            return og_error_set(err, OG_INVALID, "--%s takes no value", row->name);
        return set(values, row, NULL, err);
    }
    if (equals)
        return set(values, row, equals + 1, err);
    if (*at + 1 >= argc)
        return og_error_set(err, OG_INVALID, "--%s needs a value: %s", row->name, row->value);
    return set(values, row, argv[++*at], err);
}

enum og_status og_options_parse(uint32_t takes, int argc, const char *const *argv, struct og_arguments *out,
                                struct og_error *err)
{
    *out = (struct og_arguments){.operand_count = 0};
    set_initial(&out->values);
    bool options = true;
    for (int i = 0; i < argc; i++) {
        enum og_status status = OG_OK;
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1])
            status = take_option(takes, argc, argv, &i, out, err);
        else if (out->operand_count == OG_OPERANDS_MAX)
            status = og_error_set(err, OG_INVALID, "too many arguments, from \"%s\" on", argv[i]);
        else
            out->operands[out->operand_count++] = argv[i];
        if (status != OG_OK)
            return status;
    }
    return OG_OK;
}

const char *og_options_name(uint32_t set)
{
    return rows[__builtin_ctz(set)].name;
}

void og_options_help(uint32_t takes, FILE *out)
{
    for (unsigned i = 0; i < OG_OPTIONS; i++) {
        const struct row *row = &rows[i];
        if (!(takes & (UINT32_C(1) << i)))
            continue;
        char left[64], letter[8] = "    ";
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name, row->value ? " " : "",
                 row->value ? row->value : "");
        fprintf(out, "  %-26s %s", left, row->help);
        print_range(row, out);
    }
}

void og_options_man(uint32_t takes, FILE *out)
{
    for (unsigned i = 0; i < OG_OPTIONS; i++) {
        const struct row *row = &rows[i];
        if (!(takes & (UINT32_C(1) << i)))
            continue;
        fputs(".TP\n", out);
        if (row->letter)
            fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
        fputs("\\fB\\-\\-", out);
        og_roff_text(row->name, out);
        fprintf(out, "\\fR%s%s%s\n", row->value ? " \\fI" : "", row->value ? row->value : "", row->value ? "\\fR" : "");
        og_roff_text(row->help, out);
        print_range(row, out);
    }
}
