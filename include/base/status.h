/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_STATUS_H
#define OG_BASE_STATUS_H
/*
 * og_status: the one vocabulary of outcomes, from a file read to an HTTP answer, and og_error: the words for a human.
 *
 * Threads:   everything here is pure or works on the caller's memory.
 * Ownership: og_error is a value of the caller's; nothing is allocated.
 * Errors:    a function that can fail returns enum og_status; where a human reads the reason it also fills an og_error.
 */
#include <stdbool.h>

/* X(name, what it means, HTTP status that answers a request that ends so) */
#define OG_STATUS_LIST(X)                                                                                              \
    X(OK, "ok", 200)                                                                                                   \
    X(PENDING, "the answer follows", 500)                                                                              \
    X(INVALID, "malformed request or value", 400)                                                                      \
    X(NOT_FOUND, "no such slide, level or tile", 404)                                                                  \
    X(METHOD, "only GET, HEAD and OPTIONS are served", 405)                                                            \
    X(TOO_LARGE, "a request has no body here", 413)                                                                    \
    X(LONG_HEAD, "the head of the request is too long", 431)                                                           \
    X(BUSY, "all work places are taken, try again", 503)                                                               \
    X(LATE, "this took too long, try again", 503)                                                                      \
    X(STOPPING, "the server is shutting down", 503)                                                                    \
    X(NO_MEMORY, "out of memory", 503)                                                                                 \
    X(DAMAGED, "stored data is damaged", 500)                                                                          \
    X(BELOW, "not as good as was demanded", 500)                                                                       \
    X(UNSUPPORTED, "a valid file that this version cannot read", 500)                                                  \
    X(IO, "the operating system refused a read or write", 500)                                                         \
    X(INTERNAL, "a bug in origami", 500)

#define OG_STATUS_ENUM(name, text, http) OG_##name,
enum og_status { OG_STATUS_LIST(OG_STATUS_ENUM) OG_STATUS_COUNT };
#undef OG_STATUS_ENUM

#define OG_CHECKED __attribute__((warn_unused_result))

struct og_error {
    enum og_status status;
    char text[400]; /* one sentence for a human: file, place and reason; never empty when status is not OG_OK */
};

const char *og_status_text(enum og_status status);
unsigned og_status_http(enum og_status status);

/*
 * Fills `err` (which may be NULL) and returns `status`, so that a failure is one line: return og_error_set(err, ...).
 * Control characters in the text become '?': what files and names hold is shown on terminals.
 */
enum og_status og_error_set(struct og_error *err, enum og_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "text: " before what `err` says already: the caller adds the file that the callee did not know. */
enum og_status og_error_prefix(struct og_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
