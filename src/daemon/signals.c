/* SPDX-License-Identifier: MIT */
#include "daemon/signals.h"

#include <signal.h>
#include <stddef.h>

static sigset_t ending(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

static sigset_t awaited(void)
{
    sigset_t set = ending();
    sigaddset(&set, SIGHUP);
    return set;
}

static void block(sigset_t set)
{
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void og_signals_let_kill(void)
{
    sigset_t set = ending();
    signal(SIGTERM, SIG_DFL); /* a shell that starts us in the background has SIGINT ignored */
    signal(SIGINT, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void og_signals_prepare(void)
{
    block(awaited());
    signal(SIGPIPE, SIG_IGN); /* the log's reader may go away */
    og_signals_let_kill();
}

void og_signals_hold(void)
{
    block(ending());
}

int og_signals_wait(void)
{
    sigset_t set = awaited();
    int got = 0;
    while (sigwait(&set, &got) != 0)
        continue;
    return got;
}
