/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <string.h>

#include "tool/options.h"

static const uint32_t all = UINT32_MAX;

static void every_kind_of_option_is_read(void **state)
{
    const char *argv[] = {"in.svs", "-o",         "out.tif", "--l0-step=7",     "--size", "30x40",
                          "--json", "--min-psnr", "36.5",    "--min-ssim=0.95", "--",     "--odd-name"};
    struct og_arguments a;
    struct og_error err;
    (void)state;
    assert_int_equal(og_options_parse(all, 12, argv, &a, &err), OG_OK);
    assert_string_equal(a.values.out, "out.tif");
    assert_int_equal(a.values.l0_step, 7);
    assert_int_equal(a.values.size.width, 30);
    assert_int_equal(a.values.size.height, 40);
    assert_true(a.values.json && !a.values.quiet);
    assert_true(a.values.min_psnr == 36.5 && a.values.min_ssim == 0.95);
    assert_int_equal(a.given, OG_TAKES(OUT) | OG_TAKES(L0_STEP) | OG_TAKES(SIZE) | OG_TAKES(JSON) | OG_TAKES(MIN_PSNR) |
                                  OG_TAKES(MIN_SSIM));
    assert_int_equal(a.operand_count, 2);
    assert_string_equal(a.operands[0], "in.svs");
    assert_string_equal(a.operands[1], "--odd-name");
}

static void what_is_not_given_has_its_default(void **state)
{
    struct og_arguments a;
    struct og_error err;
    (void)state;
    assert_int_equal(og_options_parse(all, 0, NULL, &a, &err), OG_OK);
    assert_int_equal(a.values.base_quality, 0);
    assert_int_equal(a.values.l0_step, 0);
    assert_true(a.values.aim == OG_PRESET_BALANCED);
    assert_int_equal(a.values.threads, 0);
    assert_null(a.values.out);
}

static double aim_of(const char *text)
{
    const char *argv[] = {"--preset", text};
    struct og_arguments a;
    struct og_error err;
    return og_options_parse(all, 2, argv, &a, &err) == OG_OK ? a.values.aim : -1;
}

static void a_preset_has_a_name_or_is_a_number(void **state)
{
    (void)state;
    assert_true(aim_of("small") == 33 && aim_of("balanced") == 36 && aim_of("archive") == 40);
    assert_true(aim_of("38.5") == 38.5 && aim_of("20") == 20 && aim_of("60") == 60);
    assert_true(aim_of("large") == -1 && aim_of("") == -1 && aim_of("19.9") == -1 && aim_of("61") == -1);
}

static void a_wrong_command_line_is_refused_by_name(void **state)
{
    static const struct {
        const char *words[2];
        int count;
        const char *named;
    } cases[] = {
        {{"--bogus"}, 1, "--bogus"},
        {{"--bogus=3"}, 1, "--bogus"},
        {{"-z"}, 1, "-z"},
        {{"-oX"}, 1, "-oX"},
        {{"--l0-step", "0"}, 2, "l0-step"},
        {{"--l0-step", "256"}, 2, "256"},
        {{"--l0-step", "x"}, 2, "l0-step"},
        {{"--l0-step", "3.5"}, 2, "a whole number from 1 to 255"},
        {{"--min-ssim", "2"}, 2, "a number from 0 to 1"},
        {{"--l0-step", "-1"}, 2, "-1"},
        {{"--l0-step"}, 1, "l0-step"},
        {{"--preset", "huge"}, 2, "neither small, balanced nor archive"},
        {{"--min-psnr", "100"}, 2, "min-psnr"},
        {{"--min-ssim", "1.1"}, 2, "1.1"},
        {{"--min-ssim", "0,9"}, 2, "0,9"},
        {{"--json=yes"}, 1, "json"},
        {{"--size", "10"}, 2, "size"},
        {{"--size", "0x5"}, 2, "0x5"},
        {{"--size", "5x99999999"}, 2, "size"},
        {{"--output="}, 1, "output"},
        {{"--l0-ste", "3"}, 2, "--l0-ste"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_arguments a;
        struct og_error err = {0};
        assert_int_equal(og_options_parse(all, cases[i].count, cases[i].words, &a, &err), OG_INVALID);
        assert_non_null(strstr(err.text, cases[i].named));
    }
}

struct page {
    char text[8000];
};

static void fill(struct page *page, void (*print)(uint32_t takes, FILE *out))
{
    FILE *out = fmemopen(page->text, sizeof page->text, "w");
    print(all, out);
    fclose(out);
}

static void help_and_manual_tell_the_range_of_every_number(void **state)
{
    static const struct {
        const char *name, *range;
    } cases[] = {
        {"size", "(each 1 to 67108864)"},
        {"seed", "(0 to 4294967295, default 1)"},
        {"glass", "(0 to 100, default 40)"},
        {"preset", "(20 to 60, default balanced)"},
        {"l0-step", "(1 to 255)"},
        {"base-quality", "(1 to 100)"},
        {"quality", "(1 to 100, default 90)"},
        {"min-psnr", "(0 to 99)"},
        {"min-ssim", "(0 to 1)"},
        {"worst", "(0 to 100, default 8)"},
        {"threads", "(0 to 256, default 0)"},
    };
    (void)state;
    struct page help, man;
    fill(&help, og_options_help);
    fill(&man, og_options_man);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[40];
        snprintf(name, sizeof name, "  --%s ", cases[i].name);
        const char *option = strstr(help.text, name), *range = option ? strstr(option, cases[i].range) : NULL;
        assert_non_null(range);
        assert_true(range < strchr(option, '\n'));
        assert_non_null(strstr(man.text, cases[i].range));
    }
}

static void an_option_of_another_verb_is_unknown(void **state)
{
    const char *argv[] = {"--seed", "3"};
    struct og_arguments a;
    struct og_error err;
    (void)state;
    assert_int_equal(og_options_parse(all & ~OG_TAKES(SEED), 2, argv, &a, &err), OG_INVALID);
}

static void too_many_operands_are_refused(void **state)
{
    const char *argv[] = {"1", "2", "3", "4", "5", "6", "7", "8", "nine"};
    struct og_arguments a;
    struct og_error err;
    (void)state;
    assert_int_equal(og_options_parse(all, 9, argv, &a, &err), OG_INVALID);
    assert_non_null(strstr(err.text, "nine"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_option_is_read),
        cmocka_unit_test(what_is_not_given_has_its_default),
        cmocka_unit_test(a_preset_has_a_name_or_is_a_number),
        cmocka_unit_test(a_wrong_command_line_is_refused_by_name),
        cmocka_unit_test(help_and_manual_tell_the_range_of_every_number),
        cmocka_unit_test(an_option_of_another_verb_is_unknown),
        cmocka_unit_test(too_many_operands_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
