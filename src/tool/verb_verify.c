/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tool/slide_path.h"
#include "tool/verbs.h"
#include "tool/verify_job.h"

static enum og_status check_options(const struct og_arguments *arguments, struct og_error *err)
{
    const struct og_values *values = &arguments->values;
    uint32_t of_source =
        arguments->given & (OG_TAKES(MIN_PSNR) | OG_TAKES(MIN_SSIM) | OG_TAKES(WORST) | OG_TAKES(WORST_TO));
    if (arguments->operand_count == 1 && of_source)
        return og_error_set(err, OG_INVALID, "--%s needs the source: origami verify INPUT SLIDE.tif",
                            og_options_name(of_source));
    if (values->worst_to && values->worst == 0)
        return og_error_set(err, OG_INVALID, "--worst-to has nothing to draw with --worst 0");
    return OG_OK;
}

static enum og_status run(const struct og_arguments *arguments, FILE *out, struct og_error *err)
{
    const char *path = arguments->operands[arguments->operand_count - 1];
    struct og_slide *slide;
    enum og_status status = check_options(arguments, err);
    if (status == OG_OK)
        status = og_slide_open_path(path, &slide, err);
    if (status != OG_OK)
        return status;
    const struct og_slide_facts *facts = og_slide_facts(slide);
    bool alone = arguments->operand_count == 1;
    if (!facts->residual)
        status = og_error_set(err, OG_UNSUPPORTED, "%s: is a Deep Zoom folder, not an Origami slide", path);
    else if (alone && strcmp(facts->format, "origami") != 0)
        status = og_error_set(err, OG_UNSUPPORTED, "%s: has no checksums to verify; give its source too", path);
    else if (alone)
        status = og_inspect_job(path, slide, &arguments->values, out, err);
    else
        status = og_verify_job(arguments->operands[0], path, slide, &arguments->values, out, err);
    og_slide_unref(&slide);
    return status;
}

const struct og_verb og_verb_verify = {
    .name = "verify",
    .operands = "[INPUT] SLIDE.tif",
    .operand_count = 1,
    .optional_operands = 1,
    .takes = OG_TAKES(MIN_PSNR) | OG_TAKES(MIN_SSIM) | OG_TAKES(WORST) | OG_TAKES(WORST_TO) | OG_TAKES(THREADS) |
             OG_TAKES(JSON) | OG_TAKES(QUIET) | OG_TAKES(HELP),
    .summary = "measure a slide against its source, or look for damage",
    .explanation =
        "With INPUT, the file that the slide was made from: rebuilds every tile with the daemon's code, up\n"
        "to the last step but one, the JPEG that is sent, and measures how far it is from INPUT, halved as\n"
        "encode halves it. For each level: PSNR of luma, of chroma and of RGB (dB, higher is nearer, 36 is\n"
        "hard to tell apart by eye), SSIM of luma (1 is equal), mean colour difference CIEDE2000 (1 is what a\n"
        "trained eye just sees; taken of every fourth pixel), and the worst tile by luma, SSIM and colour;\n"
        "for full size also how many tiles have what PSNR, and the worst ones by place. L0 is full size, L1\n"
        "half, L2 a quarter.\n"
        "Figures for L0, L1 and L2 are those that encode reported, or something is wrong: another picture\n"
        "than the slide's fails.\n"
        "\n"
        "Without INPUT: reads every stored tile, checks every checksum, decodes and rebuilds everything,\n"
        "and names what is damaged.\n"
        "\n"
        "The exit status is 0 when all is well; 1 when a threshold is not reached, a tile is damaged or\n"
        "something cannot be read; 2 when the command line makes no sense.\n",
    .examples =
        "  origami verify biopsy.svs slides/biopsy.tif\n"
        "      how true is the slide?\n"
        "  origami verify biopsy.svs slides/biopsy.tif --min-psnr 36 --min-ssim 0.93 -q || echo \"not that good\"\n"
        "      a gate for a script\n"
        "  origami verify biopsy.svs slides/biopsy.tif --worst 20 --worst-to worst\n"
        "      the twenty worst tiles as pictures: source, slide, difference times four\n"
        "  origami verify slides/biopsy.tif\n"
        "      is every byte still what was written?\n",
    .run = run,
};
