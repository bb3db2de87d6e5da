/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_SIGNALS_H
#define OG_DAEMON_SIGNALS_H
/*
 * og_signals: SIGTERM and SIGINT as something that main waits for instead of something that happens to a thread.
 *
 * Threads:   block before any thread exists, so that all inherit it; the rest from main.
 * Ownership: none. Errors: none.
 */
void og_signals_block(void);    /* SIGTERM and SIGINT wait from now on; SIGPIPE is ignored */
int og_signals_wait(void);      /* the one that came */
void og_signals_let_kill(void); /* the next one ends the process at once */

#endif
