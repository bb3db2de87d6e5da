/* SPDX-License-Identifier: MIT */
/* In the place of og_job_join_locked: stages as they are, but siblings count as asked for: whole families in order. */
#include "job.h"

enum og_status og_job_join_locked_of_product(struct og_job *job, unsigned slot, struct og_waiter *waiter,
                                             struct og_ready *ready, struct og_buf **out);

enum og_status og_job_join_locked(struct og_job *job, unsigned slot, struct og_waiter *waiter, struct og_ready *ready,
                                  struct og_buf **out)
{
    job->demanded |= OG_SLOTS_L1 | OG_SLOTS_L0;
    return og_job_join_locked_of_product(job, slot, waiter, ready, out);
}
