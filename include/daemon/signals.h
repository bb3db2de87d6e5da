/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_SIGNALS_H
#define OG_DAEMON_SIGNALS_H
/*
 * og_signals: SIGTERM, SIGINT and SIGHUP as something that main waits for instead of something that happens to a
 * thread.
 *
 * Threads:   block before any thread exists, so that all inherit it; the rest from main.
 * Ownership: none. Errors: none.
 */
void og_signals_block(void);    /* SIGTERM, SIGINT and SIGHUP wait from now on; SIGPIPE is ignored */
int og_signals_wait(void);      /* the one that came; of several SIGHUPs that wait, one */
void og_signals_let_kill(void); /* the next SIGTERM or SIGINT ends the process at once; SIGHUP is not heard any more */

#endif
