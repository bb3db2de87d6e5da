/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_READER_WAY_H
#define OG_SLIDE_READER_WAY_H
/*
 * A kind of reader is one const struct of functions in a file of its own, listed in reader.c. `state` is the kind's
 * own.
 *
 * Threads:   all calls with one state come from one thread at a time.
 * Ownership: start sets *state (ended by stop).
 * Errors:    as reader.h promises. Reads and hints are asked for with at least one byte, inside the file as it was when
 *            opened: reader.c checks that.
 */
#include "slide/reader.h"

struct og_reader_way {
    enum og_status (*start)(void **state, struct og_error *err); /* NULL: there is no state */
    enum og_status (*read)(void *state, struct og_file *file, uint64_t offset, void *to, size_t size,
                           struct og_error *err);
    void (*ahead)(void *state, struct og_file *file, uint64_t offset, size_t size);
    void (*stop)(void *state); /* NULL likewise */
};

extern const struct og_reader_way og_reader_pread; /* reader_pread.c */

/*
 * reader_uring.c: a ring for each reader, made and tried out by start: a kernel or a container may forbid io_uring, and
 * says so there. One read is under way at a time, hints besides. The kernel owns the caller's buffer from the moment it
 * has taken a read until it says how the read ended, so a read that was taken is waited for, come what may. A ring that
 * refuses to take one holds no buffer: it is given up, and the reader goes on with pread.
 */
extern const struct og_reader_way og_reader_uring;

/*
 * reader_mmap.c: a mapping of the whole file, shared by all readers and kept in the file; bytes are copied out of it.
 * What cannot be mapped is read with pread.
 *
 * A mapping ends the process with SIGBUS where its file has been cut off, or where the disk fails. So the copy, a
 * memcpy and nothing else, runs under a guard: a thread notes what it is about to copy and where to land, and the
 * process's handler of the signal lands there when the fault is the kernel's own and lies in what this very thread
 * copies. The first read installs the handler; each read looks whether it still stands, as a library may have put its
 * own there. Nothing is held or half done in a memcpy, so leaving it is safe; signals are then blocked or not as they
 * were before. What a thread notes is its own, so threads do not meet. Edge: G1 the note before the copy and its end
 * after it, G2 the handler's look. Checking beforehand cannot take the guard's place: the file may be cut between the
 * check and the copy. A file that ends inside the last page that was copied gives zeros and no fault; its size is asked
 * for after the copy.
 *
 * Any other SIGBUS has the effect that it had before: our handler puts back what it found and lets the fault, or the
 * signal, happen again. SIGBUS must not be blocked in threads that read (og_thread_start leaves it alone).
 */
extern const struct og_reader_way og_reader_mmap;

#endif
