/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_READER_KIND_H
#define OG_BASE_READER_KIND_H
/*
 * og_reader_kind: the ways in which slides can be read. Who configures and who reports says which; slide/reader.h
 * reads.
 *
 * Threads: pure. Ownership: the names are literals. Errors: none.
 */
enum og_reader_kind {
    OG_READER_AUTO,  /* the one that slide/reader.c takes for want of a wish */
    OG_READER_PREAD, /* one system call for each read; works everywhere */
    OG_READER_URING, /* io_uring, one ring for each reader; needs a kernel and a container that allow it */
    OG_READER_MMAP,  /* copies out of a mapping, guarded against files that are cut off */
    OG_READER_KINDS
};

const char *og_reader_kind_name(enum og_reader_kind kind); /* "auto", "pread", "uring", "mmap" */

#endif
