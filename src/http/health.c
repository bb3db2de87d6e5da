/* SPDX-License-Identifier: MIT */
#include "http/endpoints.h"

struct og_reply og_answer_health(const struct og_request *request)
{
    return og_reply_status(request->route->kind, OG_OK);
}

struct og_reply og_answer_ready(const struct og_request *request)
{
    return og_reply_status(request->route->kind, og_site_is_stopping(request->site) ? OG_STOPPING : OG_OK);
}
