/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_SETTINGS_H
#define OG_DAEMON_SETTINGS_H
/*
 * og_settings: what resolved parameters mean to the parts of the daemon.
 *
 * Threads: any. Ownership: borrows the parameters, whose strings the answers hold. Errors: none.
 */
#include "daemon/memory.h"
#include "daemon/params.h"

struct og_engine_options og_settings_engine(const struct og_params *params);
struct og_server_options og_settings_server(const struct og_params *params, struct og_address address);
struct og_memory_bound og_settings_memory(const struct og_params *params);

bool og_settings_keep_access_log(const struct og_params *params);
const char *og_settings_access_log_file(const struct og_params *params); /* NULL: none, or it goes where the log goes */

#endif
