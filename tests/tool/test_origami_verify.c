/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/folder.h"
#include "tool/draft.h"
#include "tool/run_origami.h"

/* verify and the gate of encode, as users meet them: a picture of 1100 x 700 and its slide. */
struct desk {
    struct folder *folder;
    char picture[100], slide[100], other[100], worst[100];
    char *encoded; /* what encode --json said */
};

static int setup(void **state)
{
    struct desk *d = *state = calloc(1, sizeof *d);
    d->folder = folder_make();
    snprintf(d->picture, sizeof d->picture, "%s/picture.png", d->folder->path);
    snprintf(d->slide, sizeof d->slide, "%s/slide.tif", d->folder->path);
    snprintf(d->other, sizeof d->other, "%s/other.png", d->folder->path);
    snprintf(d->worst, sizeof d->worst, "%s/worst", d->folder->path);
    struct origami_run drawn = ORIGAMI_RUN("demo", "--size", "1100x700", "--glass", "10", "-q", "-o", d->picture);
    struct origami_run encoded = ORIGAMI_RUN("encode", d->picture, "-o", d->slide, "--json");
    d->encoded = encoded.out;
    free(encoded.errs);
    origami_run_free(&drawn);
    return drawn.code || encoded.code;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    folder_remove(&d->folder);
    free(d->encoded);
    free(d);
    return 0;
}

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (!json)
        fail_msg("%s: %s", error.text, text);
    return json;
}

static double number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void expect_equal_level(const json_t *verified, const json_t *said)
{
    static const char *const names[] = {"psnr_luma", "psnr_rgb", "ssim"};
    for (unsigned i = 0; i < 3; i++) {
        double difference = number(verified, names[i]) - number(said, names[i]);
        assert_true(difference < 2e-6 && difference > -2e-6);
    }
    const json_t *worst = json_object_get(json_object_get(verified, "worst"), "psnr_luma");
    assert_true(json_equal(json_object_get(worst, "x"), json_object_get(json_object_get(said, "worst"), "x")));
    assert_true(json_equal(json_object_get(worst, "y"), json_object_get(json_object_get(said, "worst"), "y")));
}

static void a_good_slide_has_the_figures_that_encode_reported(void **state)
{
    static const char *const names[] = {"L0", "L1", "L2"};
    struct desk *d = *state;
    struct origami_run run = ORIGAMI_RUN("verify", d->picture, d->slide, "--json");
    assert_int_equal(run.code, 0);
    json_t *all = parse(run.out), *encoded = parse(d->encoded), *levels = json_object_get(all, "levels");
    json_t *said = json_object_get(json_object_get(encoded, "description"), "fidelity");
    assert_true(json_is_true(json_object_get(all, "same_file")));
    assert_true(json_is_true(json_object_get(all, "as_described")));
    assert_int_equal(json_array_size(levels), 4); /* L3 fits into one tile */
    for (unsigned depth = 0; depth < 3; depth++)
        expect_equal_level(json_array_get(levels, depth), json_object_get(said, names[depth]));
    assert_true(number(json_array_get(levels, 0), "delta_e") > 0);
    for (unsigned depth = 0; depth < 4; depth++)
        assert_true(number(json_array_get(levels, depth), "psnr_chroma") > 20);
    assert_int_equal(json_array_size(json_object_get(all, "worst_tiles")), 8);
    json_decref(all);
    json_decref(encoded);
    origami_run_free(&run);
}

static void people_are_told_levels_histogram_and_worst_tiles(void **state)
{
    struct desk *d = *state;
    struct origami_run run = ORIGAMI_RUN("verify", d->picture, d->slide, "--worst", "2");
    assert_int_equal(run.code, 0);
    assert_non_null(strstr(run.out, "it is the file that the slide was made from"));
    assert_non_null(strstr(run.out, "level 11  L0"));
    assert_non_null(strstr(run.out, " dB     ##"));
    assert_non_null(strstr(run.out, " 2.  "));
    assert_null(strstr(run.out, " 3.  "));
    assert_string_equal(run.errs, "");
    origami_run_free(&run);
}

static void below_a_threshold_it_ends_with_1_and_names_the_worst_tile(void **state)
{
    struct desk *d = *state;
    struct origami_run good =
        ORIGAMI_RUN("verify", d->picture, d->slide, "--min-psnr", "30", "--min-ssim", "0.8", "-q");
    struct origami_run psnr = ORIGAMI_RUN("verify", d->picture, d->slide, "--min-psnr", "60", "-q");
    struct origami_run ssim = ORIGAMI_RUN("verify", d->picture, d->slide, "--min-ssim=0.9999", "--json");
    assert_int_equal(good.code, 0);
    assert_string_equal(good.out, "");
    assert_int_equal(psnr.code, 1);
    assert_non_null(strstr(psnr.errs, "60 are demanded; its worst tile is L0 tile "));
    assert_int_equal(ssim.code, 1);
    assert_non_null(strstr(ssim.errs, "0.9999 is demanded"));
    json_decref(parse(ssim.out)); /* the report is there all the same */
    origami_run_free(&good);
    origami_run_free(&psnr);
    origami_run_free(&ssim);
}

static void png_size(const char *path, int *width, int *height)
{
    uint8_t head[24];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
    fclose(file);
    assert_memory_equal(head, "\x89PNG", 4);
    *width = head[18] << 8 | head[19];
    *height = head[22] << 8 | head[23];
}

static void the_worst_tiles_are_drawn_side_by_side_in_their_size(void **state)
{
    struct desk *d = *state;
    struct origami_run run =
        ORIGAMI_RUN("verify", d->picture, d->slide, "--worst", "15", "--worst-to", d->worst, "--json");
    assert_int_equal(run.code, 0);
    json_t *all = parse(run.out), *worst = json_object_get(all, "worst_tiles");
    assert_int_equal(json_array_size(worst), 15); /* all there are */
    for (size_t i = 0; i < 15; i++) {
        const char *name;
        char path[300];
        int x, y, width, height;
        assert_int_equal(json_unpack(json_array_get(worst, i), "{s:i, s:i, s:s}", "x", &x, "y", &y, "picture", &name),
                         0);
        snprintf(path, sizeof path, "%s/%s", d->worst, name);
        png_size(path, &width, &height);
        assert_int_equal(width, 3 * (x == 4 ? 1100 - 4 * 256 : 256) + 2 * 8);
        assert_int_equal(height, y == 2 ? 700 - 2 * 256 : 256);
    }
    json_decref(all);
    origami_run_free(&run);
}

static void flip_a_byte_of_the_first_tile(const char *path)
{
    uint8_t byte;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &byte, 1, 16 + 1000), 1);
    byte ^= 0x40;
    assert_int_equal(pwrite(fd, &byte, 1, 16 + 1000), 1);
    close(fd);
}

static unsigned count_in(const char *path)
{
    unsigned count = 0;
    DIR *all = opendir(path);
    assert_non_null(all);
    for (struct dirent *entry = readdir(all); entry; entry = readdir(all))
        count += entry->d_name[0] != '.';
    closedir(all);
    return count;
}

static void a_folder_holds_the_pictures_of_one_run_and_what_is_not_one(void **state)
{
    struct desk *d = *state;
    folder_write_text(d->folder, "worst/worst-08-L0-99_99.png", "of an earlier slide");
    folder_write_text(d->folder, "worst/worst-8-L0-99_99.png", "somebody's own");
    folder_write_text(d->folder, "worst/worst-08-L0-99_99.png.txt", "somebody's notes");
    struct origami_run run = ORIGAMI_RUN("verify", d->picture, d->slide, "--worst", "3", "--worst-to", d->worst, "-q");
    assert_string_equal(run.errs, "");
    assert_int_equal(run.code, 0);
    assert_int_equal(count_in(d->worst), 3 + 2);
    origami_run_free(&run);
    assert_true(og_draft_remove(d->worst));
}

static void a_verify_that_fails_leaves_no_empty_folder(void **state)
{
    struct desk *d = *state;
    struct stat st;
    flip_a_byte_of_the_first_tile(d->slide);
    struct origami_run fresh = ORIGAMI_RUN("verify", d->picture, d->slide, "--worst-to", d->worst, "-q");
    assert_int_not_equal(stat(d->worst, &st), 0);
    folder_directory(d->folder, "worst");
    struct origami_run there = ORIGAMI_RUN("verify", d->picture, d->slide, "--worst-to", d->worst, "-q");
    flip_a_byte_of_the_first_tile(d->slide);
    assert_int_equal(stat(d->worst, &st), 0); /* it was there before */
    assert_int_equal(fresh.code, 1);
    assert_int_equal(there.code, 1);
    origami_run_free(&fresh);
    origami_run_free(&there);
    assert_true(og_draft_remove(d->worst));
}

static void a_wrong_source_is_told_and_far_away(void **state)
{
    struct desk *d = *state;
    struct origami_run drawn =
        ORIGAMI_RUN("demo", "--size", "1100x700", "--glass", "10", "--seed", "8", "-q", "-o", d->other);
    struct origami_run run = ORIGAMI_RUN("verify", d->other, d->slide, "--json");
    json_t *all = parse(run.out);
    assert_int_equal(drawn.code, 0);
    assert_int_equal(run.code, 1);
    assert_non_null(strstr(run.errs, "not the picture that it was made from"));
    assert_true(json_is_false(json_object_get(all, "same_file")));
    assert_true(json_is_false(json_object_get(all, "as_described")));
    json_decref(all);
    origami_run_free(&drawn);
    origami_run_free(&run);
}

static void a_damaged_slide_is_named_with_and_without_its_source(void **state)
{
    struct desk *d = *state;
    struct origami_run whole = ORIGAMI_RUN("verify", d->slide);
    flip_a_byte_of_the_first_tile(d->slide);
    struct origami_run alone = ORIGAMI_RUN("verify", d->slide), json = ORIGAMI_RUN("verify", "--json", d->slide);
    struct origami_run with = ORIGAMI_RUN("verify", d->picture, d->slide);
    flip_a_byte_of_the_first_tile(d->slide);
    json_t *all = parse(json.out);

    assert_int_equal(whole.code, 0);
    assert_non_null(strstr(whole.out, ": whole"));
    assert_int_equal(alone.code, 1);
    assert_non_null(strstr(alone.out, "L2 tile 0, 0: the checksum does not match"));
    assert_non_null(strstr(alone.errs, "1 stored tile"));
    assert_int_equal(json.code, 1);
    assert_int_equal(number(all, "damaged"), 1);
    assert_int_equal(json_array_size(json_object_get(all, "damage")), 1);
    assert_int_equal(with.code, 1);
    assert_non_null(strstr(with.errs, "L2 tile 0, 0"));
    json_decref(all);
    origami_run_free(&whole);
    origami_run_free(&alone);
    origami_run_free(&json);
    origami_run_free(&with);
}

static void what_makes_no_sense_ends_with_2_and_what_cannot_be_read_with_1(void **state)
{
    struct desk *d = *state;
    struct {
        struct origami_run run;
        int code;
        const char *reason;
    } cases[] = {
        {ORIGAMI_RUN("verify"), 2, "too few arguments"},
        {ORIGAMI_RUN("verify", "a", "b", "c"), 2, "\"c\""},
        {ORIGAMI_RUN("verify", d->slide, "--min-psnr", "36"), 2, "--min-psnr needs the source"},
        {ORIGAMI_RUN("verify", d->slide, "--worst-to", d->worst), 2, "--worst-to needs the source"},
        {ORIGAMI_RUN("verify", d->slide, "--worst", "8"), 2, "--worst needs the source"},
        {ORIGAMI_RUN("verify", d->picture, d->slide, "--min-psnr", "many"), 2, "min-psnr"},
        {ORIGAMI_RUN("verify", d->picture, d->slide, "--worst-to", d->worst, "--worst", "0"), 2, "--worst 0"},
        {ORIGAMI_RUN("verify", d->picture), 1, "picture.png"},
        {ORIGAMI_RUN("verify", d->slide, d->slide), 1, "is an Origami slide already"},
        {ORIGAMI_RUN("verify", "/no/such.svs", d->slide), 1, "/no/such.svs"},
        {ORIGAMI_RUN("verify", d->picture, "/no/such.tif"), 1, "/no/such.tif"},
        {ORIGAMI_RUN("verify", d->picture, d->slide, "--worst-to", d->picture), 1, "picture.png: cannot make"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].run.code != cases[i].code || !strstr(cases[i].run.errs, cases[i].reason))
            fail_msg("case %u ended with %d: %s", i, cases[i].run.code, cases[i].run.errs);
        origami_run_free(&cases[i].run);
    }
}

static void encode_leaves_no_slide_that_is_below_its_gate(void **state)
{
    struct desk *d = *state;
    char gated[100];
    struct stat before, after, st;
    snprintf(gated, sizeof gated, "%s/gated.tif", d->folder->path);
    assert_int_equal(stat(d->slide, &before), 0);
    unsigned entries = folder_count(d->folder);
    struct origami_run refused = ORIGAMI_RUN("encode", d->picture, "-o", gated, "--min-psnr", "70");
    struct origami_run kept = ORIGAMI_RUN("encode", d->picture, "-o", d->slide, "--min-ssim", "0.99999");
    assert_int_equal(refused.code, 1);
    assert_non_null(strstr(refused.errs, "gated.tif: was not written: "));
    assert_non_null(strstr(refused.errs, "worst tile is L0 tile "));
    assert_int_not_equal(stat(gated, &st), 0);
    assert_int_equal(kept.code, 1);
    assert_int_equal(stat(d->slide, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino); /* the old one is still there */
    assert_int_equal(folder_count(d->folder), entries);
    struct origami_run passed = ORIGAMI_RUN("encode", d->picture, "-o", gated, "--min-psnr", "30", "-q");
    assert_int_equal(passed.code, 0);
    assert_int_equal(stat(gated, &st), 0);
    origami_run_free(&refused);
    origami_run_free(&kept);
    origami_run_free(&passed);
}

static void asked_to_stop_it_stops(void **state)
{
    struct desk *d = *state;
    char large[100], its_slide[100];
    snprintf(large, sizeof large, "%s/large.v", d->folder->path);
    snprintf(its_slide, sizeof its_slide, "%s/large.tif", d->folder->path);
    struct origami_run drawn = ORIGAMI_RUN("demo", "--size", "3500x3500", "--glass", "0", "-q", "-o", large);
    struct origami_run encoded = ORIGAMI_RUN("encode", large, "-o", its_slide, "-q");
    assert_int_equal(drawn.code, 0);
    assert_int_equal(encoded.code, 0);
    const char *const arguments[] = {"verify", large, its_slide, "--threads", "1", NULL};
    pid_t child = origami_start(arguments);
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    kill(child, SIGINT);
    assert_int_equal(origami_wait(child), -SIGINT);
    origami_run_free(&drawn);
    origami_run_free(&encoded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_slide_has_the_figures_that_encode_reported),
        cmocka_unit_test(people_are_told_levels_histogram_and_worst_tiles),
        cmocka_unit_test(below_a_threshold_it_ends_with_1_and_names_the_worst_tile),
        cmocka_unit_test(the_worst_tiles_are_drawn_side_by_side_in_their_size),
        cmocka_unit_test(a_folder_holds_the_pictures_of_one_run_and_what_is_not_one),
        cmocka_unit_test(a_verify_that_fails_leaves_no_empty_folder),
        cmocka_unit_test(a_wrong_source_is_told_and_far_away),
        cmocka_unit_test(a_damaged_slide_is_named_with_and_without_its_source),
        cmocka_unit_test(what_makes_no_sense_ends_with_2_and_what_cannot_be_read_with_1),
        cmocka_unit_test(encode_leaves_no_slide_that_is_below_its_gate),
        cmocka_unit_test(asked_to_stop_it_stops),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
