/* SPDX-License-Identifier: MIT */
#include "rrip_summary.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

static bool says(const json_t *object, const char *key, const char *word)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && strcmp(text, word) == 0;
}

static enum og_predictor predictor_of(const json_t *summary)
{
    if (says(summary, "mode", "ingest") || says(summary, "mode", "gpu-encode") ||
        json_object_get(summary, "residual_jpeg_q_L"))
        return OG_PREDICTOR_BILINEAR_ROUNDED;
    if (!json_object_get(summary, "mode") && json_object_get(summary, "l1_residuals") &&
        json_object_get(summary, "parents"))
        return OG_PREDICTOR_BILINEAR;
    return OG_RRIP_WITHOUT_SUMMARY;
}

enum og_status og_rrip_summary(const char *text, size_t length, enum og_predictor *out, struct og_error *err)
{
    json_error_t at;
    json_t *summary = json_loadb(text, length, 0, &at);
    if (!summary)
        return og_error_set(err, OG_DAMAGED, "byte %d: %s", at.position, at.text);
    enum og_status status = OG_OK;
    if (json_is_object(summary))
        *out = predictor_of(summary);
    else
        status = og_error_set(err, OG_DAMAGED, "not a JSON object");
    json_decref(summary);
    return status;
}
