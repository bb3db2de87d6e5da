/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_SERVICE_H
#define OG_DAEMON_SERVICE_H
/*
 * og_service: the whole daemon but for its process: log, metrics, slides, engine, watchdog and server, started in the
 * order of one table and stopped in the same order backwards.
 *
 * Threads:   start, reload, stop and address from the owner's thread; start once per process at a time. SIGTERM and
 *            SIGINT are held back in that thread (daemon/signals.h) from the end of start until stop.
 * Ownership: start returns owned; stop takes. The log's descriptor stays the caller's.
 * Errors:    start unwinds what it had started, and `err` says which step failed and why.
 */
#include "base/status.h"
#include "daemon/params.h"
#include "http/listen.h"

struct og_service;

/* `params` are resolved. */
OG_CHECKED enum og_status og_service_start(const struct og_params *params, int log_fd, struct og_service **out,
                                           struct og_error *err);
struct og_address og_service_address(const struct og_service *service);

/*
 * SIGHUP: the access log is opened again and the folder of slides is read again, both soon and elsewhere: this returns
 * at once. The service manager hears RELOADING=1 now and READY=1 when the folder was read, as the log does.
 */
void og_service_reload(struct og_service *service);

/*
 * The drain takes as long as the settings allow, and some seconds more at most. False: a read of a slide or a look at
 * the folder does not return. Every request was answered and the log says what is left, but a thread is still in there,
 * so what it uses was not freed: the process has to end without it.
 */
bool og_service_stop(struct og_service **service);

#endif
