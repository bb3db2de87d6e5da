/* SPDX-License-Identifier: MIT */
#include "daemon/settings.h"

#include <string.h>

#define MS_PER_S UINT64_C(1000)

struct og_engine_options og_settings_engine(const struct og_params *params)
{
    return (struct og_engine_options){.workers = (unsigned)params->workers,
                                      .cache_bytes = params->cache_bytes,
                                      .huge_pages = params->huge_pages,
                                      .threads = {.stack_bytes = params->stack_bytes, .pinned = params->pin},
                                      .quality = (int)params->quality,
                                      .reader = (enum og_reader_kind)params->reader};
}

struct og_server_options og_settings_server(const struct og_params *params, struct og_address address)
{
    struct og_server_options options = og_server_defaults(address, (unsigned)params->http_threads);
    options.stack_bytes = params->stack_bytes;
    options.connections = og_server_connections((unsigned)params->connections);
    options.idle_ms = params->idle_seconds * MS_PER_S;
    options.answer_ms = params->answer_seconds * MS_PER_S;
    options.deadline_ms = params->deadline_seconds * MS_PER_S;
    options.access_log = og_settings_keep_access_log(params);
    return options;
}

struct og_memory_bound og_settings_memory(const struct og_params *params)
{
    struct og_engine_options engine = og_settings_engine(params);
    struct og_server_options server = og_settings_server(params, (struct og_address){0});
    return og_memory_bound(&engine, &server);
}

bool og_settings_keep_access_log(const struct og_params *params)
{
    return strcmp(params->access_log, "no") != 0;
}

const char *og_settings_access_log_file(const struct og_params *params)
{
    return og_settings_keep_access_log(params) && strcmp(params->access_log, "yes") != 0 ? params->access_log : NULL;
}
