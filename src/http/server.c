/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/visit.h"
#include "leavers.h"
#include "pulse.h"

/* An idle connection that was kept alive may stay this long into a drain, in case a request is on its way. */
#define IDLE_GRACE_MS 250
#define LAST_WORDS_MS 1000
#define FILES_RESERVE ((rlim_t)128)

struct lane { /* one event thread and what is its own */
    alignas(64) struct MHD_Daemon *daemon;
    struct og_server *server;
    struct og_metrics_block *metrics;
    struct og_visit visit;           /* the request that the handler was called for */
    uint64_t requests;               /* ever */
    unsigned waiting;                /* suspended requests */
    atomic_uint active, connections; /* written by the lane's thread only; stop reads them, relaxed: it only waits */
};

struct og_server {
    struct og_site *site;
    struct og_log *log;
    struct og_address address;
    unsigned waiting_max, lanes;
    struct og_leavers *leavers;
    struct og_pulse *pulse;
    struct og_metrics_block *leavers_metrics;
    struct lane lane[];
};

/* What a connection's context points to: NULL before the first call, its lane, or, while it waits, one of these. */
struct waiting_request {
    struct og_waiter waiter; /* first: done() gets its address */
    struct MHD_Connection *connection;
    enum og_route_kind route;
    struct og_visit visit;
    uint64_t ticket; /* of the watch over its client */
    bool left;       /* nobody is there to be answered */
    enum og_status status;
    struct og_buf *buf;
};

static void step(atomic_uint *value, int by)
{
    unsigned old = atomic_load_explicit(value, memory_order_relaxed); /* this thread is the only writer */
    atomic_store_explicit(value, old + (unsigned)by, memory_order_relaxed);
}

static void release_body(void *buf)
{
    struct og_buf *owned = buf;
    og_buf_unref(&owned);
}

static struct MHD_Response *response_of(struct og_reply *reply)
{
    struct og_span body = og_reply_body(reply);
    struct MHD_Response *response =
        reply->buf ? MHD_create_response_from_buffer_with_free_callback_cls(body.size, (void *)body.data, release_body,
                                                                            reply->buf)
                   : MHD_create_response_from_buffer(body.size, (void *)body.data, MHD_RESPMEM_PERSISTENT);
    if (!response) {
        og_reply_release(reply);
        return NULL;
    }
    reply->buf = NULL; /* the response's now */
    struct og_header headers[OG_REPLY_HEADERS];
    unsigned n = og_reply_headers(reply, headers);
    for (unsigned i = 0; i < n; i++)
        if (MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES) {
            MHD_destroy_response(response);
            return NULL;
        }
    return response;
}

static void end_visit(struct lane *lane, struct MHD_Connection *connection, const struct og_reply *reply, size_t bytes)
{
    struct og_site *site = lane->server->site;
    if (!og_visit_wants_names(site, og_reply_code(reply))) {
        og_visit_end(&lane->visit, site, lane->metrics, reply, bytes, NULL);
        return;
    }
    char client[OG_ADDRESS_TEXT];
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    og_address_print_host(info->client_addr, client);
    const struct og_visit_names names = {.client = client, .request = ""};
    og_visit_end(&lane->visit, site, lane->metrics, reply, bytes, &names);
}

/* Takes the reply. MHD_NO, when memory is out, closes the connection. */
static enum MHD_Result send_reply(struct lane *lane, struct MHD_Connection *connection, const char *method,
                                  struct og_reply reply)
{
    size_t bytes = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0 ? 0 : og_reply_body(&reply).size;
    struct MHD_Response *response = response_of(&reply);
    if (!response)
        return MHD_NO;
    end_visit(lane, connection, &reply, bytes);
    enum MHD_Result queued = MHD_queue_response(connection, og_reply_code(&reply), response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result send_status(struct lane *lane, struct MHD_Connection *connection, const char *method,
                                   enum og_route_kind route, enum og_status status)
{
    return send_reply(lane, connection, method, og_reply_status(route, status));
}

static void done(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct waiting_request *request = (struct waiting_request *)waiter;
    request->status = status;
    request->buf = buf;
    MHD_resume_connection(
        request->connection); /* last: its lock publishes the above, and the request may be gone now */
}

/* The engine gave the demand back, so done() will never run: this is what resumes. */
static void client_left(void *context, void *waiting)
{
    struct og_server *server = context;
    struct waiting_request *request = waiting;
    if (!og_engine_withdraw(server->site->engine, &request->waiter, server->leavers_metrics))
        return;
    request->left = true;
    MHD_resume_connection(request->connection);
}

static enum MHD_Result wait_for_engine(struct lane *lane, struct MHD_Connection *connection, const char *method,
                                       enum og_route_kind route, struct og_tile_name *name, void **context)
{
    bool full = lane->waiting >= lane->server->waiting_max;
    struct waiting_request *request = full ? NULL : calloc(1, sizeof *request);
    if (!request) {
        og_tile_name_release(name);
        return send_status(lane, connection, method, route, full ? OG_BUSY : OG_NO_MEMORY);
    }
    request->waiter.done = done;
    request->connection = connection;
    request->route = route;
    request->visit = lane->visit;
    request->visit.waited = true;
    *context = request;
    lane->waiting++;
    og_raise(lane->metrics, OG_LEVEL_SUSPENDED, 1);
    MHD_suspend_connection(connection); /* first: done() may run before submit returns */
    og_engine_submit(lane->server->site->engine, name, &request->waiter, lane->metrics);
    og_tile_name_release(name);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    request->ticket = og_leavers_watch(lane->server->leavers, info->connect_fd, request);
    return MHD_YES;
}

static struct og_reply take_answer(struct lane *lane, void **context)
{
    struct waiting_request *request = *context;
    struct og_reply reply = og_site_tile(request->route, request->status, request->buf);
    og_leavers_forget(lane->server->leavers, request->ticket);
    *context = lane;
    lane->visit = request->visit;
    lane->waiting--;
    og_raise(lane->metrics, OG_LEVEL_SUSPENDED, -1);
    free(request);
    return reply;
}

static enum MHD_Result answer(struct lane *lane, struct MHD_Connection *connection, const char *path,
                              const char *method, void **context)
{
    struct og_tile_name name;
    struct og_reply reply = og_site_answer(lane->server->site, path, strlen(path), lane->metrics, &name);
    if (reply.status == OG_PENDING)
        return wait_for_engine(lane, connection, method, reply.route, &name, context);
    return send_reply(lane, connection, method, reply);
}

static bool is_header(const char *key, size_t length, const char *name)
{
    return length == strlen(name) && strncasecmp(key, name, length) == 0;
}

static bool ends_with_blank(const char *key, size_t length)
{
    return length > 0 && (key[length - 1] == ' ' || key[length - 1] == '\t');
}

/*
 * A body, or what somebody between the client and us may take for one. Every Content-Length is looked at, because
 * libmicrohttpd 0.9.75 heeds the first of two, and a blank before the colon makes a name that it does not know.
 */
static enum MHD_Result find_body(void *found, enum MHD_ValueKind kind, const char *key, size_t key_length,
                                 const char *value, size_t value_length)
{
    (void)kind;
    bool *has_body = found;
    if (is_header(key, key_length, MHD_HTTP_HEADER_CONTENT_LENGTH))
        *has_body = value_length != 1 || value[0] != '0';
    else
        *has_body = is_header(key, key_length, MHD_HTTP_HEADER_TRANSFER_ENCODING) || ends_with_blank(key, key_length);
    return *has_body ? MHD_NO : MHD_YES;
}

static enum og_status admit(struct MHD_Connection *connection, const char *method)
{
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return OG_METHOD;
    bool has_body = false;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, find_body, &has_body);
    return has_body ? OG_INVALID : OG_OK;
}

/* To answer on the first call closes the connection, which is right for what is refused and while the server stops. */
static enum MHD_Result first_call(struct lane *lane, struct MHD_Connection *connection, const char *path,
                                  const char *method, void **context)
{
    *context = lane;
    lane->visit.number = ++lane->requests;
    step(&lane->active, 1);
    enum og_status status = admit(connection, method);
    if (status != OG_OK)
        return send_status(lane, connection, method, OG_ROUTE_NONE, status);
    if (atomic_load_explicit(&lane->server->site->stopping, memory_order_acquire)) /* H2 pairs with H1 */
        return answer(lane, connection, path, method, context);
    return MHD_YES;
}

static void begin_visit(struct lane *lane, const char *method, const char *path)
{
    lane->visit.method = method;
    lane->visit.path = path;
    lane->visit.since_ns = og_clock_monotonic_ns();
    lane->visit.waited = false;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **context)
{
    (void)version, (void)upload, (void)upload_size;
    struct lane *lane = cls;
    if (!*context || *context == lane)
        begin_visit(lane, method, path);
    if (!*context)
        return first_call(lane, connection, path, method, context);
    if (*context == lane)
        return answer(lane, connection, path, method, context);
    bool left = ((struct waiting_request *)*context)->left;
    struct og_reply reply = take_answer(lane, context);
    return left ? MHD_NO : send_reply(lane, connection, method, reply);
}

static void completed(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode how)
{
    (void)connection, (void)how;
    struct lane *lane = cls;
    if (!*context)
        return;
    if (*context != lane) { /* resumed, but the server stopped before the third call */
        struct og_reply unsent = take_answer(lane, context);
        og_reply_release(&unsent);
    }
    *context = NULL;
    step(&lane->active, -1);
}

static void connection_changed(void *cls, struct MHD_Connection *connection, void **socket_context,
                               enum MHD_ConnectionNotificationCode what)
{
    (void)connection, (void)socket_context;
    struct lane *lane = cls;
    int by = what == MHD_CONNECTION_NOTIFY_STARTED ? 1 : -1;
    step(&lane->connections, by);
    og_raise(lane->metrics, OG_LEVEL_CONNECTIONS, by);
}

static enum MHD_Result may_connect(void *cls, const struct sockaddr *address, socklen_t length)
{
    (void)address, (void)length;
    struct lane *lane = cls;
    bool stopping = atomic_load_explicit(&lane->server->site->stopping, memory_order_acquire); /* H2 pairs with H1 */
    return stopping ? MHD_NO : MHD_YES;
}

static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls, (void)connection;
    return strlen(text);
}

/* Mostly clients that broke off: nothing that an operator has to read. */
__attribute__((format(printf, 2, 0))) static void write_log(void *cls, const char *format, va_list args)
{
    char text[256];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\r\n")] = '\0';
    og_log_write(cls, OG_LOG_DEBUG, "http", "%s", text);
}

_Noreturn static void panic(void *cls, const char *file, unsigned line, const char *reason)
{
    (void)cls;
    fprintf(stderr, "origamid: libmicrohttpd gave up at %s:%u: %s", file, line, reason ? reason : "no reason given\n");
    abort();
}

static unsigned connections_allowed(unsigned wanted)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
        return wanted;
    /* Half of what is left is for slides. */
    rlim_t room = files.rlim_cur > 2 * FILES_RESERVE ? (files.rlim_cur - FILES_RESERVE) / 2 : FILES_RESERVE / 2;
    return room < wanted ? (unsigned)room : wanted;
}

static enum og_status start_lane(struct lane *lane, const struct og_server_options *options, unsigned connections,
                                 int fd, struct og_error *err)
{
    struct og_server *server = lane->server;
    errno = 0;
    lane->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, may_connect, lane, handle,
        lane, MHD_OPTION_EXTERNAL_LOGGER, write_log, (void *)server->log, /* before the others, which may complain */
        MHD_OPTION_LISTEN_SOCKET, fd,                         /* MHD's from here on, even when the start fails */
        MHD_OPTION_CONNECTION_LIMIT, connections,             /* the default is select's 1020 */
        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds, /* the default is none */
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16 << 10, /* and with it the size of a request's head */
        MHD_OPTION_THREAD_STACK_SIZE, options->stack_bytes, MHD_OPTION_STRICT_FOR_CLIENT,
        1,                                                /* no HTTP/1.1 without Host */
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, /* the router wants to see every '%' */
        MHD_OPTION_NOTIFY_COMPLETED, completed, lane, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, lane,
        MHD_OPTION_END);
    if (lane->daemon)
        return OG_OK;
    return og_error_set(err, OG_NO_MEMORY, "the system gives no event thread: %s", strerror(errno));
}

/* No request waits for the engine from here on: nobody is suspended for longer than a call. */
static void answer_everybody(struct og_server *server)
{
    og_engine_drain(server->site->engine);
    og_leavers_pause(server->leavers);
}

static void end_lanes(struct og_server *server)
{
    for (unsigned i = server->lanes; i-- > 0;)
        if (server->lane[i].daemon)
            MHD_stop_daemon(server->lane[i].daemon);
}

static enum og_status start_lanes(struct og_server *server, const struct og_server_options *options,
                                  struct og_error *err)
{
    int fds[OG_SERVER_THREADS_MAX];
    enum og_status status = og_listen_open(&server->address, server->lanes, fds, err);
    if (status != OG_OK)
        return status;
    unsigned allowed = connections_allowed(options->connections), i = 0;
    for (; status == OG_OK && i < server->lanes; i++) {
        struct lane *lane = &server->lane[i];
        lane->server = server;
        lane->visit.lane = i;
        lane->metrics = og_metrics_take(server->site->metrics);
        status = start_lane(lane, options, allowed / server->lanes + 1, fds[i], err);
    }
    if (status == OG_OK)
        return OG_OK;
    for (; i < server->lanes; i++)
        close(fds[i]);
    answer_everybody(server); /* those that started may have been asked already */
    end_lanes(server);
    return status;
}

/* For the pulse: a connection that nobody accepted. */
static bool dial(void *context, unsigned lane, int socket)
{
    struct og_server *server = context;
    const struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return MHD_add_connection(server->lane[lane].daemon, socket, (const struct sockaddr *)&here, sizeof here) ==
           MHD_YES;
}

unsigned og_server_take_pulse(struct og_server *server, unsigned patience_ms)
{
    return og_pulse_take(server->pulse, patience_ms);
}

struct og_server_options og_server_defaults(struct og_address address, unsigned threads)
{
    return (struct og_server_options){
        .address = address, .threads = threads, .connections = 4096, .waiting = 256, .idle_seconds = 30};
}

enum og_status og_server_start(const struct og_server_options *options, struct og_site *site, struct og_log *log,
                               struct og_server **out, struct og_error *err)
{
    size_t size = sizeof(struct og_server) + options->threads * sizeof(struct lane);
    struct og_server *server = aligned_alloc(alignof(struct og_server), size);
    if (!server)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the HTTP server");
    memset(server, 0, size);
    server->site = site;
    server->log = log;
    server->address = options->address;
    server->waiting_max = options->waiting;
    server->lanes = options->threads;
    server->leavers_metrics = og_metrics_take(site->metrics);
    MHD_set_panic_func(panic, NULL);
    server->pulse = og_pulse_new(server->lanes, dial, server);
    enum og_status status = !server->pulse ? og_error_set(err, OG_NO_MEMORY, "no memory for the HTTP server")
                                           : og_leavers_start(options->threads * options->waiting, client_left, server,
                                                              &server->leavers, err);
    if (status == OG_OK)
        status = start_lanes(server, options, err);
    if (status == OG_OK) {
        *out = server;
        return OG_OK;
    }
    og_leavers_stop(&server->leavers);
    og_pulse_destroy(&server->pulse);
    free(server);
    return status;
}

struct og_address og_server_address(const struct og_server *server)
{
    return server->address;
}

static unsigned sum_active(struct og_server *server, unsigned *connections)
{
    unsigned active = 0, open = 0;
    for (unsigned i = 0; i < server->lanes; i++) {
        active += atomic_load_explicit(&server->lane[i].active, memory_order_relaxed);
        open += atomic_load_explicit(&server->lane[i].connections, memory_order_relaxed);
    }
    *connections = open;
    return active;
}

static void wait_until_quiet(struct og_server *server, unsigned idle_grace_ms, unsigned patience_ms)
{
    for (unsigned waited_ms = 0; waited_ms < patience_ms; waited_ms += 2) {
        unsigned connections, active = sum_active(server, &connections);
        if (connections == 0 || (active == 0 && waited_ms >= idle_grace_ms))
            return;
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
}

void og_server_stop(struct og_server **owned, unsigned patience_ms)
{
    struct og_server *server = *owned;
    *owned = NULL;
    if (!server)
        return;
    og_pulse_rest(server->pulse);
    atomic_store_explicit(&server->site->stopping, true, memory_order_release); /* H1 pairs with H2 */
    wait_until_quiet(server, IDLE_GRACE_MS, patience_ms);
    answer_everybody(server);
    wait_until_quiet(server, 0, LAST_WORDS_MS);
    end_lanes(server);
    og_leavers_stop(&server->leavers);
    og_pulse_destroy(&server->pulse);
    free(server);
}
