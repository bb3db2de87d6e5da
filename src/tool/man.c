/* SPDX-License-Identifier: MIT */
#include "base/roff.h"
#include "tool/verbs.h"

static void print_synopsis(const struct og_verb *verb, FILE *out)
{
    fprintf(out, "\\fBorigami %s\\fR ", verb->name);
    og_roff_text(verb->operands, out);
    fputs(" [\\fIoption\\fR ...]\n.br\n", out);
}

static void print_verb(const struct og_verb *verb, FILE *out)
{
    fprintf(out, ".SS %s \\- ", verb->name);
    og_roff_text(verb->summary, out);
    fputc('\n', out);
    og_roff_text(verb->explanation, out);
    og_options_man(verb->takes, out);
}

static void print_examples(const struct og_verb *verb, FILE *out)
{
    fputs(".nf\n", out);
    og_roff_text(verb->examples, out);
    fputs(".fi\n", out);
}

void og_tool_man(const struct og_verb *const *verbs, unsigned count, FILE *out)
{
    fputs(".TH ORIGAMI 1 \"\" \"Origami " OG_VERSION "\" \"Origami\"\n"
          ".SH NAME\norigami \\- slides for the Origami tile server\n.SH SYNOPSIS\n",
          out);
    for (unsigned i = 0; i < count; i++)
        print_synopsis(verbs[i], out);
    fputs("\\fBorigami\\fR \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR | \\fB\\-\\-print\\-man\\fR\n"
          ".SH DESCRIPTION\n"
          "Makes slides, tells what they are, measures them and takes tiles out of them. A slide is one BigTIFF file "
          "that\n"
          ".BR origamid (8)\nserves. Options may stand anywhere behind the verb, a value behind a blank or an equals "
          "sign; \\-\\- ends them.\n.SH VERBS\n",
          out);
    for (unsigned i = 0; i < count; i++)
        print_verb(verbs[i], out);
    fputs(".SH EXAMPLES\n", out);
    for (unsigned i = 0; i < count; i++)
        print_examples(verbs[i], out);
    fputs(".SH EXIT STATUS\n"
          ".TP\n.B 0\nit is done\n"
          ".TP\n.B 1\nit failed, a slide is damaged or below a threshold; standard error names file, place and reason\n"
          ".TP\n.B 2\nthe command line makes no sense\n"
          ".SH SIGNALS\n"
          ".TP\n.BR TERM , \" INT\" , \" HUP\"\nWhat is unfinished is removed, and the signal ends the program.\n"
          ".TP\n.B KILL\nAs any other sudden end it leaves the draft (see FILES); what has its name already is whole. "
          "The next run that\nwrites the same name takes the draft away.\n"
          ".SH MEMORY\n"
          "encode takes at most 96 MiB, verify at most 32 MiB; to that each adds 32 MiB for each thread, 1 KiB for\n"
          "each 1024 x 1024 pixels, and what the reader of INPUT keeps: of a tiled TIFF two rows of its tiles, of\n"
          "what OpenSlide reads two and a half rows with 4 bytes for each pixel and 64 MiB more, of anything else\n"
          "the whole picture up to 100 MB. export takes some megabytes for each thread and 32 bytes for each tile of\n"
          "a TIFF.\n"
          ".SH ENVIRONMENT\n"
          ".TP\n.B TMPDIR\nWhere a PNG, a JPEG or another picture without tiles is decoded to when it is larger than "
          "100 MB. The file, vips\\-N\\-N.v, is removed at the end; after a KILL it stays, and may be removed when no "
          "program runs that uses libvips.\n"
          ".TP\n.B OG_CPU\n"
          "Chooses the pixel kernels: scalar, avx2 or neon. Every choice gives the same bytes; one that this\n"
          "processor does not run is an error.\n"
          ".SH FILES\n"
          ".TP\n.I \\&.NAME.tif.draft\nA file that is being written, beside the one that it will become. Who writes "
          "it holds its lock (flock), so\nthat two do not write one name. It may be removed when nobody does.\n"
          ".TP\n.I \\&.NAME_files.draft\nThe same of a Deep Zoom export, a folder. A NAME_files with unfinished.dzi in "
          "it\nis one too: NAME.dzi has not got its name yet.\n"
          ".SH SEE ALSO\n.BR origamid (8),\n.BR origamid.conf (5)\n",
          out);
}
