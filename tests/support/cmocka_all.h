/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_CMOCKA_ALL_H
#define OG_TESTS_SUPPORT_CMOCKA_ALL_H
/* cmocka.h together with the four headers that it must be preceded by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
