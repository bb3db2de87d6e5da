/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_PARAMS_H
#define OG_DAEMON_PARAMS_H
/*
 * og_params: every setting of the daemon, and the one table that yields the flags, the configuration file, --help,
 * --check-config, conf/origamid.conf and the manual pages. A new setting is a member here and a row in params.c.
 *
 * Threads:   single-threaded: read before threads exist, constant afterwards.
 * Ownership: a value; texts are copied into it.
 * Errors:    `err` names the flag, or the file and line, what was found and what was expected.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/log.h"
#include "base/status.h"

#define OG_PARAMS_MAX     32
#define OG_PARAM_TEXT_MAX 1024
#define OG_PARAM_AUTO     UINT64_MAX /* "auto": og_params_resolve puts a number in its place */

struct og_params {
    char slides[OG_PARAM_TEXT_MAX];
    char listen[OG_PARAM_TEXT_MAX];
    uint64_t rescan; /* seconds */
    uint64_t workers, http_threads, cache_bytes, quality, stack_bytes;
    uint64_t pin, huge_pages, cache_private, forwarded; /* 0 or 1 */
    uint64_t cache_max_age;                             /* seconds */
    uint64_t connections, idle_seconds, answer_seconds, deadline_seconds;
    char base_path[OG_PARAM_TEXT_MAX];
    uint64_t reader;                    /* an og_reader_kind */
    uint64_t log_level;                 /* an og_log_level */
    uint64_t log_format;                /* an og_log_format */
    char access_log[OG_PARAM_TEXT_MAX]; /* "no", "yes" or a file */
    uint64_t drain_seconds;
    char config[OG_PARAM_TEXT_MAX];
    bool check_config, print_config, print_man, print_man_config, help, version;
};

enum og_param_type {
    OG_PARAM_TEXT,
    OG_PARAM_ADDRESS,
    OG_PARAM_PATH,
    OG_PARAM_COUNT,
    OG_PARAM_SIZE,
    OG_PARAM_YES_NO,
    OG_PARAM_READER,
    OG_PARAM_LEVEL,
    OG_PARAM_CHOICE,
    OG_PARAM_SWITCH,
};

struct og_param {
    const char *name;     /* "http-threads": the flag is --http-threads, the line in the file http-threads = 4 */
    const char *value;    /* what a value is called in --help: "DIR"; NULL for a switch; of a choice: "a|b" */
    const char *fallback; /* what is taken when nobody says anything, as text */
    const char *sentence;
    size_t offset;     /* of the member */
    uint64_t min, max; /* of numbers */
    enum og_param_type type;
    bool may_be_auto;
    bool only_flag; /* cannot stand in the file */
};

extern const struct og_param og_params_table[];
extern const size_t og_params_rows;

void og_params_init(struct og_params *params); /* every fallback */

/* Sets one row from text; the error does not say where the text came from. */
OG_CHECKED enum og_status og_param_set(struct og_params *params, const struct og_param *row, const char *text,
                                       struct og_error *err);
const struct og_param *og_param_find(const char *name, size_t length);                      /* NULL: no such setting */
void og_param_print(const struct og_params *params, const struct og_param *row, FILE *out); /* the value */

#define OG_PARAM_SIZE_TEXT 24

void og_param_size_text(uint64_t bytes, char out[OG_PARAM_SIZE_TEXT]); /* as it may be set: "512K" */
/* Of a number: "1 to 96 or auto"; else nothing, `before` and `after` neither. */
void og_param_print_range(const struct og_param *row, const char *before, const char *after, FILE *out);

/* params_args.c: flags into `params`; --config is read before, so that flags win. */
OG_CHECKED enum og_status og_params_from_arguments(struct og_params *params, int count, char **arguments,
                                                   struct og_error *err);
/* params_file.c: "name = value" lines, # starts a comment */
OG_CHECKED enum og_status og_params_from_file(struct og_params *params, const char *path, struct og_error *err);

/* Fits "auto" to this machine; refuses what cannot work: no slides folder, an address that is none. */
OG_CHECKED enum og_status og_params_resolve(struct og_params *params, struct og_error *err);

/* params_print.c */
void og_params_help(FILE *out);
void og_params_print_config(FILE *out);                                    /* the commented file with every default */
void og_params_print_effective(const struct og_params *params, FILE *out); /* what would be served with */

/* params_man.c: manual pages, for groff or man -l */
void og_params_man_daemon(FILE *out); /* origamid(8) */
void og_params_man_config(FILE *out); /* origamid.conf(5) */

#endif
