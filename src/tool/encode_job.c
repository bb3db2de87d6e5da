/* SPDX-License-Identifier: MIT */
#include "tool/encode_job.h"

#include "tool/monitor.h"
#include "tool/report.h"
#include "tool/slide_path.h"

static int chroma_step(const struct og_values *values)
{
    return values->no_chroma ? 0 : values->chroma_step ? (int)values->chroma_step : OG_CHROMA_FOLLOWS;
}

enum og_status og_encode_job(const struct og_source *source, const struct og_values *values, FILE *out,
                             struct og_error *err)
{
    if (values->no_chroma && values->chroma_step)
        return og_error_set(err, OG_INVALID, "--no-chroma and --chroma-step %d: only one of them can be meant",
                            (int)values->chroma_step);
    struct og_monitor monitor;
    struct og_encode_result result = {.seconds = 0};
    struct og_encode_options options = {.wish = {.aim = values->aim,
                                                 .base_quality = (int)values->base_quality,
                                                 .l1_step = (int)values->l1_step,
                                                 .l0_step = (int)values->l0_step,
                                                 .chroma_step = chroma_step(values),
                                                 .trellis = !values->no_trellis},
                                        .threads = (unsigned)values->threads,
                                        .gate = {values->min_psnr, values->min_ssim},
                                        .watch = og_monitor_look,
                                        .context = &monitor};
    og_monitor_begin(&monitor, "encoding", values->quiet);
    enum og_status status = og_encode(source, values->out, &options, &result, err);
    og_monitor_end(&monitor);
    if (status != OG_OK)
        return status;
    if (values->json)
        return og_report_encoded_json(values->out, &result, out, err);
    if (!values->quiet)
        og_report_encoded(values->out, &result, out);
    return OG_OK;
}
