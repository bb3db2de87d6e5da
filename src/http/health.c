/* SPDX-License-Identifier: MIT */
#include "http/endpoints.h"

struct og_reply og_answer_health(const struct og_request *request)
{
    return og_reply_status(request->route->kind, OG_OK);
}

struct og_reply og_answer_ready(const struct og_request *request)
{
    bool stopping = atomic_load_explicit(&request->site->stopping, memory_order_acquire); /* H2 pairs with H1 */
    return og_reply_status(request->route->kind, stopping ? OG_STOPPING : OG_OK);
}
