/* SPDX-License-Identifier: MIT */
/* What reader.h promises, once for each kind. */
#include "support/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slide/reader.h"
#include "support/folder.h"
#include "support/process_use.h"
#include "support/threads.h"

/* Linked with --wrap: the system as a test wants it. */
enum system { AS_IT_IS, IN_PIECES_WITH_INTERRUPTIONS, RING_FULL, SIZE_AS_ONCE };
static enum system system_is = AS_IT_IS;
static enum og_reader_kind kind;

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);
int __real_io_uring_submit_and_wait(struct io_uring *ring, unsigned count);
int __wrap_io_uring_submit_and_wait(struct io_uring *ring, unsigned count);
int __real_fstat(int fd, struct stat *facts);
int __wrap_fstat(int fd, struct stat *facts);

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    if (system_is == IN_PIECES_WITH_INTERRUPTIONS && offset % 2 && errno != EINTR) {
        errno = EINTR;
        return -1;
    }
    errno = 0;
    return __real_pread(fd, to, system_is == IN_PIECES_WITH_INTERRUPTIONS ? 1 : size, offset);
}

int __wrap_io_uring_submit_and_wait(struct io_uring *ring, unsigned count)
{
    static unsigned calls;
    if (system_is == RING_FULL)
        return -EAGAIN;
    if (system_is == IN_PIECES_WITH_INTERRUPTIONS && calls++ % 2)
        return -EINTR;
    if (system_is == IN_PIECES_WITH_INTERRUPTIONS)
        ring->sq.sqes[(ring->sq.sqe_tail - 1) & *ring->sq.kring_mask].len = 1;
    return __real_io_uring_submit_and_wait(ring, count);
}

int __wrap_fstat(int fd, struct stat *facts)
{
    int result = __real_fstat(fd, facts);
    if (system_is == SIZE_AS_ONCE)
        facts->st_size = 1 << 20;
    return result;
}

enum { BIG = 300000, PAGE = 4096 };

static uint8_t pattern(uint64_t at)
{
    return (uint8_t)(at * 167 + (at >> 8) * 13) | 1; /* never 0: zeros are what a hole reads as */
}

struct desk {
    struct folder *folder;
    struct og_reader *reader;
    struct og_file file; /* "0123456789" */
};

static struct og_file open_file(const struct folder *folder, const char *name)
{
    struct og_file file;
    assert_int_equal(og_file_open(folder->fd, name, &file, NULL), OG_OK);
    return file;
}

static void fill_big(int fd)
{
    uint8_t bytes[BIG];
    for (unsigned i = 0; i < BIG; i++)
        bytes[i] = pattern(i);
    if (pwrite(fd, bytes, BIG, 0) != BIG)
        abort();
}

static int make_big(const struct folder *folder)
{
    int fd = openat(folder->fd, "big", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    fill_big(fd);
    return fd;
}

static int setup(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    system_is = AS_IT_IS;
    desk->folder = folder_make();
    folder_write_text(desk->folder, "digits", "0123456789");
    desk->file = open_file(desk->folder, "digits");
    *state = desk;
    return og_reader_new(kind, &desk->reader, NULL) == OG_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    system_is = AS_IT_IS;
    og_file_close(&desk->file);
    og_reader_destroy(&desk->reader);
    folder_remove(&desk->folder);
    free(desk);
    return 0;
}

static void a_reader_knows_its_kind(void **state)
{
    struct desk *desk = *state;

    assert_int_equal(og_reader_kind(desk->reader), kind);
}

static void every_range_inside_is_read_and_none_beyond(void **state)
{
    struct desk *desk = *state;
    for (unsigned mode = AS_IT_IS; mode <= IN_PIECES_WITH_INTERRUPTIONS; mode++)
        for (uint64_t offset = 0; offset < 13; offset++)
            for (size_t size = 0; size < 13; size++) {
                char bytes[13] = "............";
                system_is = mode;
                enum og_status status = og_reader_read(desk->reader, &desk->file, offset, bytes, size, NULL);

                bool inside = offset + size <= 10;
                assert_int_equal(status, inside ? OG_OK : OG_DAMAGED);
                if (inside)
                    assert_memory_equal(bytes, "0123456789" + offset, size);
                assert_int_equal(bytes[size < 12 ? size : 11], '.');
            }
}

static void offsets_near_the_end_of_numbers_do_not_wrap(void **state)
{
    struct desk *desk = *state;
    char bytes[10];

    assert_int_equal(og_reader_read(desk->reader, &desk->file, UINT64_MAX, bytes, 2, NULL), OG_DAMAGED);
    assert_int_equal(og_reader_read(desk->reader, &desk->file, UINT64_MAX - 4, bytes, 10, NULL), OG_DAMAGED);
    assert_int_equal(og_reader_read(desk->reader, &desk->file, INT64_MAX, bytes, 1, NULL), OG_DAMAGED);
    assert_int_equal(og_reader_read(desk->reader, &desk->file, 1, bytes, SIZE_MAX, NULL), OG_DAMAGED);
    og_reader_ahead(desk->reader, &desk->file, UINT64_MAX - 4, 10);
}

static void of_an_empty_file_nothing_can_be_read_and_no_bytes_always(void **state)
{
    struct desk *desk = *state;
    folder_write_text(desk->folder, "empty", "");
    struct og_file empty = open_file(desk->folder, "empty");
    char byte = '.';

    assert_int_equal(og_reader_read(desk->reader, &empty, 0, &byte, 0, NULL), OG_OK);
    assert_int_equal(og_reader_read(desk->reader, &empty, 0, &byte, 1, NULL), OG_DAMAGED);
    assert_int_equal(og_reader_read(desk->reader, &desk->file, 10, &byte, 0, NULL), OG_OK);
    assert_int_equal(byte, '.');

    og_file_close(&empty);
}

static void ranges_across_pages_come_back_as_they_were_written(void **state)
{
    static const struct {
        uint64_t offset;
        size_t size;
    } ranges[] = {{0, BIG}, {PAGE - 1, 2}, {PAGE, PAGE}, {12345, 200001}, {BIG - 1, 1}, {BIG - 2 * PAGE, 2 * PAGE}};
    struct desk *desk = *state;
    close(make_big(desk->folder));
    struct og_file big = open_file(desk->folder, "big");
    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        uint8_t bytes[BIG];
        assert_int_equal(og_reader_read(desk->reader, &big, ranges[r].offset, bytes, ranges[r].size, NULL), OG_OK);
        for (size_t i = 0; i < ranges[r].size; i++)
            if (bytes[i] != pattern(ranges[r].offset + i))
                fail_msg("byte %zu of range %zu differs", i, r);
    }
    og_file_close(&big);
}

static void a_file_cut_inside_a_page_is_damaged_behind_the_cut_only(void **state)
{
    struct desk *desk = *state;
    struct og_error err;
    char bytes[10];
    assert_int_equal(og_reader_read(desk->reader, &desk->file, 0, bytes, 10, NULL), OG_OK);
    folder_write_text(desk->folder, "digits", "01234");

    assert_int_equal(og_reader_read(desk->reader, &desk->file, 2, bytes, 5, &err), OG_DAMAGED);

    assert_string_equal(err.text, "5 bytes at 2 lie past the end of the file");
    assert_int_equal(og_reader_read(desk->reader, &desk->file, 2, bytes, 3, NULL), OG_OK);
    assert_memory_equal(bytes, "234", 3);
}

static void a_file_cut_by_pages_is_damaged_behind_the_cut_only(void **state)
{
    struct desk *desk = *state;
    int fd = make_big(desk->folder);
    struct og_file big = open_file(desk->folder, "big");
    struct og_error err;
    uint8_t bytes[4 * PAGE];
    assert_int_equal(og_reader_read(desk->reader, &big, BIG - sizeof bytes, bytes, sizeof bytes, NULL), OG_OK);
    assert_int_equal(ftruncate(fd, 10 * PAGE), 0);

    assert_int_equal(og_reader_read(desk->reader, &big, BIG - sizeof bytes, bytes, sizeof bytes, &err), OG_DAMAGED);
    assert_non_null(strstr(err.text, "past the end"));
    assert_int_equal(og_reader_read(desk->reader, &big, 8 * PAGE, bytes, sizeof bytes, &err), OG_DAMAGED);
    assert_int_equal(og_reader_read(desk->reader, &big, 6 * PAGE, bytes, sizeof bytes, NULL), OG_OK);
    assert_int_equal(bytes[sizeof bytes - 1], pattern(10 * PAGE - 1));

    og_file_close(&big);
    close(fd);
}

static void a_removed_file_is_read_to_its_end(void **state)
{
    struct desk *desk = *state;
    char bytes[10];
    folder_delete(desk->folder, "digits");

    assert_int_equal(og_reader_read(desk->reader, &desk->file, 0, bytes, 10, NULL), OG_OK);

    assert_memory_equal(bytes, "0123456789", 10);
}

static void what_the_system_refuses_is_an_error_with_place_and_reason(void **state)
{
    struct desk *desk = *state;
    struct og_error err;
    char bytes[3];
    assert_int_equal(dup2(desk->folder->fd, desk->file.fd), desk->file.fd); /* a directory cannot be read */

    assert_int_equal(og_reader_read(desk->reader, &desk->file, 4, bytes, 3, &err), OG_IO);

    assert_string_equal(err.text, "cannot read 3 bytes at 4: Is a directory");
}

static void hints_do_no_harm_however_many_and_wherever(void **state)
{
    struct desk *desk = *state;
    close(make_big(desk->folder));
    struct og_file big = open_file(desk->folder, "big");
    uint8_t bytes[PAGE];
    for (unsigned i = 0; i < 500; i++) {
        og_reader_ahead(desk->reader, &big, i * 600, PAGE);
        og_reader_ahead(desk->reader, &big, BIG - i, 2 * (size_t)i);
        if (i % 50)
            continue;
        assert_int_equal(og_reader_read(desk->reader, &big, i * 500, bytes, PAGE, NULL), OG_OK);
        for (unsigned b = 0; b < PAGE; b++)
            assert_int_equal(bytes[b], pattern(i * 500 + b));
    }
    og_file_close(&big);
}

static void a_reader_may_outlive_the_files_that_it_read(void **state)
{
    struct desk *desk = *state;
    char bytes[10];
    for (unsigned i = 0; i < 20; i++) {
        char name[16], text[16];
        snprintf(name, sizeof name, "file%u", i);
        snprintf(text, sizeof text, "content %02u", i);
        folder_write_text(desk->folder, name, text);
        struct og_file file = open_file(desk->folder, name);
        og_reader_ahead(desk->reader, &file, 0, 10);
        assert_int_equal(og_reader_read(desk->reader, &file, 0, bytes, 10, NULL), OG_OK);
        assert_memory_equal(bytes, text, 10);
        og_file_close(&file);
    }
}

static void nothing_is_left_behind(void **state)
{
    const struct desk *desk = *state;
    unsigned before = og_use_descriptors();
    struct og_reader *reader;
    char byte;

    assert_int_equal(og_reader_new(kind, &reader, NULL), OG_OK);
    struct og_file file = open_file(desk->folder, "digits");
    assert_int_equal(og_reader_read(reader, &file, 3, &byte, 1, NULL), OG_OK);
    og_reader_destroy(&reader);
    og_file_close(&file);

    assert_null(reader);
    assert_int_equal(og_use_descriptors(), before);
    og_reader_destroy(&reader);
}

/* ---- many threads ---- */

struct crowd {
    struct og_file file;
    int writable;
    atomic_uint whole, refused;
};

enum { CUT_TO = 3 * PAGE + 100 };

/* A byte of a file that is cut off and written again is what was written, or 0 while it is not there yet. */
static void read_somewhere(struct og_member *member, struct og_reader *reader, bool may_fail)
{
    struct crowd *crowd = member->shared;
    uint8_t bytes[20000];
    uint64_t offset = og_member_random(member) % (BIG - sizeof bytes);
    size_t size = 1 + og_member_random(member) % sizeof bytes;
    if (og_member_random(member) % 4 == 0)
        og_reader_ahead(reader, &crowd->file, offset, size);
    enum og_status status = og_reader_read(reader, &crowd->file, offset, bytes, size, NULL);
    if (status != OG_OK) {
        atomic_fetch_add_explicit(&crowd->refused, 1, memory_order_relaxed); /* counts, orders nothing */
        if (!may_fail || (status != OG_DAMAGED && status != OG_IO))
            og_member_fail(member, "%zu bytes at %u: %s", size, (unsigned)offset, og_status_text(status));
        return;
    }
    atomic_fetch_add_explicit(&crowd->whole, 1, memory_order_relaxed); /* counts, orders nothing */
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != pattern(offset + i) && !(may_fail && bytes[i] == 0))
            og_member_fail(member, "byte %u is wrong", (unsigned)(offset + i));
}

static void read_a_quiet_file(struct og_member *member)
{
    struct og_reader *reader;
    if (og_reader_new(kind, &reader, NULL) != OG_OK)
        og_member_fail(member, "no reader");
    while (reader && og_member_has_time(member))
        read_somewhere(member, reader, false);
    og_reader_destroy(&reader);
}

static void read_or_cut(struct og_member *member)
{
    const struct crowd *crowd = member->shared;
    struct og_reader *reader;
    if (og_reader_new(kind, &reader, NULL) != OG_OK)
        og_member_fail(member, "no reader");
    while (reader && og_member_has_time(member)) {
        if (member->index != 0) {
            read_somewhere(member, reader, true);
            continue;
        }
        if (ftruncate(crowd->writable, CUT_TO) != 0)
            og_member_fail(member, "cannot cut");
        usleep(200);
        fill_big(crowd->writable);
        usleep(200);
    }
    og_reader_destroy(&reader);
}

static void readers_in_many_threads_share_one_file(void **state)
{
    const struct desk *desk = *state;
    close(make_big(desk->folder));
    struct crowd crowd = {.file = open_file(desk->folder, "big")};

    assert_string_equal(og_crew_run(4, read_a_quiet_file, &crowd).text, OG_AS_CLAIMED);

    assert_true(atomic_load_explicit(&crowd.whole, memory_order_relaxed) > 0);
    og_file_close(&crowd.file);
}

static void a_file_may_be_cut_off_and_grow_again_while_threads_read(void **state)
{
    const struct desk *desk = *state;
    struct crowd crowd = {.writable = make_big(desk->folder)};
    crowd.file = open_file(desk->folder, "big");

    assert_string_equal(og_crew_run(4, read_or_cut, &crowd).text, OG_AS_CLAIMED);

    assert_true(atomic_load_explicit(&crowd.whole, memory_order_relaxed) > 0);
    assert_true(atomic_load_explicit(&crowd.refused, memory_order_relaxed) > 0);
    og_file_close(&crowd.file);
    close(crowd.writable);
}

/* ---- io_uring alone ---- */

static void a_ring_that_takes_no_more_gives_way_to_pread(void **state)
{
    struct desk *desk = *state;
    char bytes[10];
    system_is = RING_FULL;
    assert_int_equal(og_reader_read(desk->reader, &desk->file, 0, bytes, 10, NULL), OG_OK);
    assert_memory_equal(bytes, "0123456789", 10);
    system_is = AS_IT_IS;

    og_reader_ahead(desk->reader, &desk->file, 0, 10);
    assert_int_equal(og_reader_read(desk->reader, &desk->file, 5, bytes, 5, NULL), OG_OK);

    assert_memory_equal(bytes, "56789", 5);
}

/* ---- the guard of mappings ---- */

static void a_fault_in_a_file_of_full_size_is_a_failing_disk(void **state)
{
    struct desk *desk = *state;
    int fd = make_big(desk->folder);
    struct og_file big = open_file(desk->folder, "big");
    struct og_error err;
    char bytes[10];
    assert_int_equal(ftruncate(fd, PAGE), 0);
    system_is = SIZE_AS_ONCE;

    assert_int_equal(og_reader_read(desk->reader, &big, 5 * PAGE, bytes, 10, &err), OG_IO);

    assert_string_equal(err.text, "cannot read 10 bytes at 20480: Input/output error");
    og_file_close(&big);
    close(fd);
}

/* ---- all kinds that work here ---- */

static bool works_here(void)
{
    struct og_reader *reader;
    struct og_error err;
    bool works = og_reader_new(kind, &reader, &err) == OG_OK;
    if (!works)
        print_message("%s: %s\n", og_reader_kind_name(kind), err.text);
    og_reader_destroy(&reader);
    return works || kind == OG_READER_PREAD;
}

#define OF_A_DESK(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest of_all[] = {
        OF_A_DESK(a_reader_knows_its_kind),
        OF_A_DESK(every_range_inside_is_read_and_none_beyond),
        OF_A_DESK(offsets_near_the_end_of_numbers_do_not_wrap),
        OF_A_DESK(of_an_empty_file_nothing_can_be_read_and_no_bytes_always),
        OF_A_DESK(ranges_across_pages_come_back_as_they_were_written),
        OF_A_DESK(a_file_cut_inside_a_page_is_damaged_behind_the_cut_only),
        OF_A_DESK(a_file_cut_by_pages_is_damaged_behind_the_cut_only),
        OF_A_DESK(a_removed_file_is_read_to_its_end),
        OF_A_DESK(what_the_system_refuses_is_an_error_with_place_and_reason),
        OF_A_DESK(hints_do_no_harm_however_many_and_wherever),
        OF_A_DESK(a_reader_may_outlive_the_files_that_it_read),
        OF_A_DESK(nothing_is_left_behind),
        OF_A_DESK(readers_in_many_threads_share_one_file),
        OF_A_DESK(a_file_may_be_cut_off_and_grow_again_while_threads_read),
    };
    const struct CMUnitTest of_uring[] = {OF_A_DESK(a_ring_that_takes_no_more_gives_way_to_pread)};
    const struct CMUnitTest of_mmap[] = {OF_A_DESK(a_fault_in_a_file_of_full_size_is_a_failing_disk)};
    int failed = 0;
    for (kind = OG_READER_PREAD; kind < OG_READER_KINDS; kind++)
        if (works_here())
            failed += cmocka_run_group_tests_name(og_reader_kind_name(kind), of_all, NULL, NULL);
    kind = OG_READER_URING;
    if (works_here())
        failed += cmocka_run_group_tests_name("a ring", of_uring, NULL, NULL);
    kind = OG_READER_MMAP;
    return failed + cmocka_run_group_tests_name("the guard", of_mmap, NULL, NULL);
}
