/* SPDX-License-Identifier: MIT */
#include "tool/interrupt.h"

#include <time.h>

static void watch_unless_ignored(sigset_t *set, int signal_number)
{
    struct sigaction action;
    if (sigaction(signal_number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
        sigaddset(set, signal_number);
}

void og_interrupt_begin(struct og_interrupt *interrupt)
{
    interrupt->noted = 0;
    sigemptyset(&interrupt->watched);
    watch_unless_ignored(&interrupt->watched, SIGINT);
    watch_unless_ignored(&interrupt->watched, SIGTERM);
    watch_unless_ignored(&interrupt->watched, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &interrupt->watched, &interrupt->before);
}

bool og_interrupt_came(struct og_interrupt *interrupt)
{
    struct timespec at_once = {0};
    int signal_number = interrupt->noted ? 0 : sigtimedwait(&interrupt->watched, NULL, &at_once);
    if (signal_number > 0)
        interrupt->noted = signal_number;
    return interrupt->noted != 0;
}

void og_interrupt_end(struct og_interrupt *interrupt)
{
    if (interrupt->noted)
        raise(interrupt->noted);
    pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
}
