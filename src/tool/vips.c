/* SPDX-License-Identifier: MIT */
#include "tool/vips.h"

static void say_nothing(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    (void)domain, (void)level, (void)text, (void)data;
}

enum og_status og_vips_start(struct og_error *err)
{
    if (VIPS_INIT("origami"))
        return og_vips_error(err, OG_INTERNAL, "libvips", "start");
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, say_nothing, NULL);
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    return OG_OK;
}

enum og_status og_vips_error(struct og_error *err, enum og_status status, const char *path, const char *what)
{
    char *text = vips_error_buffer_copy();
    g_strstrip(text);
    for (char *c = text; *c; c++)
        if (*c == '\n')
            *c = ';';
    og_error_set(err, status, "%s: cannot %s: %s", path, what, *text ? text : "libvips gives no reason");
    g_free(text);
    return status;
}
