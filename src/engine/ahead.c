/* SPDX-License-Identifier: MIT */
#include "ahead.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum state { UNKNOWN, GUESSED, ASKED };

enum { WINDOW = 64 }; /* families on each side */
static_assert(WINDOW * WINDOW == OG_AHEAD_MARKS, "every family of a window has a mark");

static const unsigned state_bits = 3;

struct og_ahead {
    uint64_t seed;
    atomic_uint mark[OG_AHEAD_MARKS]; /* the upper bits of a family's hash, and its state */
    pthread_mutex_t lock;
    unsigned first;
    atomic_uint count; /* written under the lock */
    struct og_guess guess[OG_AHEAD_GUESSES];
};

struct og_ahead *og_ahead_new(uint64_t seed)
{
    struct og_ahead *ahead = calloc(1, sizeof *ahead);
    if (!ahead)
        return NULL;
    ahead->seed = seed;
    pthread_mutex_init(&ahead->lock, NULL);
    return ahead;
}

void og_ahead_destroy(struct og_ahead **pointer)
{
    struct og_guess guess;
    if (!*pointer)
        return;
    while (og_ahead_take(*pointer, &guess))
        og_slide_unref(&guess.slide);
    pthread_mutex_destroy(&(*pointer)->lock);
    free(*pointer);
    *pointer = NULL;
}

static unsigned stem_of(const struct og_key *key)
{
    return (unsigned)(key->hash >> 32) & ~state_bits;
}

/* A window of a slide, repeated over the plane: families side by side never take each other's mark. */
static size_t place_of(const struct og_ahead *ahead, const struct og_key *key)
{
    return (og_key_mix(ahead->seed, key->slide) + key->x + (uint64_t)key->y * WINDOW) % OG_AHEAD_MARKS;
}

static enum state state_of(const struct og_ahead *ahead, const struct og_key *key)
{
    unsigned mark = atomic_load_explicit(&ahead->mark[place_of(ahead, key)], memory_order_relaxed); /* a hint */
    return (mark & ~state_bits) == stem_of(key) ? mark & state_bits : UNKNOWN;
}

static void set_state(struct og_ahead *ahead, const struct og_key *key, enum state state)
{
    atomic_store_explicit(&ahead->mark[place_of(ahead, key)], stem_of(key) | state,
                          memory_order_relaxed); /* a hint publishes nothing */
}

static unsigned count_locked(const struct og_ahead *ahead)
{
    return atomic_load_explicit(&ahead->count, memory_order_relaxed); /* under the lock */
}

static void set_count_locked(struct og_ahead *ahead, unsigned count)
{
    atomic_store_explicit(&ahead->count, count, memory_order_relaxed); /* a hint for is_empty */
}

static struct og_guess take_locked(struct og_ahead *ahead)
{
    struct og_guess guess = ahead->guess[ahead->first];
    ahead->first = (ahead->first + 1) % OG_AHEAD_GUESSES;
    set_count_locked(ahead, count_locked(ahead) - 1);
    return guess;
}

static void give_up(struct og_guess *guess, struct og_metrics_block *metrics)
{
    og_count(metrics, OG_COUNT_GUESS_DROPPED, guess->slide != NULL);
    og_slide_unref(&guess->slide);
}

static bool guess(struct og_ahead *ahead, const struct og_family_name *family, struct og_metrics_block *metrics)
{
    struct og_guess oldest = {0};
    if (state_of(ahead, &family->key) != UNKNOWN)
        return false;
    set_state(ahead, &family->key, GUESSED);
    og_count(metrics, OG_COUNT_GUESS_MADE, 1);
    og_slide_ref(family->slide);
    pthread_mutex_lock(&ahead->lock);
    if (count_locked(ahead) == OG_AHEAD_GUESSES)
        oldest = take_locked(ahead);
    unsigned count = count_locked(ahead);
    ahead->guess[(ahead->first + count) % OG_AHEAD_GUESSES] = (struct og_guess){family->slide, family->x, family->y};
    set_count_locked(ahead, count + 1);
    pthread_mutex_unlock(&ahead->lock);
    give_up(&oldest, metrics);
    return true;
}

bool og_ahead_note_base(struct og_ahead *ahead, const struct og_family_name *family, struct og_metrics_block *metrics)
{
    return guess(ahead, family, metrics);
}

/* The one that lies so many families beside; false: outside of the slide. */
static bool neighbour(const struct og_ahead *ahead, const struct og_family_name *family, int dx, int dy,
                      struct og_family_name *out)
{
    struct og_extent grid = og_pyramid_grid(&og_slide_facts(family->slide)->pyramid, 2);
    *out = *family;
    out->x += (uint32_t)dx; /* -1 wraps, below 0 too */
    out->y += (uint32_t)dy;
    if (out->x >= grid.width || out->y >= grid.height)
        return false;
    out->key = og_key_make(ahead->seed, og_slide_key(out->slide), OG_KEY_FAMILY, out->x, out->y);
    return true;
}

bool og_ahead_note_family(struct og_ahead *ahead, const struct og_family_name *family, struct og_metrics_block *metrics)
{
    static const int directions[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    bool guessed = false;
    set_state(ahead, &family->key, ASKED);
    for (size_t i = 0; i < sizeof directions / sizeof *directions; i++) {
        struct og_family_name last, next;
        int dx = directions[i][0], dy = directions[i][1];
        if (neighbour(ahead, family, -dx, -dy, &last) && state_of(ahead, &last.key) == ASKED &&
            neighbour(ahead, family, dx, dy, &next) && guess(ahead, &next, metrics))
            guessed = true;
    }
    return guessed;
}

bool og_ahead_note_hit(struct og_ahead *ahead, const struct og_family_name *family, struct og_metrics_block *metrics)
{
    return state_of(ahead, &family->key) == GUESSED && og_ahead_note_family(ahead, family, metrics);
}

bool og_ahead_is_empty(const struct og_ahead *ahead)
{
    return atomic_load_explicit(&ahead->count, memory_order_relaxed) == 0; /* a hint */
}

bool og_ahead_take(struct og_ahead *ahead, struct og_guess *out)
{
    pthread_mutex_lock(&ahead->lock);
    bool any = count_locked(ahead) > 0;
    if (any)
        *out = take_locked(ahead);
    pthread_mutex_unlock(&ahead->lock);
    return any;
}

void og_ahead_put_back(struct og_ahead *ahead, struct og_guess *guess, struct og_metrics_block *metrics)
{
    pthread_mutex_lock(&ahead->lock);
    unsigned count = count_locked(ahead);
    if (count < OG_AHEAD_GUESSES) {
        ahead->first = (ahead->first + OG_AHEAD_GUESSES - 1) % OG_AHEAD_GUESSES;
        ahead->guess[ahead->first] = *guess;
        guess->slide = NULL;
        set_count_locked(ahead, count + 1);
    }
    pthread_mutex_unlock(&ahead->lock);
    give_up(guess, metrics);
}

bool og_ahead_peek(struct og_ahead *ahead, struct og_guess *out)
{
    pthread_mutex_lock(&ahead->lock);
    bool any = count_locked(ahead) > 0;
    if (any) {
        *out = ahead->guess[ahead->first];
        og_slide_ref(out->slide);
    }
    pthread_mutex_unlock(&ahead->lock);
    return any;
}
