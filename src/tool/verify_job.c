/* SPDX-License-Identifier: MIT */
#include "tool/verify_job.h"

#include <stdlib.h>
#include <unistd.h>

#include "tool/monitor.h"
#include "tool/report.h"
#include "tool/worst_pictures.h"

static enum og_status measure(const struct og_source *source, const char *path, const struct og_slide *slide,
                              const struct og_values *values, struct og_monitor *monitor, struct og_verified *found,
                              struct og_error *err)
{
    struct og_verify_options options = {.threads = (unsigned)values->threads,
                                        .worst = (unsigned)values->worst,
                                        .watch = og_monitor_look,
                                        .context = monitor};
    enum og_status status = og_verify(source, slide, &options, found, err);
    if (status == OG_OK && values->worst_to)
        status = og_worst_draw(values->worst_to, source, slide, found, &options, err);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "%s", path);
}

/* A folder that was made for pictures and got none goes again. */
static enum og_status verify(const struct og_source *source, const char *path, const struct og_slide *slide,
                             const struct og_values *values, struct og_verified *found, struct og_error *err)
{
    struct og_monitor monitor;
    bool made = false;
    og_monitor_begin(&monitor, "verifying", values->quiet);
    enum og_status status = values->worst_to ? og_worst_folder(values->worst_to, &made, err) : OG_OK;
    if (status == OG_OK)
        status = measure(source, path, slide, values, &monitor, found, err);
    if (status != OG_OK && made)
        rmdir(values->worst_to);
    og_monitor_end(&monitor);
    return status;
}

enum og_status og_verify_job(const char *input, const char *path, const struct og_slide *slide,
                             const struct og_values *values, FILE *out, struct og_error *err)
{
    struct og_source *source;
    struct og_verified *found = malloc(sizeof *found);
    enum og_status status =
        found ? og_source_open_file(input, &source, err) : og_error_set(err, OG_NO_MEMORY, "out of memory");
    if (status != OG_OK) {
        free(found);
        return status;
    }
    status = verify(source, path, slide, values, found, err);
    if (status == OG_OK) {
        const struct og_slide_facts *facts = og_slide_facts(slide);
        struct og_verified_names names = {path, input, values->worst_to};
        struct og_gate gate = {values->min_psnr, values->min_ssim};
        if (values->json)
            og_report_verified_json(&names, facts, found, out);
        else if (!values->quiet)
            og_report_verified(&names, facts, found, out);
        if (found->is_described && !found->as_described)
            status = og_error_set(err, OG_DAMAGED,
                                  "%s: is not as near to %s as it says of itself: that is not the picture that it was "
                                  "made from, or one of them has changed",
                                  path, input);
        else if (og_gate_check(&gate, &found->level[0].tally, err) != OG_OK)
            status = og_error_prefix(err, "%s", path);
    }
    og_source_close(&source);
    free(found);
    return status;
}

enum og_status og_inspect_job(const char *path, const struct og_slide *slide, const struct og_values *values, FILE *out,
                              struct og_error *err)
{
    struct og_monitor monitor;
    struct og_inspect_options options = {
        .threads = (unsigned)values->threads, .watch = og_monitor_look, .context = &monitor};
    struct og_inspected *found = malloc(sizeof *found);
    if (!found)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    og_monitor_begin(&monitor, "verifying", values->quiet);
    enum og_status status = og_inspect(slide, &options, found, err);
    og_monitor_end(&monitor);
    if (status == OG_OK) {
        const struct og_slide_facts *facts = og_slide_facts(slide);
        const struct og_damage *first = &found->damage[0];
        if (values->json)
            og_report_inspected_json(path, facts, found, out);
        else if (!values->quiet)
            og_report_inspected(path, facts, found, out);
        if (found->damaged)
            status = og_error_set(err, OG_DAMAGED, "%s: %llu stored tile%s damaged; the first is L%u tile %u, %u: %s",
                                  path, (unsigned long long)found->damaged, found->damaged == 1 ? " is" : "s are",
                                  first->depth, first->x, first->y, first->reason);
    } else {
        og_error_prefix(err, "%s", path);
    }
    free(found);
    return status;
}
