/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_ENGINE_OPERATING_ROOM_H
#define OG_TESTS_ENGINE_OPERATING_ROOM_H
/*
 * A good slide, its answers, and a place where changed copies of it are opened, served and rebuilt.
 *
 * Threads:   the test's own. Ownership: setup and teardown are a cmocka group's; room_copy returns what surgery_close
 * ends. Errors:    as verdicts.
 */
#include "answers.h"

struct room {
    struct folder *home, *ward;
    struct surgery patient;
    struct answers *whole;
};

int room_setup(void **state);
int room_setup_coloured(void **state); /* with chroma residuals */
int room_teardown(void **state);

struct surgery room_copy(const struct room *room);

/*
 * Opens the copy, asks an engine and the tool for every tile, and judges: OG_AS_CLAIMED when both give the same and it
 * is what the wounds allow; "refused: …" with the reason, which names the file; else what is wrong.
 */
struct og_verdict room_judge(const struct room *room, const struct surgery *copy, const struct wounds *wounds);

#endif
