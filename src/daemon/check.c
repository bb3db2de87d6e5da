/* SPDX-License-Identifier: MIT */
#include "daemon/check.h"

#include <stdio.h>
#include <string.h>

#include "daemon/machine.h"
#include "daemon/settings.h"
#include "engine/library.h"
#include "http/access_log.h"
#include "http/server.h"

#define SENTENCE_ROOM 320

static enum og_status check_address(const char *text, og_check_tell *tell, void *context, struct og_error *err)
{
    struct og_address address;
    enum og_status status = og_address_parse(text, &address, err);
    if (status == OG_OK)
        status = og_listen_try(&address, err);
    if (status != OG_BUSY)
        return status == OG_OK ? OG_OK : og_error_prefix(err, "server");
    tell(context, err->text);
    return OG_OK;
}

enum og_status og_check_start(const struct og_params *params, og_check_tell *tell, void *context, struct og_error *err)
{
    enum og_status status = og_library_check_folder(params->slides, err);
    if (status != OG_OK)
        return og_error_prefix(err, "slides");
    if (og_settings_access_log_file(params))
        status = og_access_log_check(og_settings_access_log_file(params), err);
    if (status != OG_OK)
        return og_error_prefix(err, "access log");
    return check_address(params->listen, tell, context, err);
}

void og_check_machine(const struct og_params *params, og_check_tell *tell, void *context)
{
    char sentence[SENTENCE_ROOM];
    uint64_t memory = og_machine_memory(""), bound = og_settings_memory(params).fixed;
    unsigned wanted = (unsigned)params->connections, allowed = og_server_connections(wanted);
    if (allowed < wanted) {
        snprintf(sentence, sizeof sentence,
                 "only %u connections at once instead of %u: the limit of open files leaves no more; raise LimitNOFILE "
                 "or ulimit -n",
                 allowed, wanted);
        tell(context, sentence);
    }
    if (bound > memory) {
        snprintf(sentence, sizeof sentence,
                 "the daemon may come to use %llu MiB, and the machine or its control group has %llu: lower cache, "
                 "connections or workers",
                 (unsigned long long)(bound >> 20), (unsigned long long)(memory >> 20));
        tell(context, sentence);
    }
}
