/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "image/jpeg.h"
#include "tool/verbs.h"

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a reader that left is a failed write, and so is a file that grew too large */
    signal(SIGXFSZ, SIG_IGN);
    og_jpeg_clean_environment();
    return og_tool_main(argc, (const char *const *)argv, stdout, stderr);
}
