/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cmocka_all.h"
#include "tool/report.h"

/* What is said of a slide that aimed at 36 dB, in the caller's memory. */
static char *said_of(double psnr_tissue, int l0_step)
{
    struct og_encode_result result = {
        .description = {.width = 100,
                        .height = 100,
                        .encoder = {.version = "0", .base_quality = 80, .l1_step = 2, .l0_step = l0_step, .aim = 36},
                        .fidelity = {{.psnr_luma = 37, .psnr_rgb = 33, .psnr_tissue = psnr_tissue}}},
        .seconds = 1,
        .threads = 1};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    og_report_encoded("a.tif", &result, out);
    fclose(out);
    return text;
}

static void expect(double psnr_tissue, int l0_step, const char *is_said, const char *is_not)
{
    char *text = said_of(psnr_tissue, l0_step);
    if (!strstr(text, is_said) || strstr(text, is_not))
        fail_msg("%g dB, step %d: \"%s\"", psnr_tissue, l0_step, text);
    free(text);
}

static void a_slide_that_fell_short_of_its_aim_says_so_and_what_to_do(void **state)
{
    (void)state;
    expect(36.2, 14, "(balanced): it has 36.2; steps 14,", "LESS");
    expect(35.95, 14, "it has 36.0;", "LESS");
    expect(35.8, 14, "it has 35.8, LESS than aimed at: --l0-step with less than now", "no step");
    expect(35.8, 1, "LESS than aimed at, and no step is smaller", "--l0-step");
    expect(0, 14, "there is none", "LESS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slide_that_fell_short_of_its_aim_says_so_and_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
