/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_NOISE_H
#define OG_TESTS_SUPPORT_NOISE_H
/* Small deterministic random numbers for tests: xorshift, the state is the caller's and not zero. */
#include <stdint.h>

static inline uint32_t noise_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static inline uint8_t noise_byte(uint32_t *state)
{
    return (uint8_t)(noise_next(state) >> 16);
}

#endif
