/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_SIGNALS_H
#define OG_DAEMON_SIGNALS_H
/*
 * og_signals: SIGTERM, SIGINT and SIGHUP as something that main waits for instead of something that happens to a
 * thread; but until all has started, which a file system that hangs may never let happen, SIGTERM and SIGINT end the
 * process as they end others.
 *
 *     prepare ──► start what may hang ──► hold ──► start libmicrohttpd ──► wait … ──► let_kill ──► stop
 *
 * Threads:   main. Our own threads see none of them (base/thread.h). libmicrohttpd's inherit what main has blocked:
 * they are started after hold. Ownership: none. Errors: none.
 */
void og_signals_prepare(void);  /* SIGHUP waits from now on; SIGPIPE is ignored; SIGTERM and SIGINT kill */
void og_signals_hold(void);     /* SIGTERM and SIGINT wait too */
int og_signals_wait(void);      /* the one that came; of several SIGHUPs that wait, one */
void og_signals_let_kill(void); /* the next SIGTERM or SIGINT ends the process at once */

#endif
