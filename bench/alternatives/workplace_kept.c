/* SPDX-License-Identifier: MIT */
#include "take_workplace.h"

void take_workplace(struct og_workplace *place)
{
    (void)place;
}
