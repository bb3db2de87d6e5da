/* SPDX-License-Identifier: MIT */
#include "slide/description.h"

#include <string.h>

#include "base/tile.h"
#include "description_json.h"
#include "slide/pyramid.h"

#define TEXT_MAX          ((size_t)1 << 20)
#define MPP_MAX           1e6
#define MAGNIFICATION_MAX 1e4
#define PSNR_MAX          1e3
#define STEP_MAX          65535

char *og_description_print(const struct og_description *description)
{
    json_t *json = og_description_json(description);
    char *printed = json ? json_dumps(json, OG_JSON_FLAGS) : NULL;
    json_decref(json);
    return printed;
}

/* One object of the text, and how the error calls it: "fidelity.L0." */
struct node {
    const json_t *object;
    char path[40];
};

/* The first failure stays; later reads do nothing. */
struct reader {
    enum og_status status;
    struct og_error *err;
};

static void refuse(struct reader *r, const struct node *at, const char *key, const char *reason)
{
    if (r->status == OG_OK)
        r->status = og_error_set(r->err, OG_DAMAGED, "description: %s%s %s", at->path, key, reason);
}

static const json_t *find(const struct node *at, const char *key)
{
    const json_t *value = json_object_get(at->object, key);
    return json_is_null(value) ? NULL : value;
}

/* An absent object has no members. */
static struct node child(struct reader *r, const struct node *at, const char *key)
{
    struct node node = {.object = find(at, key)};
    size_t n = strlen(at->path), more = strlen(key);
    memcpy(node.path, at->path, n);
    memcpy(node.path + n, key, more);
    node.path[n + more] = '.';
    if (node.object && !json_is_object(node.object)) {
        refuse(r, at, key, "is not an object");
        node.object = NULL;
    }
    return node;
}

static uint64_t whole(struct reader *r, const struct node *at, const char *key, uint64_t min, uint64_t max)
{
    const json_t *value = find(at, key);
    if (!value) {
        if (min > 0)
            refuse(r, at, key, "is missing");
        return 0;
    }
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0)
        refuse(r, at, key, "is not a natural number");
    else if ((uint64_t)number < min || (uint64_t)number > max)
        refuse(r, at, key, "is out of range");
    else
        return (uint64_t)number;
    return 0;
}

static double real(struct reader *r, const struct node *at, const char *key, double min, double max)
{
    const json_t *value = find(at, key);
    if (!value)
        return 0;
    double number = json_number_value(value);
    if (!json_is_number(value))
        refuse(r, at, key, "is not a number");
    else if (!(number >= min && number <= max))
        refuse(r, at, key, "is out of range");
    else
        return number;
    return 0;
}

static void text(struct reader *r, const struct node *at, const char *key, char *out, size_t room)
{
    const json_t *value = find(at, key);
    out[0] = '\0';
    if (!value)
        return;
    if (!json_is_string(value)) {
        refuse(r, at, key, "is not a text");
        return;
    }
    const char *from = json_string_value(value);
    size_t n = json_string_length(value);
    if (n >= room)
        for (n = room - 1; n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80;)
            n--; /* never half a character */
    for (size_t i = 0; i < n; i++)
        out[i] = (char)((unsigned char)from[i] < ' ' || from[i] == 0x7f ? '?' : from[i]);
    out[n] = '\0';
}

static void read_format(struct reader *r, const struct node *root)
{
    if (!find(root, "origami")) {
        r->status = og_error_set(r->err, OG_UNSUPPORTED, "not an Origami slide: its description lacks \"origami\"");
        return;
    }
    uint64_t version = whole(r, root, "origami", 1, INT32_MAX);
    if (r->status == OG_OK && version != OG_FORMAT_VERSION)
        r->status = og_error_set(r->err, OG_UNSUPPORTED, "description: format version %llu, this program reads %d",
                                 (unsigned long long)version, OG_FORMAT_VERSION);
}

/* `count` from the one numbered `first` on, of an array; `all` is how it ought to be. */
static void weights(struct reader *r, const struct node *at, const char *key, unsigned first, unsigned count,
                    int8_t *out, const char *all)
{
    for (unsigned i = 0; i < count; i++) {
        const json_t *weight = json_array_get(find(at, key), first + i);
        json_int_t number = json_integer_value(weight);
        if (!json_is_integer(weight) || number < INT8_MIN || number > INT8_MAX)
            refuse(r, at, key, all);
        else
            out[i] = (int8_t)number;
    }
}

static void array(struct reader *r, const struct node *at, const char *key, size_t size, const char *all)
{
    if (!find(at, key))
        refuse(r, at, key, "is missing");
    else if (json_array_size(find(at, key)) != size)
        refuse(r, at, key, all);
}

static struct og_taps taps(struct reader *r, const struct node *at, const char *key)
{
    static const char all[] = "is not twelve small numbers";
    struct og_taps found = {{{0}}, {{0}}};
    array(r, at, key, 2 * OG_TAPS, all);
    weights(r, at, key, 0, OG_TAPS, found.down.of, all);
    weights(r, at, key, OG_TAPS, OG_TAPS, found.along.of, all);
    if (!og_taps_are_valid(&found))
        refuse(r, at, key, "are not weights that add up to 64, those above zero to 127 at most");
    return found;
}

static struct og_smoothing smoothing(struct reader *r, const struct node *at, const char *key)
{
    static const char all[] = "is not nine small numbers";
    enum { SIDE = OG_SMOOTHING_REACH + 1 };
    struct og_smoothing found = {{{0}}};
    array(r, at, key, SIDE * SIDE, all);
    for (unsigned v = 0; v < SIDE; v++)
        weights(r, at, key, SIDE * v, SIDE, found.of[v], all);
    if (!og_smoothing_is_valid(&found))
        refuse(r, at, key, "are not weights whose sizes, at 25 places, add up to 255 at most");
    return found;
}

static void read_predictor(struct reader *r, const struct node *root, struct og_description *d)
{
    bool is_cubic = strcmp(d->upsample, OG_PREDICTOR_NAME_CUBIC) == 0;
    if (!is_cubic && strcmp(d->upsample, OG_PREDICTOR_NAME) != 0) {
        r->status =
            og_error_set(r->err, OG_UNSUPPORTED, "description: predictor \"%s\", this program knows \"%s\" and \"%s\"",
                         d->upsample, OG_PREDICTOR_NAME, OG_PREDICTOR_NAME_CUBIC);
        return;
    }
    struct node all = child(r, root, "taps");
    for (unsigned i = 0; i < OG_PREDICTED; i++)
        d->tuning.taps[i] = is_cubic ? og_taps_cubic : taps(r, &all, og_description_predicted[i]);
    d->tuning.smoothing = is_cubic ? og_smoothing_none : smoothing(r, root, "smoothing");
}

static void read_geometry(struct reader *r, const struct node *root, struct og_description *d)
{
    d->width = (uint32_t)whole(r, root, "width", 1, OG_PYRAMID_SIDE_MAX);
    d->height = (uint32_t)whole(r, root, "height", 1, OG_PYRAMID_SIDE_MAX);
    d->tile = (uint32_t)whole(r, root, "tile", 1, UINT32_MAX);
    text(r, root, "upsample", d->upsample, sizeof d->upsample);
    if (r->status == OG_OK && d->tile != OG_TILE_SIZE)
        r->status = og_error_set(r->err, OG_UNSUPPORTED, "description: tiles of %u pixels, this program reads %d",
                                 d->tile, OG_TILE_SIZE);
    if (r->status == OG_OK && !d->upsample[0])
        refuse(r, root, "upsample", "is missing");
    if (r->status == OG_OK)
        read_predictor(r, root, d);
}

static void read_facts(struct reader *r, const struct node *root, struct og_description *d)
{
    d->mpp_x = real(r, root, "mpp_x", 0, MPP_MAX);
    d->mpp_y = real(r, root, "mpp_y", 0, MPP_MAX);
    d->magnification = real(r, root, "magnification", 0, MAGNIFICATION_MAX);
    text(r, root, "vendor", d->vendor, sizeof d->vendor);
    text(r, root, "icc", d->icc, sizeof d->icc);

    struct node encoder = child(r, root, "encoder");
    text(r, &encoder, "version", d->encoder.version, sizeof d->encoder.version);
    d->encoder.base_quality = (int)whole(r, &encoder, "base_quality", 0, 100);
    d->encoder.l1_step = (int)whole(r, &encoder, "l1_step", 0, STEP_MAX);
    d->encoder.l0_step = (int)whole(r, &encoder, "l0_step", 0, STEP_MAX);
    d->encoder.chroma_step = (int)whole(r, &encoder, "chroma_step", 0, STEP_MAX);
    d->encoder.aim = real(r, &encoder, "aim", 0, PSNR_MAX);

    struct node source = child(r, root, "source");
    text(r, &source, "name", d->source.name, sizeof d->source.name);
    d->source.size = whole(r, &source, "size", 0, INT64_MAX);
    text(r, &source, "digest", d->source.digest, sizeof d->source.digest);
}

static void read_levels(struct reader *r, const struct node *root, struct og_description *d)
{
    static const char *const names[3] = {"L0", "L1", "L2"};
    struct node fidelity = child(r, root, "fidelity"), bytes = child(r, root, "bytes");
    for (unsigned depth = 0; depth < 3; depth++) {
        struct node level = child(r, &fidelity, names[depth]), worst = child(r, &level, "worst");
        d->fidelity[depth] = (struct og_fidelity){
            .psnr_luma = real(r, &level, "psnr_luma", 0, PSNR_MAX),
            .psnr_rgb = real(r, &level, "psnr_rgb", 0, PSNR_MAX),
            .psnr_tissue = real(r, &level, "psnr_tissue", 0, PSNR_MAX),
            .ssim = real(r, &level, "ssim", -1, 1),
            .worst_psnr_luma = real(r, &worst, "psnr_luma", 0, PSNR_MAX),
            .worst_x = (uint32_t)whole(r, &worst, "x", 0, OG_PYRAMID_SIDE_MAX),
            .worst_y = (uint32_t)whole(r, &worst, "y", 0, OG_PYRAMID_SIDE_MAX),
        };
        d->bytes[depth] = whole(r, &bytes, names[depth], 0, INT64_MAX);
    }
}

enum og_status og_description_parse(const char *json_text, size_t length, struct og_description *out,
                                    struct og_error *err)
{
    if (length > TEXT_MAX)
        return og_error_set(err, OG_DAMAGED, "description: %zu bytes are too many", length);
    if (length == 0 || json_text[0] != '{')
        return og_error_set(err, OG_UNSUPPORTED, "not an Origami slide: its description is not JSON");
    json_error_t at;
    json_t *json = json_loadb(json_text, length, JSON_REJECT_DUPLICATES, &at);
    if (!json)
        return og_error_set(err, OG_DAMAGED, "description: byte %d: %s", at.position, at.text);

    struct reader reader = {.status = OG_OK, .err = err};
    struct node root = {.object = json};
    struct og_description d = {0};
    read_format(&reader, &root);
    if (reader.status == OG_OK) {
        read_geometry(&reader, &root, &d);
        read_facts(&reader, &root, &d);
        read_levels(&reader, &root, &d);
    }
    json_decref(json);
    if (reader.status == OG_OK)
        *out = d;
    return reader.status;
}
