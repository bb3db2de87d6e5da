/* SPDX-License-Identifier: MIT */
#include "ahead.h"

static atomic_uint *place_of(struct og_ahead *ahead, const struct og_key *family)
{
    return &ahead->mark[family->hash % OG_AHEAD_MARKS];
}

static unsigned mark_of(const struct og_key *family)
{
    return (unsigned)(family->hash >> 32) | 1;
}

void og_ahead_note(struct og_ahead *ahead, const struct og_key *family)
{
    atomic_store_explicit(place_of(ahead, family), mark_of(family),
                          memory_order_relaxed); /* a hint publishes nothing */
}

static bool was_noted(struct og_ahead *ahead, uint64_t seed, const struct og_slide *slide, uint32_t x, uint32_t y)
{
    struct og_key key = og_key_make(seed, og_slide_key(slide), OG_KEY_FAMILY, x, y);
    return atomic_load_explicit(place_of(ahead, &key), memory_order_relaxed) == mark_of(&key); /* a hint */
}

unsigned og_ahead_guess(struct og_ahead *ahead, uint64_t seed, const struct og_slide *slide, uint32_t x, uint32_t y,
                        struct og_ahead_guess *out)
{
    static const int directions[OG_AHEAD_GUESSES][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    struct og_extent grid = og_pyramid_grid(&og_slide_facts(slide)->pyramid, 2);
    unsigned guesses = 0;
    for (unsigned i = 0; i < OG_AHEAD_GUESSES; i++) {
        uint32_t dx = (uint32_t)directions[i][0], dy = (uint32_t)directions[i][1]; /* -1 wraps, below 0 too */
        uint32_t next_x = x + dx, next_y = y + dy, last_x = x - dx, last_y = y - dy;
        if (next_x < grid.width && next_y < grid.height && last_x < grid.width && last_y < grid.height &&
            was_noted(ahead, seed, slide, last_x, last_y) && !was_noted(ahead, seed, slide, next_x, next_y))
            out[guesses++] = (struct og_ahead_guess){next_x, next_y};
    }
    return guesses;
}
