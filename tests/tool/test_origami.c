/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <dirent.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "image/kernels.h"
#include "support/folder.h"
#include "tool/run_origami.h"

static const char *const verbs[] = {"encode", "info", "tile", "verify", "export", "demo"};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

struct names {
    char demo[100], other[100], third[100];
};

static struct names names_in(const struct folder *folder)
{
    struct names names;
    snprintf(names.demo, sizeof names.demo, "%s/demo.tif", folder->path);
    snprintf(names.other, sizeof names.other, "%s/other.tif", folder->path);
    snprintf(names.third, sizeof names.third, "%s/third.tif", folder->path);
    return names;
}

static void every_verb_explains_itself_with_examples(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VERBS; i++) {
        struct origami_run run = ORIGAMI_RUN(verbs[i], "--help");
        assert_int_equal(run.code, 0);
        assert_non_null(strstr(run.out, "Usage: origami "));
        assert_non_null(strstr(run.out, "Examples:"));
        assert_non_null(strstr(run.out, verbs[i]));
        assert_string_equal(run.errs, "");
        origami_run_free(&run);
    }
}

static void an_unknown_option_ends_with_2_and_is_named(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VERBS; i++) {
        struct origami_run run = ORIGAMI_RUN(verbs[i], "--bogus");
        assert_int_equal(run.code, 2);
        assert_non_null(strstr(run.errs, "\"--bogus\""));
        assert_string_equal(run.out, "");
        origami_run_free(&run);
    }
}

static void without_a_verb_the_verbs_are_listed(void **state)
{
    struct origami_run nothing = ORIGAMI_RUN(NULL), wrong = ORIGAMI_RUN("fold");
    struct origami_run help = ORIGAMI_RUN("--help"), version = ORIGAMI_RUN("--version");
    (void)state;
    assert_int_equal(nothing.code, 2);
    assert_int_equal(wrong.code, 2);
    assert_non_null(strstr(wrong.errs, "\"fold\""));
    assert_int_equal(help.code, 0);
    for (unsigned i = 0; i < VERBS; i++)
        assert_non_null(strstr(help.out, verbs[i]));
    assert_int_equal(version.code, 0);
    assert_int_equal(strncmp(version.out, "origami ", 8), 0);
    origami_run_free(&nothing);
    origami_run_free(&wrong);
    origami_run_free(&help);
    origami_run_free(&version);
}

static void what_standard_output_does_not_take_is_a_failure(void **state)
{
    struct names names = names_in(*state);
    struct origami_run made = ORIGAMI_RUN("demo", "--size", "9x9", "-q", "-o", names.demo);
    const char *const cases[][4] = {{"--help"},
                                    {"--version"},
                                    {"--print-man"},
                                    {"demo", "-h"},
                                    {"info", names.demo},
                                    {"info", names.demo, "--json"},
                                    {"verify", names.demo},
                                    {"verify", names.demo, "--json"}};
    assert_int_equal(made.code, 0);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct origami_run run = origami_run_to("/dev/full", cases[i]);
        if (run.code != 1 || !strstr(run.errs, "standard output"))
            fail_msg("case %u ended with %d: %s", i, run.code, run.errs);
        origami_run_free(&run);
    }
    origami_run_free(&made);
}

static void the_version_names_the_kernels_and_the_environment_overrides_them(void **state)
{
    (void)state;
    for (unsigned i = 0; og_kernels_variant(i); i++) {
        char part[64];
        snprintf(part, sizeof part, ", kernels %s,", og_kernels_variant(i)->name);
        setenv("OG_CPU", og_kernels_variant(i)->name, 1);
        struct origami_run run = ORIGAMI_RUN("--version");
        unsetenv("OG_CPU");
        assert_non_null(strstr(run.out, part));
        if (i == 0) {
            struct origami_run unasked = ORIGAMI_RUN("--version");
            assert_string_equal(unasked.out, run.out);
            origami_run_free(&unasked);
        }
        origami_run_free(&run);
    }
}

static void a_picture_becomes_a_slide_and_info_tells_it_as_json(void **state)
{
    struct names names = names_in(*state);
    char picture[100];
    snprintf(picture, sizeof picture, "%s/picture.png", ((struct folder *)*state)->path);
    struct origami_run made = ORIGAMI_RUN("demo", "--size", "900x700", "--glass", "0", "-q", "-o", picture);
    assert_int_equal(made.code, 0);
    struct origami_run run = ORIGAMI_RUN("encode", picture, "-o", names.demo, "--json");
    struct origami_run info = ORIGAMI_RUN("info", names.demo, "--json");
    json_t *summary = json_loads(run.out, 0, NULL), *all = json_loads(info.out, 0, NULL);
    assert_non_null(summary);
    assert_non_null(all);

    const char *digest;
    int width, height, top_width, top_height, tiles;
    double mpp, psnr;
    json_t *levels;
    assert_int_equal(json_unpack(all, "{s:o, s:{s:{s:i}}, s:{s:i, s:i, s:f, s:{s:{s:f}}, s:{s:s}}}", "levels", &levels,
                                 "index", "L0", "tiles", &tiles, "description", "width", &width, "height", &height,
                                 "mpp_x", &mpp, "fidelity", "L0", "psnr_luma", &psnr, "source", "digest", &digest),
                     0);
    assert_int_equal(width, 900);
    assert_int_equal(height, 700);
    assert_int_equal(tiles, 12);
    assert_true(mpp > 0.249 && mpp < 0.251);
    assert_true(psnr > 36);
    assert_int_equal(strncmp(digest, "sha256:", 7), 0);
    assert_int_equal(json_unpack(json_array_get(levels, 0), "{s:i, s:i}", "width", &top_width, "height", &top_height),
                     0);
    assert_true(top_width == 900 && top_height == 700);
    assert_true(json_equal(json_object_get(summary, "description"), json_object_get(all, "description")));
    assert_true(json_equal(json_object_get(summary, "file_bytes"), json_object_get(all, "file_bytes")));
    json_decref(summary);
    json_decref(all);
    origami_run_free(&made);
    origami_run_free(&run);
    origami_run_free(&info);
}

static void colour_is_corrected_unless_told_otherwise(void **state)
{
    struct names names = names_in(*state);
    struct {
        struct origami_run run;
        int step;
    } cases[] = {
        {ORIGAMI_RUN("demo", "--size", "300x200", "-q", "-o", names.demo, "--l0-step", "12"), 9},
        {ORIGAMI_RUN("demo", "--size", "300x200", "-q", "-o", names.other, "--l0-step", "12", "--chroma-step", "7"), 7},
        {ORIGAMI_RUN("demo", "--size", "300x200", "-q", "-o", names.third, "--l0-step", "12", "--no-chroma"), 0}};
    const char *const slides[] = {names.demo, names.other, names.third};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct origami_run info = ORIGAMI_RUN("info", slides[i], "--json");
        json_t *all = json_loads(info.out, 0, NULL);
        int step = 0;
        assert_int_equal(cases[i].run.code, 0);
        assert_int_equal(json_unpack(all, "{s:{s:{s?i}}}", "description", "encoder", "chroma_step", &step), 0);
        assert_int_equal(step, cases[i].step);
        json_decref(all);
        origami_run_free(&info);
        origami_run_free(&cases[i].run);
    }
}

static void info_speaks_to_people_and_tile_takes_one_out(void **state)
{
    struct names names = names_in(*state);
    char jpeg[100];
    struct stat st;
    snprintf(jpeg, sizeof jpeg, "%s/tile.jpg", ((struct folder *)*state)->path);
    struct origami_run demo = ORIGAMI_RUN("demo", "--size", "800x600", "-o", names.demo);
    struct origami_run info = ORIGAMI_RUN("info", names.demo);
    struct origami_run tile = ORIGAMI_RUN("tile", names.demo, "10", "3", "2", "-o", jpeg);
    struct origami_run beyond = ORIGAMI_RUN("tile", names.demo, "10", "4", "2", "-o", jpeg);
    assert_int_equal(demo.code, 0);
    assert_non_null(strstr(demo.out, "800 x 600 pixels"));
    assert_int_equal(info.code, 0);
    assert_non_null(strstr(info.out, "200.0 µm x 150.0 µm"));
    assert_non_null(strstr(info.out, "40x objective"));
    assert_int_equal(tile.code, 0);
    assert_int_equal(stat(jpeg, &st), 0);
    assert_true(st.st_size > 500);
    assert_int_equal(beyond.code, 1);
    assert_non_null(strstr(beyond.errs, "no tile 4, 2 at level 10: there are columns 0 to "));
    origami_run_free(&demo);
    origami_run_free(&info);
    origami_run_free(&tile);
    origami_run_free(&beyond);
}

static void input_that_cannot_be_encoded_is_an_error_with_name_and_reason(void **state)
{
    struct folder *folder = *state;
    struct names names = names_in(folder);
    char text[100], foreign[100], link[100], odd[100], odd_reason[200];
    snprintf(foreign, sizeof foreign, "%s/scan.tif", folder->path);
    folder_write_text(folder, "scan.tif", "the only one of its kind");
    snprintf(link, sizeof link, "%s/link.tif", folder->path);
    assert_int_equal(symlink(names.demo, link), 0);
    snprintf(text, sizeof text, "%s/text.png", folder->path);
    folder_write_text(folder, "text.png", "no picture");
    snprintf(odd, sizeof odd, "%s/a.xyz", folder->path);
    snprintf(odd_reason, sizeof odd_reason, "VipsForeignSave: \"%s\" is not a known file format", odd);
    struct origami_run made = ORIGAMI_RUN("demo", "--size", "9x9", "-q", "-o", names.demo);
    struct {
        struct origami_run run;
        int code;
        const char *reason;
    } cases[] = {
        {ORIGAMI_RUN("encode", text, "-o", names.other), 1, "text.png: cannot open"},
        {ORIGAMI_RUN("encode", "/no/such.svs", "-o", names.other), 1, "/no/such.svs: cannot open"},
        {ORIGAMI_RUN("encode", names.demo, "-o", names.demo), 2, "is the input itself"},
        {ORIGAMI_RUN("encode", names.demo, "-o", foreign), 2, "only slides are replaced"},
        {ORIGAMI_RUN("demo", "--size", "9x9", "-o", foreign), 2, "only slides are replaced"},
        {ORIGAMI_RUN("encode", text, "-o", link), 2, "is a symbolic link: only slides are replaced"},
        {ORIGAMI_RUN("tile", names.demo, "0", "0", "0", "-o", names.demo), 2, "is the input itself"},
        {ORIGAMI_RUN("info", "/tmp"), 1, "is a folder, not a slide"},
        {ORIGAMI_RUN("encode", names.demo, "-o", names.other), 1, "is an Origami slide already"},
        {ORIGAMI_RUN("encode", text, "-o", "x y.tif"), 2, "x y.tif"},
        {ORIGAMI_RUN("encode", text, "-o", "x.svs"), 2, ".tif"},
        {ORIGAMI_RUN("encode", text), 2, "-o OUT.tif"},
        {ORIGAMI_RUN("info", text), 1, "text.png: not a slide: neither .tif nor .dzi"},
        {ORIGAMI_RUN("info", text), 1, "origami encode makes one of a scan"},
        {ORIGAMI_RUN("tile", names.demo, "99", "0", "0", "-o", text), 1, "no level 99: there are 0 to 4"},
        {ORIGAMI_RUN("demo", "--size", "9x9", "-q", "-o", odd), 1, odd_reason},
        {ORIGAMI_RUN("demo", "-o", names.other), 2, "--size"},
        {ORIGAMI_RUN("demo", "--size", "9x9", "-o", "x.png", "--preset", "balanced"), 2, "--preset is for slides"},
        {ORIGAMI_RUN("demo", "--size", "9x9", "-o", "x.png", "--min-psnr=0"), 2, "--min-psnr is for slides"},
        {ORIGAMI_RUN("demo", "--size", "9x9", "-o", names.other, "--plain", "--json"), 2, "--json is for slides"},
        {ORIGAMI_RUN("demo", "--size", "9x9", "-o", names.other, "--no-chroma", "--chroma-step", "5"), 2,
         "only one of"},
    };
    assert_int_equal(made.code, 0);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].run.code, cases[i].code);
        assert_non_null(strstr(cases[i].run.errs, cases[i].reason));
        origami_run_free(&cases[i].run);
    }
    struct stat st;
    assert_int_not_equal(stat(names.other, &st), 0);
    origami_run_free(&made);
}

static void a_picture_is_decoded_into_a_folder_that_has_room_or_is_named(void **state)
{
    struct folder *folder = *state;
    struct names names = names_in(folder);
    char vast[100], cut[100];
    snprintf(vast, sizeof vast, "%s/vast.ppm", folder->path);
    snprintf(cut, sizeof cut, "%s/cut.png", folder->path);
    folder_write_text(folder, "vast.ppm", "P3 10000000 10000000 255\n0 0 0\n");
    struct origami_run drawn = ORIGAMI_RUN("demo", "--size", "600x500", "-q", "-o", cut);
    assert_int_equal(drawn.code, 0);
    assert_int_equal(truncate(cut, 50000), 0);
    setenv("TMPDIR", folder->path, 1);
    setenv("VIPS_DISC_THRESHOLD", "100k", 1);
    struct origami_run full = ORIGAMI_RUN("encode", vast, "-o", names.other);
    struct origami_run failed = ORIGAMI_RUN("encode", cut, "-o", names.other);
    setenv("TMPDIR", "/no/such", 1);
    struct origami_run missing = ORIGAMI_RUN("encode", cut, "-o", names.other);
    unsetenv("TMPDIR");
    unsetenv("VIPS_DISC_THRESHOLD");
    const struct origami_run *const runs[] = {&full, &failed, &missing};
    const char *const places[] = {folder->path, folder->path, "/no/such: No such file"};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(runs[i]->code, 1);
        assert_non_null(strstr(runs[i]->errs, "TMPDIR"));
        assert_non_null(strstr(runs[i]->errs, places[i]));
    }
    assert_non_null(strstr(full.errs, "vast.ppm: is decoded into a file of 300 TB"));
    assert_int_equal(folder_count(folder), 2);
    origami_run_free(&drawn);
    origami_run_free(&full);
    origami_run_free(&failed);
    origami_run_free(&missing);
}

static bool find_temporary(const struct folder *folder)
{
    bool found = false;
    DIR *all = opendir(folder->path);
    for (struct dirent *entry; (entry = readdir(all));)
        found = found || strcmp(entry->d_name, ".demo.tif.draft") == 0;
    closedir(all);
    return found;
}

/* Starts an encode that takes long, waits until it writes, asks it to stop. Its sample is made once and quickly. */
static int stop_while_writing(const struct folder *folder, const char *path, int signal_number)
{
    const char *const arguments[] = {"demo", "--size",       "60000x60000", "--glass", "100", "--l0-step",
                                     "10",   "--no-trellis", "-o",          path,      NULL};
    struct timespec moment = {0, 5000000};
    pid_t child = origami_start(arguments);
    while (!find_temporary(folder)) {
        assert_int_equal(waitpid(child, NULL, WNOHANG), 0); /* it would never come */
        nanosleep(&moment, NULL);
    }
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    kill(child, signal_number);
    return origami_wait(child);
}

static void asked_to_stop_it_takes_its_temporary_file_away(void **state)
{
    struct names names = names_in(*state);
    struct stat st;
    assert_int_equal(stop_while_writing(*state, names.demo, SIGTERM), -SIGTERM);
    assert_int_not_equal(stat(names.demo, &st), 0);
    assert_false(find_temporary(*state));
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_explains_itself_with_examples),
        cmocka_unit_test(an_unknown_option_ends_with_2_and_is_named),
        cmocka_unit_test(without_a_verb_the_verbs_are_listed),
        IN_FOLDER(what_standard_output_does_not_take_is_a_failure),
        cmocka_unit_test(the_version_names_the_kernels_and_the_environment_overrides_them),
        IN_FOLDER(a_picture_becomes_a_slide_and_info_tells_it_as_json),
        IN_FOLDER(colour_is_corrected_unless_told_otherwise),
        IN_FOLDER(info_speaks_to_people_and_tile_takes_one_out),
        IN_FOLDER(input_that_cannot_be_encoded_is_an_error_with_name_and_reason),
        IN_FOLDER(a_picture_is_decoded_into_a_folder_that_has_room_or_is_named),
        IN_FOLDER(asked_to_stop_it_takes_its_temporary_file_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
