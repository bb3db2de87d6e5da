/* SPDX-License-Identifier: MIT */
#include "tool/encode_job.h"

#include "tool/interrupt.h"
#include "tool/progress.h"
#include "tool/report.h"
#include "tool/slide_path.h"

struct watch {
    struct og_interrupt interrupt;
    struct og_progress progress;
};

static bool watch_encode(void *context, uint64_t done, uint64_t all)
{
    struct watch *watch = context;
    og_progress_show(&watch->progress, done, all);
    return !og_interrupt_came(&watch->interrupt);
}

enum og_status og_encode_job(const struct og_source *source, const struct og_values *values, FILE *out,
                             struct og_error *err)
{
    struct watch watch;
    struct og_encode_result result = {.seconds = 0};
    struct og_encode_options options = {.wish = {.aim = values->aim,
                                                 .base_quality = (int)values->base_quality,
                                                 .l1_step = (int)values->l1_step,
                                                 .l0_step = (int)values->l0_step,
                                                 .trellis = !values->no_trellis},
                                        .threads = (unsigned)values->threads,
                                        .gate = {values->min_psnr, values->min_ssim},
                                        .watch = watch_encode,
                                        .context = &watch};
    og_interrupt_begin(&watch.interrupt);
    og_progress_begin(&watch.progress, stderr, "encoding", values->quiet);
    enum og_status status = og_encode(source, values->out, &options, &result, err);
    og_progress_end(&watch.progress);
    og_interrupt_end(&watch.interrupt);
    if (status != OG_OK)
        return status;
    if (values->json)
        return og_report_encoded_json(values->out, &result, out, err);
    if (!values->quiet)
        og_report_encoded(values->out, &result, out);
    return OG_OK;
}
