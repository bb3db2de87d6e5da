/* SPDX-License-Identifier: MIT */
#include "description_json.h"

#include <math.h>
#include <string.h>

const char *const og_description_predicted[OG_PREDICTED] = {"L0", "L1", "chroma"};

#define PSNR_PRINTED_MAX 100.0

void og_json_put(json_t **object, const char *key, json_t *value)
{
    if (*object && json_object_set_new(*object, key, value) == 0)
        return;
    if (!*object)
        json_decref(value);
    json_decref(*object);
    *object = NULL;
}

json_t *og_json_count(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

/* 0 and what is not finite: null, "unknown". */
static json_t *number_json(double value)
{
    return isfinite(value) && value != 0 ? json_real(value) : json_null();
}

/* Empty: null; where it is not UTF-8 its bytes above 127 become '?'. */
static json_t *text_json(const char *text)
{
    if (!text[0])
        return json_null();
    json_t *whole = json_string(text);
    if (whole)
        return whole;
    char plain[256];
    size_t n = 0;
    for (; text[n] && n < sizeof plain; n++)
        plain[n] = (char)((unsigned char)text[n] < 0x80 ? text[n] : '?');
    return json_stringn(plain, n);
}

static json_t *psnr(double value)
{
    return number_json(value > PSNR_PRINTED_MAX ? PSNR_PRINTED_MAX : value);
}

static json_t *fidelity_json(const struct og_fidelity *f)
{
    json_t *worst = json_object(), *level = json_object();
    og_json_put(&worst, "x", og_json_count(f->worst_x));
    og_json_put(&worst, "y", og_json_count(f->worst_y));
    og_json_put(&worst, "psnr_luma", psnr(f->worst_psnr_luma));
    og_json_put(&level, "psnr_luma", psnr(f->psnr_luma));
    og_json_put(&level, "psnr_rgb", psnr(f->psnr_rgb));
    og_json_put(&level, "psnr_tissue", psnr(f->psnr_tissue));
    og_json_put(&level, "ssim", number_json(f->ssim));
    og_json_put(&level, "worst", worst);
    return level;
}

static json_t *encoder_json(const struct og_description *d)
{
    json_t *encoder = json_object();
    og_json_put(&encoder, "version", text_json(d->encoder.version));
    og_json_put(&encoder, "base_quality", json_integer(d->encoder.base_quality));
    og_json_put(&encoder, "l1_step", json_integer(d->encoder.l1_step));
    og_json_put(&encoder, "l0_step", json_integer(d->encoder.l0_step));
    if (d->encoder.chroma_step)
        og_json_put(&encoder, "chroma_step", json_integer(d->encoder.chroma_step));
    og_json_put(&encoder, "aim", number_json(d->encoder.aim));
    return encoder;
}

static json_t *source_json(const struct og_description *d)
{
    json_t *source = json_object();
    og_json_put(&source, "name", text_json(d->source.name));
    og_json_put(&source, "size", og_json_count(d->source.size));
    og_json_put(&source, "digest", text_json(d->source.digest));
    return source;
}

static void append(json_t **array, const int8_t *weights, unsigned count)
{
    for (unsigned i = 0; i < count && *array; i++)
        if (json_array_append_new(*array, json_integer(weights[i])) != 0) {
            json_decref(*array);
            *array = NULL;
        }
}

static json_t *taps_json(const struct og_description *d)
{
    json_t *all = json_object();
    for (unsigned i = 0; i < OG_PREDICTED; i++) {
        json_t *weights = json_array();
        append(&weights, d->tuning.taps[i].down.of, OG_TAPS);
        append(&weights, d->tuning.taps[i].along.of, OG_TAPS);
        og_json_put(&all, og_description_predicted[i], weights);
    }
    return all;
}

static json_t *smoothing_json(const struct og_description *d)
{
    json_t *weights = json_array();
    for (unsigned v = 0; v <= OG_SMOOTHING_REACH; v++)
        append(&weights, d->tuning.smoothing.of[v], OG_SMOOTHING_REACH + 1);
    return weights;
}

json_t *og_description_json(const struct og_description *d)
{
    static const char *const levels[3] = {"L0", "L1", "L2"};
    json_t *fidelity = json_object(), *bytes = json_object(), *all = json_object();
    for (unsigned depth = 0; depth < 3; depth++) {
        og_json_put(&fidelity, levels[depth], fidelity_json(&d->fidelity[depth]));
        og_json_put(&bytes, levels[depth], og_json_count(d->bytes[depth]));
    }
    og_json_put(&all, "origami", json_integer(OG_FORMAT_VERSION));
    og_json_put(&all, "width", og_json_count(d->width));
    og_json_put(&all, "height", og_json_count(d->height));
    og_json_put(&all, "tile", og_json_count(d->tile));
    og_json_put(&all, "upsample", text_json(d->upsample));
    if (strcmp(d->upsample, OG_PREDICTOR_NAME) == 0) {
        og_json_put(&all, "taps", taps_json(d));
        og_json_put(&all, "smoothing", smoothing_json(d));
    }
    og_json_put(&all, "mpp_x", number_json(d->mpp_x));
    og_json_put(&all, "mpp_y", number_json(d->mpp_y));
    og_json_put(&all, "magnification", number_json(d->magnification));
    og_json_put(&all, "vendor", text_json(d->vendor));
    og_json_put(&all, "icc", text_json(d->icc));
    og_json_put(&all, "encoder", encoder_json(d));
    og_json_put(&all, "source", source_json(d));
    og_json_put(&all, "fidelity", fidelity);
    og_json_put(&all, "bytes", bytes);
    return all;
}
