/* SPDX-License-Identifier: MIT */
#include "base/reader_kind.h"

const char *og_reader_kind_name(enum og_reader_kind kind)
{
    static const char *const names[OG_READER_KINDS] = {"auto", "pread", "uring", "mmap"};
    return names[kind];
}
