/* SPDX-License-Identifier: MIT */
/* In the place of og_stage_family: planes and buffer are allocated for each family. */
#include "engine_parts.h"
#include "take_workplace.h"

void og_stage_family_of_product(struct og_worker *worker, struct og_job *job);

void og_stage_family(struct og_worker *worker, struct og_job *job)
{
    take_workplace(job->place);
    og_stage_family_of_product(worker, job);
}
