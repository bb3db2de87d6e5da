/* SPDX-License-Identifier: MIT */
#include "waiting.h"

static unsigned find(const struct og_waiting *waiting, uint64_t slide_key)
{
    unsigned at = 0;
    while (at < waiting->slides && waiting->slide[at].key != slide_key)
        at++;
    return at;
}

bool og_waiting_enter(struct og_waiting *waiting, uint64_t slide_key)
{
    unsigned at = find(waiting, slide_key);
    unsigned has = at < waiting->slides ? waiting->slide[at].taken : 0;
    if (at == OG_WAITING_SLIDES || has >= waiting->most - waiting->taken)
        return false;
    if (at == waiting->slides)
        waiting->slide[waiting->slides++].key = slide_key;
    waiting->slide[at].taken = has + 1;
    waiting->taken++;
    return true;
}

void og_waiting_leave(struct og_waiting *waiting, uint64_t slide_key)
{
    unsigned at = find(waiting, slide_key);
    waiting->taken--;
    if (--waiting->slide[at].taken == 0)
        waiting->slide[at] = waiting->slide[--waiting->slides];
}
