/* SPDX-License-Identifier: MIT */
#include "daemon/params.h"

#include <assert.h>
#include <string.h>

#include "base/parse.h"
#include "base/reader_kind.h"
#include "base/thread.h"
#include "daemon/machine.h"
#include "http/listen.h"
#include "http/server.h"
#include "http/site.h"

#define WORKERS_MAX  96
#define CACHE_MIN    (UINT64_C(64) << 20)
#define CACHE_SHARE  8
#define THREADS_AUTO 4

#define AT(member) offsetof(struct og_params, member)

/* clang-format off */
const struct og_param og_params_table[] = {
    {.name = "slides", .type = OG_PARAM_TEXT, .offset = AT(slides), .fallback = "", .value = "DIR",
     .sentence = "The folder of slides: every NAME.tif made by origami encode, every NAME.dzi with its NAME_files, "
                 "and every folder NAME in the published residual layout is served as NAME. A NAME has at most 128 of A-Z a-z "
                 "0-9 . _ - and does not begin with a dot. There is no default."},
    {.name = "rescan", .type = OG_PARAM_COUNT, .offset = AT(rescan), .fallback = "60", .min = 0, .max = 86400,
     .value = "SECONDS",
     .sentence = "How often the folder of slides is read again. Changes made on this machine are noticed at once; this is "
                 "for network file systems, on which other machines' changes are not. 0: only when changes are noticed, "
                 "or on SIGHUP."},
    {.name = "listen", .type = OG_PARAM_ADDRESS, .offset = AT(listen), .fallback = "127.0.0.1:8080", .value = "ADDRESS",
     .sentence = "Where to listen: IPV4:PORT, [IPV6]:PORT, or :PORT for every IPv4 address of the machine. With port 0 "
                 "the system chooses one; the log says which."},
    {.name = "workers", .type = OG_PARAM_COUNT, .offset = AT(workers), .fallback = "auto", .min = 1, .max = WORKERS_MAX,
     .may_be_auto = true, .value = "N",
     .sentence = "Threads that decode, rebuild and encode tiles. auto: one per core."},
    {.name = "http-threads", .type = OG_PARAM_COUNT, .offset = AT(http_threads), .fallback = "auto", .min = 1,
     .max = OG_SERVER_THREADS_MAX, .may_be_auto = true, .value = "N",
     .sentence = "Threads that speak HTTP. auto: one per core, at most four."},
    {.name = "cache", .type = OG_PARAM_SIZE, .offset = AT(cache_bytes), .fallback = "auto", .min = 0,
     .max = UINT64_C(1) << 50, .may_be_auto = true, .value = "SIZE",
     .sentence = "Memory for finished tiles, in bytes or with K, M or G; 0 keeps none. auto: an eighth of the memory "
                 "that the machine or its control group allows, at least 64M."},
    {.name = "quality", .type = OG_PARAM_COUNT, .offset = AT(quality), .fallback = "90", .min = 1, .max = 100,
     .value = "Q",
     .sentence = "JPEG quality of the tiles that are rebuilt; stored tiles pass as they are."},
    {.name = "pin", .type = OG_PARAM_YES_NO, .offset = AT(pin), .fallback = "no", .value = "yes|no",
     .sentence = "Ties each worker to a processor of its own. Measured to gain nothing; for machines on which "
                 "an administrator sets processors aside."},
    {.name = "stack", .type = OG_PARAM_SIZE, .offset = AT(stack_bytes), .fallback = "512K", .min = UINT64_C(128) << 10,
     .max = UINT64_C(64) << 20, .value = "SIZE",
     .sentence = "Address space for the stack of each worker and HTTP thread; memory is taken only as far as it is "
                 "used."},
    {.name = "huge-pages", .type = OG_PARAM_YES_NO, .offset = AT(huge_pages), .fallback = "no", .value = "yes|no",
     .sentence = "Asks the system for huge pages, 2M each, for the pixels of families under work."},
    {.name = "reader", .type = OG_PARAM_READER, .offset = AT(reader), .fallback = "auto", .value = "KIND",
     .sentence = "How slides are read: pread, uring (io_uring) or mmap (guarded against files that are cut off). "
                 "Where the kind does not work, the log says so and pread is used. auto: pread, because no other is "
                 "faster from the disk, and from memory the gain is small beside the work on a tile."},
    {.name = "base-path", .type = OG_PARAM_PATH, .offset = AT(base_path), .fallback = "/", .value = "PATH",
     .sentence = "What every path begins with, for a proxy that passes a part of its own paths on unchanged: with "
                 "/origami the gallery is /origami/, and whatever lies beside it is not found."},
    {.name = "cache-max-age", .type = OG_PARAM_COUNT, .offset = AT(cache_max_age), .fallback = "3600", .min = 0,
     .max = 31536000, .value = "SECONDS",
     .sentence = "How long browsers and caches may keep tiles and thumbnails without asking again; 0: they ask each "
                 "time, which costs little when nothing has changed."},
    {.name = "cache-private", .type = OG_PARAM_YES_NO, .offset = AT(cache_private), .fallback = "no",
     .value = "yes|no",
     .sentence = "Lets only the browser's own cache keep tiles, not a shared one: for slides that not everybody may "
                 "see."},
    {.name = "forwarded", .type = OG_PARAM_YES_NO, .offset = AT(forwarded), .fallback = "no", .value = "yes|no",
     .sentence = "Believes who connects when it says who asks. Only behind a proxy that sets or deletes all of Forwarded, "
                 "X-Forwarded-For and X-Request-Id: one that it passes on lets a client choose its address."},
    {.name = "connections", .type = OG_PARAM_COUNT, .offset = AT(connections), .fallback = "4096", .min = 1,
     .max = 65536, .value = "N",
     .sentence = "How many connections may be open at once; three quarters of what the limit of open files leaves, if that is "
                 "less. Before all are taken, idle ones are closed, the oldest first, then those whose client has taken an eighth "
                 "of answer-timeout over its answer. Each adds 18K to the most memory that the daemon may come to use."},
    {.name = "idle-timeout", .type = OG_PARAM_COUNT, .offset = AT(idle_seconds), .fallback = "30", .min = 1,
     .max = 86400, .value = "SECONDS",
     .sentence = "A connection is closed when the head of its next request is not whole after so long, even when bytes "
                 "of it trickle in."},
    {.name = "answer-timeout", .type = OG_PARAM_COUNT, .offset = AT(answer_seconds), .fallback = "60", .min = 1,
     .max = 86400, .value = "SECONDS",
     .sentence = "A connection is closed when its client has not taken an answer after so long."},
    {.name = "deadline", .type = OG_PARAM_COUNT, .offset = AT(deadline_seconds), .fallback = "10", .min = 1,
     .max = 3600, .value = "SECONDS",
     .sentence = "A request for a tile that is not ready after so long is answered 503, and the work on it is given up "
                 "unless others wait for it."},
    {.name = "log-level", .type = OG_PARAM_LEVEL, .offset = AT(log_level), .fallback = "info", .value = "LEVEL",
     .sentence = "How much goes to the log on standard error: error, warn, info or debug."},
    {.name = "log-format", .type = OG_PARAM_CHOICE, .offset = AT(log_format), .fallback = "text", .value = "text|json",
     .sentence = "How the log and the access log are written: as lines of text, or one JSON object a line."},
    {.name = "access-log", .type = OG_PARAM_TEXT, .offset = AT(access_log), .fallback = "no", .value = "no|yes|FILE",
     .sentence = "A line for each answer: yes writes them to standard error, FILE is appended to and opened again on "
                 "SIGHUP. Lines are dropped and counted rather than let a request wait for them."},
    {.name = "drain-timeout", .type = OG_PARAM_COUNT, .offset = AT(drain_seconds), .fallback = "10", .min = 0,
     .max = 3600, .value = "SECONDS",
     .sentence = "How long requests under way may take after SIGTERM, and clients to fetch their answers. What waits for a slide "
                  "even then gets 503. 0: a second."},
    {.name = "config", .type = OG_PARAM_TEXT, .offset = AT(config), .fallback = "", .value = "FILE", .only_flag = true,
     .sentence = "Reads settings from FILE; flags win over it."},
    {.name = "check-config", .type = OG_PARAM_SWITCH, .offset = AT(check_config), .only_flag = true,
     .sentence = "Shows the settings that would be used, tries folder, log file and address, and exits. A port in use is a "
                 "warning only: the daemon that is to be started again may have it."},
    {.name = "print-config", .type = OG_PARAM_SWITCH, .offset = AT(print_config), .only_flag = true,
     .sentence = "Writes a commented configuration file with every default and exits."},
    {.name = "print-man", .type = OG_PARAM_SWITCH, .offset = AT(print_man), .only_flag = true,
     .sentence = "Writes the manual page origamid(8) and exits."},
    {.name = "print-man-config", .type = OG_PARAM_SWITCH, .offset = AT(print_man_config), .only_flag = true,
     .sentence = "Writes the manual page origamid.conf(5) and exits."},
    {.name = "help", .type = OG_PARAM_SWITCH, .offset = AT(help), .only_flag = true,
     .sentence = "Shows this text and exits."},
    {.name = "version", .type = OG_PARAM_SWITCH, .offset = AT(version), .only_flag = true,
     .sentence = "Shows the version and the pixel kernels that this processor runs, and exits."},
};
/* clang-format on */
const size_t og_params_rows = sizeof og_params_table / sizeof og_params_table[0];
static_assert(sizeof og_params_table / sizeof og_params_table[0] <= OG_PARAMS_MAX, "arrays by row have this size");

static void *member(const struct og_params *params, const struct og_param *row)
{
    return (char *)params + row->offset;
}

const struct og_param *og_param_find(const char *name, size_t length)
{
    for (size_t i = 0; i < og_params_rows; i++)
        if (strlen(og_params_table[i].name) == length && memcmp(og_params_table[i].name, name, length) == 0)
            return &og_params_table[i];
    return NULL;
}

static enum og_status set_text(char *out, const char *text, struct og_error *err)
{
    if (strlen(text) >= OG_PARAM_TEXT_MAX)
        return og_error_set(err, OG_INVALID, "longer than %d bytes", OG_PARAM_TEXT_MAX - 1);
    memcpy(out, text, strlen(text) + 1);
    return OG_OK;
}

static enum og_status set_address(char *out, const char *text, struct og_error *err)
{
    struct og_address address;
    enum og_status status = og_address_parse(text, &address, err);
    return status == OG_OK ? set_text(out, text, err) : status;
}

static enum og_status set_path(char *out, const char *text, struct og_error *err)
{
    if (!og_base_path_is_good(text))
        return og_error_set(err, OG_INVALID, "\"%.80s\" is not a path like / or /origami", text);
    return set_text(out, text, err);
}

static enum og_status set_count(const struct og_param *row, uint64_t *out, const char *text, struct og_error *err)
{
    if (!og_parse_decimal(text, strlen(text), row->max, out) || *out < row->min)
        return og_error_set(err, OG_INVALID, "\"%.80s\" is not a number from %llu to %llu%s", text,
                            (unsigned long long)row->min, (unsigned long long)row->max,
                            row->may_be_auto ? ", nor \"auto\"" : "");
    return OG_OK;
}

static enum og_status set_size(const struct og_param *row, uint64_t *out, const char *text, struct og_error *err)
{
    if (!og_parse_size(text, out))
        return og_error_set(err, OG_INVALID, "\"%.80s\" is not a size in bytes or with K, M or G, like 512M%s", text,
                            row->may_be_auto ? ", nor \"auto\"" : "");
    if (*out < row->min || *out > row->max) {
        char least[OG_PARAM_SIZE_TEXT], most[OG_PARAM_SIZE_TEXT];
        og_param_size_text(row->min, least);
        og_param_size_text(row->max, most);
        return og_error_set(err, OG_INVALID, "\"%.80s\" is not from %s to %s", text, least, most);
    }
    return OG_OK;
}

static enum og_status set_yes_no(uint64_t *out, const char *text, struct og_error *err)
{
    *out = strcmp(text, "yes") == 0;
    if (*out || strcmp(text, "no") == 0)
        return OG_OK;
    return og_error_set(err, OG_INVALID, "\"%.80s\" is not yes or no", text);
}

static enum og_status set_level(uint64_t *out, const char *text, struct og_error *err)
{
    for (int level = 0; level < OG_LOG_LEVELS; level++)
        if (strcmp(text, og_log_level_name(level)) == 0) {
            *out = (uint64_t)level;
            return OG_OK;
        }
    return og_error_set(err, OG_INVALID, "\"%.80s\" is not one of error, warn, info and debug", text);
}

/* The number of the word in the row's "a|b|c". */
static enum og_status set_choice(const struct og_param *row, uint64_t *out, const char *text, struct og_error *err)
{
    size_t length = strlen(text), n;
    *out = 0;
    for (const char *word = row->value; *word; word += n + (word[n] == '|'), (*out)++) {
        n = strcspn(word, "|");
        if (n == length && memcmp(word, text, n) == 0)
            return OG_OK;
    }
    return og_error_set(err, OG_INVALID, "\"%.80s\" is not one of %s", text, row->value);
}

static enum og_status set_reader(uint64_t *out, const char *text, struct og_error *err)
{
    for (int kind = 0; kind < OG_READER_KINDS; kind++)
        if (strcmp(text, og_reader_kind_name(kind)) == 0) {
            *out = (uint64_t)kind;
            return OG_OK;
        }
    return og_error_set(err, OG_INVALID, "\"%.80s\" is not one of auto, pread, uring and mmap", text);
}

enum og_status og_param_set(struct og_params *params, const struct og_param *row, const char *text,
                            struct og_error *err)
{
    void *out = member(params, row);
    uint64_t number = 0;
    enum og_status status = OG_OK;
    if (row->may_be_auto && strcmp(text, "auto") == 0) {
        *(uint64_t *)out = OG_PARAM_AUTO;
        return OG_OK;
    }
    switch (row->type) {
    case OG_PARAM_TEXT:
        return set_text(out, text, err);
    case OG_PARAM_ADDRESS:
        return set_address(out, text, err);
    case OG_PARAM_PATH:
        return set_path(out, text, err);
    case OG_PARAM_SWITCH:
        *(bool *)out = true;
        return OG_OK;
    case OG_PARAM_COUNT:
        status = set_count(row, &number, text, err);
        break;
    case OG_PARAM_SIZE:
        status = set_size(row, &number, text, err);
        break;
    case OG_PARAM_YES_NO:
        status = set_yes_no(&number, text, err);
        break;
    case OG_PARAM_READER:
        status = set_reader(&number, text, err);
        break;
    case OG_PARAM_LEVEL:
        status = set_level(&number, text, err);
        break;
    case OG_PARAM_CHOICE:
        status = set_choice(row, &number, text, err);
        break;
    }
    if (status == OG_OK)
        *(uint64_t *)out = number;
    return status;
}

void og_params_init(struct og_params *params)
{
    memset(params, 0, sizeof *params);
    for (size_t i = 0; i < og_params_rows; i++)
        if (og_params_table[i].fallback) {
            enum og_status never_fails = og_param_set(params, &og_params_table[i], og_params_table[i].fallback, NULL);
            (void)never_fails;
        }
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t share_of(uint64_t memory)
{
    uint64_t whole_megabytes = memory / CACHE_SHARE >> 20 << 20;
    return memory != UINT64_MAX && whole_megabytes > CACHE_MIN ? whole_megabytes : CACHE_MIN;
}

enum og_status og_params_resolve(struct og_params *params, struct og_error *err)
{
    uint64_t cores = og_thread_cores();
    if (params->slides[0] == '\0')
        return og_error_set(err, OG_INVALID,
                            "which slides? Say --slides DIR, or slides = DIR in the configuration file");
    if (params->workers == OG_PARAM_AUTO)
        params->workers = least(cores, WORKERS_MAX);
    if (params->http_threads == OG_PARAM_AUTO)
        params->http_threads = least(cores, THREADS_AUTO);
    if (params->cache_bytes == OG_PARAM_AUTO)
        params->cache_bytes = share_of(og_machine_memory(""));
    return OG_OK;
}
