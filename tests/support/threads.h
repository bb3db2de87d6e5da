/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_THREADS_H
#define OG_TESTS_THREADS_H
/*
 * og_crew: N threads that start together, do what a test says and hand their verdict back. cmocka's asserts belong to
 * the thread that runs the test, so a body records what it saw and the test asserts on the result:
 *
 *     assert_string_equal(og_crew_run(4, body, &shared).text, OG_AS_CLAIMED);
 *
 * Threads:   og_crew_run from the test's thread; everything that takes a member from that member's own thread.
 * Ownership: a member lives as long as its body; `shared` is the test's.
 * Errors:    a thread that does not start is a verdict; the others then do not run their body.
 */
#include <stdbool.h>
#include <stdint.h>

#define OG_AS_CLAIMED "as claimed"

struct og_verdict {
    char text[160];
};

struct og_member {
    unsigned index; /* 0 to N - 1 */
    void *shared;
    uint64_t deadline_ns;
    uint64_t random;
    struct og_verdict verdict;
};

struct og_verdict og_crew_run(unsigned members, void (*body)(struct og_member *member), void *shared);

/* True until OG_STRESS_MS milliseconds (200 unless the environment says otherwise) have gone by since the start. */
bool og_member_has_time(const struct og_member *member);

/* The first failure is kept. A body goes on after it: others may wait for what it still owes them. */
void og_member_fail(struct og_member *member, const char *format, ...) __attribute__((format(printf, 2, 3)));

uint32_t og_member_random(struct og_member *member); /* the same numbers for the same index in every run */

#endif
