/* SPDX-License-Identifier: MIT */
#include "image/colour_difference.h"

#include <math.h>
#include <stdbool.h>

#define PI            3.14159265358979323846
#define POWER_7_OF_25 6103515625.0

static double bent_root(double t)
{
    return t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0;
}

void og_lab_scale_make(struct og_lab_scale *out)
{
    for (int i = 0; i < 256; i++) {
        double v = i / 255.0;
        out->linear[i] = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
    }
    for (int i = 0; i < OG_LAB_CELLS + 2; i++)
        out->root[i] = bent_root((double)i / OG_LAB_CELLS);
}

/* `t` is at most 1 but for rounding. */
static double root_of(const struct og_lab_scale *scale, double t)
{
    double at = t * OG_LAB_CELLS;
    int cell = (int)at;
    cell = cell < OG_LAB_CELLS ? cell : OG_LAB_CELLS;
    return scale->root[cell] + (at - cell) * (scale->root[cell + 1] - scale->root[cell]);
}

struct og_lab og_lab_of_srgb(const struct og_lab_scale *scale, const uint8_t rgb[3])
{
    double r = scale->linear[rgb[0]], g = scale->linear[rgb[1]], b = scale->linear[rgb[2]];
    double x = root_of(scale, (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.950470);
    double y = root_of(scale, 0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    double z = root_of(scale, (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.088830);
    return (struct og_lab){116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)};
}

static double radians(double degrees)
{
    return degrees * (PI / 180.0);
}

/* In degrees, 0 … 360; that of grey is 0. */
static double hue(double a, double b)
{
    double degrees = a == 0 && b == 0 ? 0 : atan2(b, a) * (180.0 / PI);
    return degrees < 0 ? degrees + 360.0 : degrees;
}

static double length(double a, double b)
{
    return sqrt(a * a + b * b);
}

/* sqrt(c^7 / (c^7 + 25^7)) */
static double saturation(double c)
{
    double power = c * c * c;
    power *= power * c;
    return sqrt(power / (power + POWER_7_OF_25));
}

static double mean_hue(double one, double other)
{
    double sum = one + other;
    if (fabs(one - other) <= 180.0)
        return sum / 2;
    return sum < 360.0 ? (sum + 360.0) / 2 : (sum - 360.0) / 2;
}

static double hue_step(double from, double to)
{
    double step = to - from;
    return step > 180.0 ? step - 360.0 : step < -180.0 ? step + 360.0 : step;
}

double og_delta_e2000(struct og_lab one, struct og_lab other)
{
    double stretch = 1.5 - 0.5 * saturation((length(one.a, one.b) + length(other.a, other.b)) / 2);
    double a1 = one.a * stretch, a2 = other.a * stretch;
    double c1 = length(a1, one.b), c2 = length(a2, other.b);
    double h1 = hue(a1, one.b), h2 = hue(a2, other.b);
    bool coloured = c1 > 0 && c2 > 0;
    double chroma = (c1 + c2) / 2, h = coloured ? mean_hue(h1, h2) : h1 + h2;

    double t = 1 - 0.17 * cos(radians(h - 30)) + 0.24 * cos(radians(2 * h)) + 0.32 * cos(radians(3 * h + 6)) -
               0.20 * cos(radians(4 * h - 63));
    double off_middle = (one.l + other.l) / 2 - 50, off_blue = (h - 275) / 25;
    double turn = -2 * saturation(chroma) * sin(radians(60 * exp(-off_blue * off_blue)));

    double dl = (other.l - one.l) / (1 + 0.015 * off_middle * off_middle / sqrt(20 + off_middle * off_middle));
    double dc = (c2 - c1) / (1 + 0.045 * chroma);
    double dh = coloured ? 2 * sqrt(c1 * c2) * sin(radians(hue_step(h1, h2) / 2)) / (1 + 0.015 * chroma * t) : 0;
    return sqrt(dl * dl + dc * dc + dh * dh + turn * dc * dh);
}
