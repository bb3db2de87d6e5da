/* SPDX-License-Identifier: MIT */
#include "tool/report.h"
#include "tool/slide_path.h"
#include "tool/verbs.h"

static enum og_status survey_slide(const struct og_slide *slide, struct og_survey *out, struct og_error *err)
{
    struct og_reader *reader;
    enum og_status status = og_reader_new(OG_READER_AUTO, &reader, err);
    if (status == OG_OK)
        status = og_slide_survey(slide, reader, out, err);
    og_reader_destroy(&reader);
    return status;
}

static enum og_status run(const struct og_arguments *arguments, FILE *out, struct og_error *err)
{
    const char *path = arguments->operands[0];
    struct og_slide *slide;
    struct og_survey survey;
    enum og_status status = og_slide_open_path(path, &slide, err);
    if (status != OG_OK)
        return status;
    const struct og_slide_facts *facts = og_slide_facts(slide);
    if (!facts->description.upsample[0])
        status = og_error_set(err, OG_UNSUPPORTED, "%s: is of format %s, not an Origami slide", path, facts->format);
    else
        status = survey_slide(slide, &survey, err);
    if (status == OG_OK && arguments->values.json)
        status = og_report_slide_json(path, facts, &survey, out, err);
    else if (status == OG_OK)
        og_report_slide(path, facts, &survey, out);
    og_slide_unref(&slide);
    return status;
}

const struct og_verb og_verb_info = {
    .name = "info",
    .operands = "SLIDE.tif",
    .operand_count = 1,
    .takes = OG_TAKES(JSON) | OG_TAKES(HELP),
    .summary = "tell what a slide is, where its bytes go and how true it is to its source",
    .explanation = "Reads a slide's description and its whole index, checks their seals, and tells what they say:\n"
                   "size, scan, levels, bytes, fidelity, origin.\n",
    .examples = "  origami info slides/biopsy.tif\n"
                "      for people\n"
                "  origami info slides/biopsy.tif --json | jq .description.fidelity.L0\n"
                "      for scripts\n",
    .run = run,
};
