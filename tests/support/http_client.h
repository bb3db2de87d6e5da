/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_HTTP_CLIENT_H
#define OG_TESTS_HTTP_CLIENT_H
/*
 * og_client: one connection to a server on this machine, byte by byte as a test wants it.
 *
 * Threads:   a client belongs to one thread.
 * Ownership: open returns owned; an answer owns its body until og_answer_free.
 * Errors:    whatever goes wrong, or takes longer than ten seconds, is an answer with code 0.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct og_client;

struct og_answer {
    int code;
    char head[4096]; /* status line and headers */
    uint8_t *body;   /* terminated, for texts */
    size_t size;
};

struct og_client *og_client_open(uint16_t port); /* NULL: refused */
void og_client_close(struct og_client **client);

bool og_client_send(struct og_client *client, const char *bytes, size_t size);
struct og_answer og_client_read(struct og_client *client, bool has_body); /* false: to a HEAD; 204 and 304 have none */
bool og_client_is_closed(struct og_client *client); /* waits for the server to close, at most ten seconds */

/* Whether a byte of the answer came: what tells an answer that was cut from one that was never given. */
bool og_client_heard(const struct og_client *client);

struct og_answer og_client_get(struct og_client *client, const char *path);
struct og_answer og_client_ask(struct og_client *client, const char *method, const char *path, const char *headers);

/* One request on a connection of its own. */
struct og_answer og_http_get(uint16_t port, const char *path);
int og_http_code(uint16_t port, const char *method, const char *path, const char *headers);

/* A value of /metrics, by its name with labels; a number below 0: there is none. */
double og_http_metric(uint16_t port, const char *name);

/* The value of a header, or "" when there is none. Borrowed from a place that the next call overwrites. */
const char *og_answer_header(const struct og_answer *answer, const char *name, char *out, size_t room);
void og_answer_free(struct og_answer *answer);

#endif
