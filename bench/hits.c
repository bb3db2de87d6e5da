/* SPDX-License-Identifier: MIT */
/*
 * Hit ratios: hit_ratio.h; with --parameters what S3-FIFO's parameters are worth.
 */
#include <string.h>

#include "hit_ratio.h"

int main(int argc, char **argv)
{
    struct report report = report_open("hits", argc, argv);
    bool parameters = false;
    for (int i = 1; i < argc; i++)
        parameters = parameters || strcmp(argv[i], "--parameters") == 0;
    if (parameters)
        hit_ratio_parameters(&report);
    else
        hit_ratio(&report);
    return 0;
}
