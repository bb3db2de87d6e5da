/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

#include "answers.h"
#include "support/cmocka_all.h"

/* Foreign files beside a good slide, and slides whose file changes while they are served. */

enum { LOG_MAX = 1 << 16 };

static enum og_reader_kind kind;
static _Atomic uint64_t now_ns; /* of the engines here: time stands still unless a test moves it */

static uint64_t standing_clock(void)
{
    return atomic_load_explicit(&now_ns, memory_order_relaxed);
}

struct hall {
    struct folder *folder;
    struct surgery patient;
    struct answers *whole; /* of a.tif and b.tif: one picture */
    struct served served;
    char log[LOG_MAX]; /* filled by read_log */
};

/* As served_open does it, but the log is kept. */
static void open_hall(struct hall *h, struct og_engine_options options)
{
    struct served *s = &h->served;
    struct og_error err = {0};
    options.clock = standing_clock;
    options.reader = kind;
    s->log_fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    assert_true(s->log_fd >= 0);
    s->log = og_log_new(s->log_fd, OG_LOG_INFO);
    s->metrics = og_metrics_new();
    s->block = og_metrics_take(s->metrics);
    assert_int_equal(og_library_open(h->folder->path, s->log, s->metrics, &s->library, &err), OG_OK);
    assert_int_equal(og_engine_new(&options, s->library, s->log, s->metrics, &s->engine, &err), OG_OK);
}

static unsigned log_lines(struct hall *h, const char *with)
{
    ssize_t n = pread(h->served.log_fd, h->log, sizeof h->log - 1, 0);
    unsigned lines = 0;
    h->log[n > 0 ? n : 0] = '\0';
    for (const char *line = h->log; *line;) {
        size_t length = strcspn(line, "\n");
        lines += memmem(line, length, with, strlen(with)) != NULL;
        line += length + (line[length] == '\n');
    }
    return lines;
}

static int setup(void **state)
{
    struct hall *h = calloc(1, sizeof *h);
    struct og_error err;
    struct og_slide *slide;
    h->folder = folder_make();
    surgery_add_patient(h->folder, "a");
    h->patient = surgery_open(h->folder, "a.tif");
    surgery_save(&h->patient, h->folder, "b.tif");
    int directory = open(h->folder->path, O_RDONLY | O_DIRECTORY);
    if (og_slide_open(directory, "a.tif", 1, &slide, &err) != OG_OK)
        abort();
    h->whole = answers_rebuilt(slide);
    og_slide_unref(&slide);
    close(directory);
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    struct hall *h = *state;
    answers_free(&h->whole);
    surgery_close(&h->patient);
    folder_remove(&h->folder);
    free(h);
    return 0;
}

/* A request that comes between a failed answer and the end of its job joins that failure, which is not what is tested.
 */
static void let_jobs_end(struct hall *h)
{
    while (og_engine_gauges(h->served.engine).jobs_in_flight)
        sched_yield();
}

static void expect(struct hall *h, const char *id, const struct wounds *wounds)
{
    let_jobs_end(h);
    struct answers *now = answers_served(&h->served, id);
    assert_string_equal(answers_judge(now, h->whole, wounds).text, OG_AS_CLAIMED);
    answers_free(&now);
}

static const struct wounds unharmed;

/* ---- foreign files ---- */

static void path_of(const struct hall *h, const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", h->folder->path, name);
}

static void write_bytes(const struct hall *h, const char *name, const void *bytes, size_t size)
{
    char path[256];
    path_of(h, name, path);
    FILE *to = fopen(path, "wb");
    assert_non_null(to);
    assert_int_equal(fwrite(bytes, 1, size, to), size);
    fclose(to);
}

static void write_tiff(const struct hall *h, const char *name, const char *mode)
{
    uint8_t row[64] = {0};
    char path[256];
    path_of(h, name, path);
    TIFF *tiff = TIFFOpen(path, mode);
    assert_non_null(tiff);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 64);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 4);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, "{\"origami\":1}");
    for (uint32_t y = 0; y < 4; y++)
        TIFFWriteScanline(tiff, row, y, 0);
    TIFFClose(tiff);
}

static const char *const foreign[] = {"png.tif",   "classic.tif", "big.tif",  "noise.tif",      "empty.tif",
                                      "short.tif", "link.tif",    "pipe.tif", "folder.tif",     "half.tif",
                                      "notes.txt", "picture.png", "x.dzi",    "wrong name.tif", "torn.tif"};
enum { FOREIGN = sizeof foreign / sizeof foreign[0] };

static void add_foreign_files(const struct hall *h)
{
    static const uint8_t png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\0\0\0\0";
    uint8_t noise[5000];
    char path[256], target[256];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)(i * i * 31 >> 3 ^ i * 167);
    write_bytes(h, "png.tif", png, sizeof png);
    write_bytes(h, "picture.png", png, sizeof png);
    write_bytes(h, "noise.tif", noise, sizeof noise);
    write_bytes(h, "notes.txt", "nothing", 7);
    write_bytes(h, "x.dzi", "<Image", 6);
    write_bytes(h, "empty.tif", "", 0);
    write_bytes(h, "short.tif", h->patient.bytes, 15);
    write_bytes(h, "half.tif", h->patient.bytes, h->patient.size / 2);
    write_bytes(h, "torn.tif", h->patient.bytes, h->patient.directory[h->patient.pages - 1] + 30);
    write_bytes(h, "wrong name.tif", h->patient.bytes, h->patient.size);
    write_tiff(h, "classic.tif", "w");
    write_tiff(h, "big.tif", "w8");
    path_of(h, "pipe.tif", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    path_of(h, "folder.tif", path);
    assert_int_equal(mkdir(path, 0700), 0);
    path_of(h, "link.tif", path);
    path_of(h, "a.tif", target);
    assert_int_equal(symlink(target, path), 0);
}

static void each_foreign_file_costs_one_log_line_and_harms_no_slide(void **state)
{
    struct hall *h = *state;
    add_foreign_files(h);

    open_hall(h, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});

    assert_int_equal(og_metrics_sum(h->served.metrics, OG_COUNT_SLIDE_SKIPPED), FOREIGN);
    assert_int_equal(og_metrics_sum(h->served.metrics, OG_COUNT_SLIDE_OPENED), 2);
    assert_int_equal(log_lines(h, " warn "), FOREIGN);
    for (unsigned i = 0; i < FOREIGN; i++) {
        char start[64];
        snprintf(start, sizeof start, "warn catalogue: skipped %s: ", foreign[i]);
        if (log_lines(h, start) != 1)
            fail_msg("%s: not one line in\n%s", start, h->log);
    }
    expect(h, "a", &unharmed);
    expect(h, "b", &unharmed);
    served_close(&h->served);
    for (unsigned i = 0; i < FOREIGN; i++) {
        char path[256];
        path_of(h, foreign[i], path);
        assert_int_equal(remove(path), 0);
    }
}

/* ---- damage while the slide is served ---- */

static int open_file(const struct hall *h, const char *name)
{
    char path[256];
    path_of(h, name, path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static uint64_t place_of(const struct hall *h, struct og_span span)
{
    return (uint64_t)(span.data - h->patient.bytes);
}

static void spoil(const struct hall *h, int fd, uint64_t at, size_t size)
{
    uint8_t bytes[64];
    assert_true(size <= sizeof bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = h->patient.bytes[at + i] ^ 0x55;
    assert_int_equal(pwrite(fd, bytes, size, (off_t)at), size);
}

static void heal(const struct hall *h, int fd)
{
    assert_int_equal(pwrite(fd, h->patient.bytes, h->patient.size, 0), h->patient.size);
    close(fd);
}

static uint64_t damage_counted(const struct hall *h)
{
    return og_metrics_sum(h->served.metrics, OG_COUNT_READ_DAMAGED) +
           og_metrics_sum(h->served.metrics, OG_COUNT_DECODE_DAMAGED);
}

static void bytes_overwritten_while_serving_are_errors_for_the_tiles_that_need_them(void **state)
{
    struct hall *h = *state;
    struct wounds wounds = {0};
    int fd = open_file(h, "a.tif");
    open_hall(h, (struct og_engine_options){.workers = 2});
    expect(h, "a", &unharmed);
    assert_int_equal(damage_counted(h), 0);

    spoil(h, fd, place_of(h, surgery_tile(&h->patient, 0, 1, 3)) + 40, 8);  /* an L1 tile */
    spoil(h, fd, place_of(h, surgery_tile(&h->patient, 0, 2, 20)) + 9, 1);  /* an L0 tile */
    spoil(h, fd, place_of(h, surgery_tile(&h->patient, 0, 4, 0)) + 30, 64); /* an L2 tile */
    spoil(h, fd, place_of(h, surgery_tile(&h->patient, 1, 1, 0)) + 30, 64); /* a coarser tile */
    spoil(h, fd, place_of(h, surgery_value(&h->patient, 0, OG_TAG_RECORDS)) + 5 * OG_RECORD_BYTES(21) + 3, 1);
    wounds.bad[0][1] = 1u << 3;
    wounds.bad[0][2] = 1u << 20;
    wounds.bad[0][4] = wounds.bad[1][1] = 1;
    wounds.bad[0][5] = WOUND_ALL_SLOTS;

    expect(h, "a", &wounds);
    expect(h, "b", &unharmed);
    assert_true(damage_counted(h) >= 5);
    heal(h, fd);
    expect(h, "a", &unharmed);
    served_close(&h->served);
}

static void directories_and_tables_are_not_read_again_after_the_start(void **state)
{
    struct hall *h = *state;
    int fd = open_file(h, "a.tif");
    open_hall(h, (struct og_engine_options){.workers = 2});

    spoil(h, fd, 0, 16);
    for (unsigned page = 0; page < h->patient.pages; page++) {
        spoil(h, fd, h->patient.directory[page], 64);
        spoil(h, fd, place_of(h, surgery_value(&h->patient, page, SURGERY_TAG_TABLES)), 32);
    }

    expect(h, "a", &unharmed);
    assert_int_equal(damage_counted(h), 0);
    heal(h, fd);
    served_close(&h->served);
}

static void wound_behind(const struct hall *h, uint64_t end, struct wounds *wounds)
{
    const struct surgery *p = &h->patient;
    for (unsigned page = 0; page + 2 < p->pages; page++)
        for (uint64_t i = 0; i < surgery_records(p, page); i++)
            for (unsigned slot = 0; slot < surgery_slots(page); slot++) {
                struct og_span tile = surgery_tile(p, page, i, slot);
                if (place_of(h, tile) + tile.size <= end)
                    continue;
                wounds->bad[page][i] |= tile.size ? UINT32_C(1) << slot : 0;
                wounds->endangered[page][i] = WOUND_ALL_SLOTS; /* its one read fails as a whole */
            }
}

static void a_slide_cut_short_while_served_gives_errors_and_never_part_of_a_tile(void **state)
{
    struct hall *h = *state;
    int fd = open_file(h, "a.tif");
    uint64_t records = place_of(h, surgery_value(&h->patient, 0, OG_TAG_RECORDS));
    open_hall(h, (struct og_engine_options){.workers = 2});

    for (unsigned sixth = 5; sixth > 0; sixth--) {
        struct wounds wounds = {0};
        uint64_t end = h->patient.size / 6 * sixth;
        assert_int_equal(ftruncate(fd, (off_t)end), 0);
        wound_behind(h, end, &wounds);
        if (end < records) /* the index is gone as well */
            memset(wounds.bad, 0xff, sizeof wounds.bad);
        expect(h, "a", &wounds);
        expect(h, "b", &unharmed);
    }
    assert_int_equal(ftruncate(fd, 0), 0);
    struct answers *nothing = answers_served(&h->served, "a");

    assert_int_equal(answers_failed(nothing), nothing->count);
    answers_free(&nothing);
    heal(h, fd);
    expect(h, "a", &unharmed);
    served_close(&h->served);
}

static void tiles_whose_bytes_are_the_last_of_a_file_are_lost_alone(void **state)
{
    struct hall *h = *state;
    struct wounds wounds = {0};
    uint64_t records = place_of(h, surgery_value(&h->patient, 0, OG_TAG_RECORDS));
    int fd = open_file(h, "a.tif");
    open_hall(h, (struct og_engine_options){.workers = 2});

    assert_int_equal(ftruncate(fd, (off_t)(records + 2 * OG_RECORD_BYTES(OG_FAMILY_SLOTS) + 1)), 0);
    for (uint64_t i = 2; i < surgery_records(&h->patient, 0); i++)
        wounds.bad[0][i] = WOUND_ALL_SLOTS;
    memset(wounds.endangered[1], 0xff, sizeof wounds.endangered - sizeof wounds.endangered[0]);

    expect(h, "a", &wounds);
    heal(h, fd);
    served_close(&h->served);
}

/* ---- what an operator sees ---- */

static void ask_ten_times(struct hall *h, const char *slide)
{
    for (unsigned i = 0; i < 10; i++) {
        struct og_buf *buf;
        assert_int_equal(served_ask(&h->served, h->served.block, slide, h->patient.pyramid.top - 2, 0, 0, &buf),
                         OG_DAMAGED);
        assert_null(buf);
        let_jobs_end(h);
    }
}

static void damage_is_counted_each_time_but_logged_once_a_minute_for_each_slide(void **state)
{
    struct hall *h = *state;
    int a = open_file(h, "a.tif"), b = open_file(h, "b.tif");
    open_hall(h, (struct og_engine_options){.workers = 1});
    spoil(h, a, place_of(h, surgery_tile(&h->patient, 0, 0, 0)) + 30, 1);
    spoil(h, b, place_of(h, surgery_tile(&h->patient, 0, 0, 0)) + 30, 1);

    ask_ten_times(h, "a");
    ask_ten_times(h, "b");
    assert_int_equal(damage_counted(h), 20);
    assert_int_equal(log_lines(h, "error engine: slide \"a\": a.tif: L2 tile 0,0: "), 1);
    assert_int_equal(log_lines(h, "error engine: slide \"b\": b.tif: L2 tile 0,0: "), 1);
    atomic_fetch_add_explicit(&now_ns, UINT64_C(60000000001), memory_order_relaxed);
    ask_ten_times(h, "a");

    assert_int_equal(damage_counted(h), 30);
    assert_int_equal(log_lines(h, "error "), 3);
    heal(h, a);
    heal(h, b);
    served_close(&h->served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_foreign_file_costs_one_log_line_and_harms_no_slide),
        cmocka_unit_test(bytes_overwritten_while_serving_are_errors_for_the_tiles_that_need_them),
        cmocka_unit_test(directories_and_tables_are_not_read_again_after_the_start),
        cmocka_unit_test(a_slide_cut_short_while_served_gives_errors_and_never_part_of_a_tile),
        cmocka_unit_test(tiles_whose_bytes_are_the_last_of_a_file_are_lost_alone),
        cmocka_unit_test(damage_is_counted_each_time_but_logged_once_a_minute_for_each_slide),
    };
    int failed = 0;
    for (kind = OG_READER_PREAD; kind < OG_READER_KINDS; kind++)
        failed += cmocka_run_group_tests_name(og_reader_kind_name(kind), tests, setup, teardown);
    return failed;
}
