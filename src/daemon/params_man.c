/* SPDX-License-Identifier: MIT */
#include "base/roff.h"
#include "daemon/params.h"

static void print_heading(const char *page, FILE *out)
{
    fprintf(out, ".TH %s \"\" \"Origami " OG_VERSION "\" \"Origami\"\n", page);
}

static void print_row(const struct og_param *row, const char *before, const char *between, FILE *out)
{
    fputs(".TP\n\\fB", out);
    og_roff_text(before, out);
    og_roff_text(row->name, out);
    fputs("\\fR", out);
    if (row->value) {
        fprintf(out, "%s\\fI", between);
        og_roff_text(row->value, out);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    og_roff_text(row->sentence, out);
    fputc('\n', out);
    if (row->fallback && row->fallback[0]) {
        fputs("Default: ", out);
        og_roff_text(row->fallback, out);
        fputs(".\n", out);
    }
    og_param_print_range(row, "From ", ".\n", out);
}

void og_params_man_daemon(FILE *out)
{
    print_heading("ORIGAMID 8", out);
    fputs(".SH NAME\norigamid \\- tile server for gigapixel whole\\-slide images\n"
          ".SH SYNOPSIS\n.B origamid\n\\fB\\-\\-slides\\fR \\fIDIR\\fR [\\fIoption\\fR ...]\n.br\n"
          ".B origamid\n\\fB\\-\\-config\\fR \\fIFILE\\fR [\\fIoption\\fR ...]\n"
          ".SH DESCRIPTION\n"
          "Serves the slides of a folder as Deep Zoom tiles over HTTP, with a gallery and a viewer. It runs in the\n"
          "foreground, writes its log to standard error, never writes to a slide, and tells a service manager when it\n"
          "is ready, reloads or stops. It speaks plain HTTP and knows no users: beyond your own machine, put a proxy\n"
          "before it.\n"
          ".PP\n\\fI/metrics\\fR is for Prometheus, \\fI/healthz\\fR tells that the daemon lives, and "
          "\\fI/readyz\\fR whether it takes requests. Once it is told to stop, it answers 503\n"
          "there, and on new connections to every request.\n"
          ".SH OPTIONS\nA value may stand behind a blank or an equals sign. No option may be given twice.\n",
          out);
    for (size_t i = 0; i < og_params_rows; i++)
        print_row(&og_params_table[i], "--", " ", out);
    fputs(
        ".SH EXIT STATUS\n"
        ".TP\n.B 0\na good run, ended by a signal\n"
        ".TP\n.B 1\nthe start failed, or the settings that were to be checked cannot work\n"
        ".TP\n.B 2\nthe options or the configuration file are wrong\n"
        ".TP\n.B 3\na good run, ended by a signal while a read of a slide or of its folder did not return: every "
        "request\n"
        "was answered, and the log says what was left\n"
        ".SH SIGNALS\n"
        ".TP\n.BR TERM , \" INT\"\n"
        "New requests and \\fI/readyz\\fR are answered 503; what was asked for before is answered, and the daemon\n"
        "exits with 0. What cannot be answered before \\fBdrain\\-timeout\\fR is over gets 503. A second signal ends "
        "the\n"
        "daemon at once.\n"
        ".TP\n.B HUP\n"
        "Looks at the folder of slides now, and opens files of its logs again. The settings are not read again: that\n"
        "takes a restart.\n"
        ".SH ENVIRONMENT\n"
        ".TP\n.B OG_CPU\n"
        "Chooses the pixel kernels: scalar, avx2 or neon. Every choice gives the same bytes; one that this\n"
        "processor does not run is an error.\n"
        ".TP\n.B NOTIFY_SOCKET\nWhere the service manager wants to be told, see\n.BR sd_notify (3).\n"
        ".SH FILES\n"
        ".TP\n.I /etc/origami/origamid.conf\nThe settings with which the unit \\fIorigamid.service\\fR starts it; see\n"
        ".BR origamid.conf (5).\n"
        ".TP\n.I DIR/NAME.tif\nA slide, made by\n.BR origami (1).\n"
        ".SH EXAMPLES\n"
        ".TP\n.B origamid \\-\\-slides slides\nServes the slides of a folder to this machine.\n"
        ".TP\n.B origamid \\-\\-config /etc/origami/origamid.conf \\-\\-check\\-config\n"
        "Tells whether the service would start, and how much memory it may come to use.\n"
        ".SH SEE ALSO\n.BR origami (1),\n.BR origamid.conf (5),\n.BR systemctl (1)\n",
        out);
}

void og_params_man_config(FILE *out)
{
    print_heading("ORIGAMID.CONF 5", out);
    fputs(
        ".SH NAME\norigamid.conf \\- settings of the Origami tile server\n"
        ".SH SYNOPSIS\n.B origamid \\-\\-config /etc/origami/origamid.conf\n"
        ".SH DESCRIPTION\n"
        "One setting in a line, \\fIname\\fR = \\fIvalue\\fR. Empty lines and lines that begin with # are skipped.\n"
        "A value is all that follows up to the end of the line: no comment may stand behind it, and quotes are a\n"
        "part of it. Relative paths are relative to the folder in which \\fBorigamid\\fR is started, not to the file.\n"
        "Options of the same names on the command line win over the file. A name that does not exist, a name that\n"
        "is given twice and a value that is out of bounds are errors, which name file and line, and the daemon does\n"
        "not start. \\fBorigamid \\-\\-print\\-config\\fR writes a file with every default.\n"
        ".SH SETTINGS\n",
        out);
    for (size_t i = 0; i < og_params_rows; i++)
        if (!og_params_table[i].only_flag)
            print_row(&og_params_table[i], "", " = ", out);
    fputs(".SH FILES\n"
          ".TP\n.I /etc/origami/origamid.conf\n"
          "What the unit \\fIorigamid.service\\fR reads; below another prefix when it is installed there.\n"
          ".SH EXAMPLES\n.nf\nslides = /srv/slides\nlisten = 127.0.0.1:8080\ncache = 2G\n.fi\n"
          ".SH SEE ALSO\n.BR origamid (8),\n.BR origami (1)\n",
          out);
}
