/* SPDX-License-Identifier: MIT */
#include "cores.h"

#include <sched.h>
#include <unistd.h>

static unsigned all(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

unsigned cores_of_server(void)
{
    return all() > 1 ? all() / 2 : 1;
}

static void choose(unsigned from, unsigned to)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (unsigned i = from; i < to; i++)
        CPU_SET(i, &set);
    sched_setaffinity(0, sizeof set, &set);
}

void cores_for_server(void)
{
    choose(0, cores_of_server());
}

void cores_for_driver(void)
{
    choose(all() > 1 ? cores_of_server() : 0, all());
}
