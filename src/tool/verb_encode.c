/* SPDX-License-Identifier: MIT */
#include "tool/encode_job.h"
#include "tool/outfile.h"
#include "tool/slide_path.h"
#include "tool/verbs.h"

static enum og_status check_output(const char *input, const char *output, struct og_error *err)
{
    if (!output)
        return og_error_set(err, OG_INVALID, "where to? give -o OUT.tif");
    enum og_status status = og_slide_check_name(output, err);
    return status == OG_OK ? og_outfile_spares(output, input, err) : status;
}

static enum og_status run(const struct og_arguments *arguments, FILE *out, struct og_error *err)
{
    const char *input = arguments->operands[0];
    struct og_source *source;
    enum og_status status = check_output(input, arguments->values.out, err);
    if (status == OG_OK)
        status = og_source_open_file(input, &source, err);
    if (status != OG_OK)
        return status;
    if (source->facts.warning[0])
        fprintf(stderr, "origami encode: %s: %s\n", input, source->facts.warning);
    status = og_encode_job(source, &arguments->values, out, err);
    og_source_close(&source);
    return status;
}

const struct og_verb og_verb_encode = {
    .name = "encode",
    .operands = "INPUT -o OUT.tif",
    .operand_count = 1,
    .takes = OG_TAKES(OUT) | OG_TAKES_ENCODE | OG_TAKES(HELP),
    .summary = "make a slide from a scanner's file or a picture",
    .explanation = "Reads INPUT, anything that OpenSlide or libvips reads (SVS, NDPI, MRXS, SCN, BIF, TIFF, PNG,\n"
                   "JPEG ...), and writes one file that origamid serves. Colours become sRGB, transparency white; a\n"
                   "picture whose EXIF or TIFF orientation says that it lies on its side is turned upright.\n"
                   "Floating-point samples are read where their colour space says which number is white (of RGB,\n"
                   "linear light from 0 to 1), else refused.\n"
                   "The two finest levels are stored as the differences from what the coarser ones predict. The\n"
                   "file appears under its name when it is whole, never before, and replaces a slide of that name,\n"
                   "but nothing else. It does not appear at all when full size does not reach what --min-psnr or\n"
                   "--min-ssim demand: then the error names the worst tile.\n",
    .examples = "  origami encode biopsy.svs -o slides/biopsy.tif\n"
                "      the usual case\n"
                "  origami encode biopsy.svs -o slides/biopsy.tif --preset archive\n"
                "      nearer to the source, and larger\n"
                "  origami encode biopsy.svs -o slides/biopsy.tif --min-psnr 36\n"
                "      no slide rather than one that is not good enough\n"
                "  origami encode scan.ndpi -o slides/scan.tif --threads 2 --json > scan.json\n"
                "      on two cores, with a report for a script\n",
    .run = run,
};
