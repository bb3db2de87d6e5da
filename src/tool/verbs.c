/* SPDX-License-Identifier: MIT */
#include "tool/verbs.h"

#include <string.h>

#include "image/family.h"
#include "slide/description.h"
#include "tool/vips.h"

static const struct og_verb *const verbs[] = {&og_verb_encode, &og_verb_info,   &og_verb_tile,
                                              &og_verb_verify, &og_verb_export, &og_verb_demo};

enum { VERBS = sizeof verbs / sizeof verbs[0], EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static void print_help(FILE *out)
{
    fputs("origami - slides for the Origami tile server\n\nUsage: origami VERB ...\n\n", out);
    for (unsigned i = 0; i < VERBS; i++)
        fprintf(out, "  %-8s %s\n", verbs[i]->name, verbs[i]->summary);
    fputs("\n  origami VERB --help   explains a verb and shows examples\n"
          "  origami --version     prints what this program is made of\n"
          "  origami --print-man   writes the manual page origami(1)\n",
          out);
}

static void print_version(FILE *out)
{
    fprintf(out, "origami %s (slide format %d, predictor %s, kernels %s, libvips %d.%d.%d)\n", OG_VERSION,
            OG_FORMAT_VERSION, OG_PREDICTOR_NAME, og_kernels_choose()->name, vips_version(0), vips_version(1),
            vips_version(2));
}

static void print_verb_help(const struct og_verb *verb, FILE *out)
{
    fprintf(out, "Usage: origami %s %s\n\n%s\nOptions:\n", verb->name, verb->operands, verb->explanation);
    og_options_help(verb->takes, out);
    fprintf(out, "\nExamples:\n%s", verb->examples);
}

static int complain(FILE *errors, const struct og_verb *verb, const struct og_error *err)
{
    fprintf(errors, "origami %s: %s\n", verb->name, err->text);
    if (err->status != OG_INVALID)
        return EXIT_FAILED;
    fprintf(errors, "origami %s --help explains it\n", verb->name);
    return EXIT_USAGE;
}

static enum og_status count_operands(const struct og_verb *verb, const struct og_arguments *arguments,
                                     struct og_error *err)
{
    int most = verb->operand_count + verb->optional_operands;
    if (arguments->operand_count > most)
        return og_error_set(err, OG_INVALID, "unexpected argument \"%s\"", arguments->operands[most]);
    if (arguments->operand_count < verb->operand_count)
        return og_error_set(err, OG_INVALID, "too few arguments: origami %s %s", verb->name, verb->operands);
    return OG_OK;
}

static int run_verb(const struct og_verb *verb, int argc, const char *const *argv, FILE *out, FILE *errors)
{
    struct og_arguments arguments;
    struct og_error err = {0};
    enum og_status status = og_options_parse(verb->takes, argc, argv, &arguments, &err);
    if (status == OG_OK && arguments.values.help) {
        print_verb_help(verb, out);
        return EXIT_OK;
    }
    if (status == OG_OK)
        status = count_operands(verb, &arguments, &err);
    if (status == OG_OK)
        status = verb->run(&arguments, out, &err);
    return status == OG_OK ? EXIT_OK : complain(errors, verb, &err);
}

static int run(const char *first, int argc, const char *const *argv, FILE *out, FILE *errors)
{
    for (unsigned i = 0; i < VERBS; i++)
        if (strcmp(first, verbs[i]->name) == 0)
            return run_verb(verbs[i], argc - 2, argv + 2, out, errors);
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        print_help(out);
        return EXIT_OK;
    }
    if (strcmp(first, "--print-man") == 0) {
        og_tool_man(verbs, VERBS, out);
        return EXIT_OK;
    }
    if (strcmp(first, "--version") == 0) {
        print_version(out);
        return EXIT_OK;
    }
    if (*first)
        fprintf(errors, "origami: unknown verb or option \"%s\"\n\n", first);
    print_help(errors);
    return EXIT_USAGE;
}

int og_tool_main(int argc, const char *const *argv, FILE *out, FILE *errors)
{
    struct og_error err;
    if (og_kernels_check(&err) != OG_OK) {
        fprintf(errors, "origami: %s\n", err.text);
        return EXIT_USAGE;
    }
    int code = run(argc > 1 ? argv[1] : "", argc, argv, out, errors);
    bool lost = fflush(out) != 0 || ferror(out);
    if (lost)
        fputs("origami: not all could be written to standard output\n", errors);
    return code == EXIT_OK && lost ? EXIT_FAILED : code;
}
