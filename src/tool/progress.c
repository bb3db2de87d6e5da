/* SPDX-License-Identifier: MIT */
#include "tool/progress.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tool/words.h"

#define REDRAW_NS UINT64_C(100000000)

enum { BAR = 24 };

void og_progress_begin(struct og_progress *p, FILE *stream, const char *label, bool quiet)
{
    *p = (struct og_progress){.stream = quiet || !isatty(fileno(stream)) ? NULL : stream,
                              .label = label,
                              .began_ns = og_clock_monotonic_ns()};
}

static void show_sample(const struct og_progress *p, double seconds)
{
    char taken[32];
    og_words_duration(seconds, taken, sizeof taken);
    fprintf(p->stream, "\r\033[K%s: looking at a sample first, %s", p->label, taken);
}

static void show_bar(const struct og_progress *p, double seconds, uint64_t done, uint64_t all)
{
    double share = (double)done / (double)all;
    char bar[BAR + 1], left[32] = "";
    int filled = (int)(share * BAR);
    memset(bar, '#', (size_t)filled);
    memset(bar + filled, '.', (size_t)(BAR - filled));
    bar[BAR] = '\0';
    if (done)
        og_words_duration(seconds / share - seconds, left, sizeof left);
    fprintf(p->stream, "\r\033[K%s %3d %% [%s] %.1f Mpx/s%s%s", p->label, (int)(share * 100), bar,
            (double)done / seconds / 1e6, *left ? ", left " : "", left);
}

void og_progress_show(struct og_progress *p, uint64_t done, uint64_t all)
{
    uint64_t now = og_clock_monotonic_ns();
    if (p->sampled && all)
        p->began_ns = p->drawn_ns = now;
    p->sampled = all == 0;
    if (!p->stream || now - p->drawn_ns < REDRAW_NS)
        return;
    p->drawn_ns = now;
    double seconds = (double)(now - p->began_ns) / 1e9;
    if (all)
        show_bar(p, seconds, done, all);
    else
        show_sample(p, seconds);
    fflush(p->stream);
}

void og_progress_end(struct og_progress *p)
{
    if (p->stream && p->drawn_ns) {
        fputs("\r\033[K", p->stream);
        fflush(p->stream);
    }
}
