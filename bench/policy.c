/* SPDX-License-Identifier: MIT */
/*
 * What the parameters of S3-FIFO are worth on viewers' paths and on Zipf's law, in exact simulation.
 */
#include "hit_ratio.h"

int main(int argc, char **argv)
{
    struct report report = report_open("policy", argc, argv);
    hit_ratio_parameters(&report);
    return 0;
}
