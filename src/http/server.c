/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blunt.h"
#include "connections.h"
#include "http/responses.h"
#include "http/visit.h"
#include "leavers.h"
#include "lines.h"
#include "pulse.h"
#include "traffic.h"
#include "waiting.h"

/* An idle connection that was kept alive may stay this long into a drain, in case a request is on its way. */
#define IDLE_GRACE_MS 250
#define LAST_WORDS_MS 1000

struct lane { /* one event thread and what is its own */
    alignas(64) struct MHD_Daemon *daemon;
    struct og_server *server;
    struct og_metrics_block *metrics;
    uint64_t requests; /* ever */
    struct og_waiting waiting;
    struct og_traffic *traffic;
};

struct og_server {
    struct og_site *site;
    struct og_log *log;
    struct og_address address;
    unsigned lanes;
    struct og_connections *connections;
    struct og_leavers *leavers;
    struct og_pulse *pulse;
    struct og_metrics_block *leavers_metrics;
    struct og_responses *responses;
    struct og_traffic traffic[OG_SERVER_THREADS_MAX]; /* of each lane */
    struct lane lane[];
};

/* What libmicrohttpd is to find first under these names: 0.9.75 says its answer to a bad one twice. See read_head. */
static const char no_length[] = "0", no_cookie[] = "";

/* One connection, and the request that is under way on it. A request's context points here after its first call. */
struct visit {
    struct og_waiter waiter; /* first: done() gets its address */
    struct lane *lane;
    struct MHD_Connection *connection;
    struct og_connection *place; /* in the table of connections */
    struct og_head head;
    struct og_lines lines;   /* of the head */
    struct og_reply pending; /* while it waits */
    struct og_visit account;
    struct og_unchanged kept; /* the connection's */
    uint64_t slide, ticket;   /* what it waits for; of the watch over its client */
    bool waits, left, late;   /* for the engine; nobody is there to be answered; it connected during the stop */
    enum og_status status;
    struct og_buf *buf;
};

static struct MHD_Response *make_response(const struct og_headers *headers, struct og_span body,
                                          void (*let_go)(void *owner), void *owner)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(body.size, (void *)body.data, let_go, owner);
    if (!response)
        let_go(owner);
    for (unsigned i = 0; response && i < headers->count; i++)
        if (MHD_add_response_header(response, headers->header[i].name, headers->header[i].value) != MHD_YES) {
            MHD_destroy_response(response);
            return NULL;
        }
    return response;
}

static bool retag_response(struct MHD_Response *response, const char *from, const char *to)
{
    return MHD_del_response_header(response, MHD_HTTP_HEADER_ETAG, from) == MHD_YES &&
           MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, to) == MHD_YES;
}

static const struct og_response_maker maker = {make_response, retag_response, MHD_destroy_response};

static void end_account(const struct visit *visit, const struct og_reply *reply, size_t bytes)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(visit->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    og_visit_end(&visit->account, visit->lane->server->site, visit->lane->metrics, reply, bytes, &visit->head,
                 info->client_addr);
}

/* Every answer goes through here. Takes the reply. MHD_NO, when memory is out, closes the connection. */
static enum MHD_Result send_reply(struct visit *visit, struct og_reply reply)
{
    struct og_parcel parcel = og_responses_find(visit->lane->server->responses, &visit->head, &reply, &visit->kept);
    if (!parcel.response) {
        og_reply_release(&reply);
        return MHD_NO;
    }
    end_account(visit, &reply, visit->head.method == OG_METHOD_HEAD ? 0 : parcel.size);
    enum MHD_Result queued = MHD_queue_response(visit->connection, og_reply_code(&reply), parcel.response);
    if (parcel.own)
        MHD_destroy_response(parcel.response);
    og_reply_release(&reply);
    return queued;
}

static enum MHD_Result refuse_long_head(struct visit *visit)
{
    const struct og_reply reply = og_reply_status(OG_ROUTE_NONE, OG_LONG_HEAD);
    end_account(visit, &reply, 0);
    og_blunt_say_long_head(MHD_get_connection_info(visit->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
    return MHD_NO;
}

static void done(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct visit *visit = (struct visit *)waiter;
    visit->status = status;
    visit->buf = buf;
    MHD_resume_connection(visit->connection); /* last: its lock publishes the above, and the visit may be over now */
}

/* When the engine gives the demand back, done() will never run: this is what resumes. */
static void withdraw(struct og_server *server, struct visit *visit, bool left)
{
    if (!og_engine_withdraw(server->site->engine, &visit->waiter, server->leavers_metrics))
        return;
    og_count(server->leavers_metrics, OG_COUNT_DEADLINE_PASSED, !left);
    visit->left = left;
    visit->status = OG_LATE;
    visit->buf = NULL;
    MHD_resume_connection(visit->connection);
}

static void client_left(void *context, void *visit)
{
    withdraw(context, visit, true);
}

static void client_waited(void *context, void *visit)
{
    withdraw(context, visit, false);
}

static enum MHD_Result wait_for_engine(struct visit *visit, const struct og_reply *pending, struct og_tile_name *name)
{
    struct lane *lane = visit->lane;
    if (!og_waiting_enter(&lane->waiting, name->key.slide)) {
        og_tile_name_release(name);
        og_count(lane->metrics, OG_COUNT_JOB_REFUSED, 1);
        return send_reply(visit, og_reply_status(pending->route, OG_BUSY));
    }
    visit->waiter.done = done;
    visit->pending = *pending;
    visit->waits = true;
    visit->account.waited = true;
    visit->slide = name->key.slide;
    og_connection_enter(visit->place, OG_PHASE_WAIT);
    og_raise(lane->metrics, OG_LEVEL_SUSPENDED, 1);
    MHD_suspend_connection(visit->connection); /* first: done() may run before submit returns */
    og_engine_submit(lane->server->site->engine, name, &visit->waiter, lane->metrics);
    og_tile_name_release(name);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(visit->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    visit->ticket = og_leavers_watch(lane->server->leavers, info->connect_fd, visit);
    return MHD_YES;
}

static struct og_reply take_answer(struct visit *visit)
{
    struct lane *lane = visit->lane;
    og_leavers_forget(lane->server->leavers, visit->ticket);
    og_connection_enter(visit->place, OG_PHASE_ANSWER);
    visit->waits = false;
    og_waiting_leave(&lane->waiting, visit->slide);
    og_raise(lane->metrics, OG_LEVEL_SUSPENDED, -1);
    return og_site_tile(&visit->pending, visit->status, visit->buf, &visit->waiter.spent);
}

static enum MHD_Result answer(struct visit *visit, const char *path)
{
    struct og_tile_name name;
    struct lane *lane = visit->lane;
    struct og_reply reply = og_site_answer(lane->server->site, &visit->head, path, strlen(path), lane->metrics, &name);
    return reply.status == OG_PENDING ? wait_for_engine(visit, &reply, &name) : send_reply(visit, reply);
}

/* Leaves libmicrohttpd an empty query: it notes each argument, and 0.9.75 hangs when it has no room for them. */
static void *look_at_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    struct visit *visit = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (!visit)
        return NULL;
    MHD_set_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH, no_length);
    MHD_set_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_COOKIE, no_cookie);
    visit->head = (struct og_head){0};
    og_head_note_target(&visit->head, target);
    visit->lines = og_lines_begin(target);
    char *query = strchr(target, '?');
    if (query)
        query[1] = '\0';
    return NULL;
}

static enum MHD_Result note_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                   const char *value, size_t value_length)
{
    (void)kind;
    struct visit *visit = context;
    if (value == no_length || value == no_cookie)
        return MHD_YES;
    og_lines_note(&visit->lines, name, name_length, value, value_length);
    og_head_note(&visit->head, name, name_length, value, value_length);
    return MHD_YES;
}

static enum og_status read_head(struct visit *visit, const char *method, const char *version)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(visit->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    visit->head.method = og_method_parse(method);
    visit->head.needs_host = strcmp(version, MHD_HTTP_VERSION_1_0) != 0;
    og_lines_go_on(&visit->lines, version);
    MHD_get_connection_values_n(visit->connection, MHD_HEADER_KIND, note_header, visit);
    visit->head.is_odd |= !og_lines_are_whole(&visit->lines, method + info->header_size);
    return og_lines_leave_room(&visit->lines, info->header_size) ? og_head_judge(&visit->head) : OG_LONG_HEAD;
}

/* To answer on the first call closes the connection, which is right for what is refused and while the server stops. */
static enum MHD_Result first_call(struct lane *lane, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, void **context)
{
    struct visit *visit = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (!visit)
        return MHD_NO; /* memory was out, or no place left, when it connected */
    *context = visit;
    og_connection_enter(visit->place, OG_PHASE_ANSWER);
    if (!og_traffic_begin(lane->traffic, visit->late))
        return MHD_NO; /* not a byte, so that the client may ask elsewhere */
    visit->account = og_visit_begin(method, path, (unsigned)(lane - lane->server->lane), ++lane->requests);
    visit->left = false;
    enum og_status status = read_head(visit, method, version);
    if (status == OG_LONG_HEAD)
        return refuse_long_head(visit);
    if (status != OG_OK)
        return send_reply(visit, og_reply_status(OG_ROUTE_NONE, status));
    if (visit->late)
        return send_reply(visit, og_reply_status(OG_ROUTE_NONE, OG_STOPPING));
    return og_site_is_stopping(lane->server->site) ? answer(visit, path) : MHD_YES;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **context)
{
    (void)upload, (void)upload_size;
    struct visit *visit = *context;
    if (!visit)
        return first_call(cls, connection, path, method, version, context);
    if (!visit->waits)
        return answer(visit, path);
    struct og_reply reply = take_answer(visit);
    return visit->left ? MHD_NO : send_reply(visit, reply);
}

static void completed(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode how)
{
    (void)cls, (void)connection, (void)how;
    struct visit *visit = *context;
    if (!visit)
        return;
    if (visit->waits) { /* resumed, but the server stopped before the third call */
        struct og_reply unsent = take_answer(visit);
        og_reply_release(&unsent);
    }
    *context = NULL;
    og_connection_enter(visit->place, OG_PHASE_HEAD);
    og_traffic_end(visit->lane->traffic, visit->late);
}

/* NULL: memory is out, or there is no place. */
static struct visit *welcome(struct lane *lane, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct visit *visit = calloc(1, sizeof *visit);
    struct og_connection *place = visit ? og_connections_add(lane->server->connections, info->connect_fd) : NULL;
    if (!place) {
        og_count(lane->metrics, OG_COUNT_CLOSED_FULL, visit != NULL);
        shutdown(info->connect_fd, SHUT_RDWR); /* it is in no table, so nobody else would ever end it */
        free(visit);
        return NULL;
    }
    *visit = (struct visit){
        .lane = lane, .connection = connection, .place = place, .late = og_site_is_stopping(lane->server->site)};
    return visit;
}

static void see_off(struct visit *visit)
{
    if (!visit)
        return;
    og_responses_forget(visit->lane->server->responses, &visit->kept);
    og_connections_remove(visit->lane->server->connections, visit->place);
    free(visit);
}

static void connection_changed(void *cls, struct MHD_Connection *connection, void **socket_context,
                               enum MHD_ConnectionNotificationCode what)
{
    struct lane *lane = cls;
    bool started = what == MHD_CONNECTION_NOTIFY_STARTED;
    if (!started)
        see_off(*socket_context); /* before it is counted out: then its place is free */
    og_traffic_connect(lane->traffic, started);
    og_raise(lane->metrics, OG_LEVEL_CONNECTIONS, started ? 1 : -1);
    *socket_context = started ? welcome(lane, connection) : NULL;
}

static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls, (void)connection;
    return strlen(text);
}

/* Mostly clients that broke off; and what the library refuses on its own, which it tells nobody else. */
__attribute__((format(printf, 2, 0))) static void write_log(void *cls, const char *format, va_list args)
{
    struct lane *lane = cls;
    char text[256];
    unsigned code;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\r\n")] = '\0';
    if (sscanf(text, "Error processing request (HTTP response code is %u", &code) == 1)
        og_count_answer(lane->metrics, OG_ASKED_NOTHING, code);
    og_log_write(lane->server->log, OG_LOG_DEBUG, "http", "%s", text);
}

_Noreturn static void panic(void *cls, const char *file, unsigned line, const char *reason)
{
    (void)cls;
    fprintf(stderr, "origamid: libmicrohttpd gave up at %s:%u: %s", file, line, reason ? reason : "no reason given\n");
    abort();
}

/* No timeout of the library's: a byte now and then would satisfy it. */
static enum og_status start_lane(struct lane *lane, const struct og_server_options *options, int fd,
                                 struct og_error *err)
{
    errno = 0;
    lane->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, lane,
        MHD_OPTION_EXTERNAL_LOGGER, write_log, (void *)lane,  /* before the others, which may complain */
        MHD_OPTION_LISTEN_SOCKET, fd,                         /* MHD's from here on, even when the start fails */
        MHD_OPTION_CONNECTION_LIMIT, UINT_MAX,                /* the table of connections has it */
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, OG_REQUEST_BYTES, /* zeroed each time */
        MHD_OPTION_THREAD_STACK_SIZE, options->stack_bytes, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        NULL, /* the router wants to see every '%' */
        MHD_OPTION_URI_LOG_CALLBACK, look_at_target, NULL, MHD_OPTION_NOTIFY_COMPLETED, completed, lane,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, lane, MHD_OPTION_END);
    return lane->daemon ? OG_OK : og_error_set(err, OG_NO_MEMORY, "no event thread: %s", strerror(errno));
}

/* No request waits for the engine from here on: nobody is suspended for longer than a call. */
static void answer_everybody(struct og_server *server, unsigned patience_ms)
{
    og_engine_drain(server->site->engine, patience_ms > LAST_WORDS_MS ? patience_ms : LAST_WORDS_MS);
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
    unsigned i = 0;
    for (; status == OG_OK && i < server->lanes; i++) {
        struct lane *lane = &server->lane[i];
        lane->server = server;
        lane->traffic = &server->traffic[i];
        lane->waiting.most = options->waiting;
        lane->metrics = og_metrics_take(server->site->metrics);
        status = start_lane(lane, options, fds[i], err);
    }
    if (status == OG_OK)
        return OG_OK;
    for (; i < server->lanes; i++)
        close(fds[i]);
    answer_everybody(server, 0); /* those that started may have been asked already */
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

/* The threads beside the event threads. */
static enum og_status start_watches(struct og_server *server, const struct og_server_options *options,
                                    struct og_error *err)
{
    const struct og_connections_options connections = {.most = og_server_connections(options->connections),
                                                       .idle_ms = options->idle_ms,
                                                       .answer_ms = options->answer_ms,
                                                       .metrics = server->site->metrics};
    const struct og_leavers_options leavers = {.most = options->threads * options->waiting,
                                               .patience_ms = options->deadline_ms,
                                               .left = client_left,
                                               .late = client_waited,
                                               .context = server};
    enum og_status status = og_connections_start(&connections, &server->connections, err);
    return status == OG_OK ? og_leavers_start(&leavers, &server->leavers, err) : status;
}

static void release(struct og_server *server)
{
    og_leavers_stop(&server->leavers);
    og_connections_stop(&server->connections);
    og_pulse_destroy(&server->pulse);
    og_responses_destroy(&server->responses);
    free(server);
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
    server->lanes = options->threads;
    server->leavers_metrics = og_metrics_take(site->metrics);
    MHD_set_panic_func(panic, NULL);
    enum og_status status = og_responses_new(&maker, &site->manners, &server->responses, err);
    if (status == OG_OK)
        status = og_pulse_new(site->base, server->lanes, dial, server, &server->pulse, err);
    if (status == OG_OK)
        status = start_watches(server, options, err);
    if (status == OG_OK)
        status = start_lanes(server, options, err);
    if (status == OG_OK)
        *out = server;
    else
        release(server);
    return status;
}

struct og_address og_server_address(const struct og_server *server)
{
    return server->address;
}

void og_server_stop(struct og_server **owned, unsigned patience_ms)
{
    struct og_server *server = *owned;
    *owned = NULL;
    if (!server)
        return;
    og_pulse_rest(server->pulse);
    atomic_store_explicit(&server->site->stopping, true, memory_order_release); /* H1 pairs with H2 */
    patience_ms = og_traffic_wait(server->traffic, server->lanes, OG_TRAFFIC_ON_TIME, IDLE_GRACE_MS, patience_ms);
    answer_everybody(server, patience_ms);
    og_traffic_close(server->traffic, server->lanes);
    og_traffic_wait(server->traffic, server->lanes, OG_TRAFFIC_ALL, 0, LAST_WORDS_MS);
    end_lanes(server);
    release(server);
}
