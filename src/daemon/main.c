/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/check.h"
#include "daemon/params.h"
#include "daemon/service.h"
#include "daemon/settings.h"
#include "daemon/signals.h"
#include "engine/library.h"

/*
 * jemalloc looks for this name. Its thread gives back what was freed while nobody asks for tiles any more; the number
 * of its arenas stays what it chooses.
 */
extern const char *malloc_conf;
const char *malloc_conf = "background_thread:true,max_background_threads:1,dirty_decay_ms:5000,muzzy_decay_ms:0";

enum { EXIT_GOOD = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_LEFT = 3 };

static int complain(const struct og_error *err, int status)
{
    fprintf(stderr, "origamid: %s\n", err->text);
    return status;
}

/* Standard output is full or has lost its reader? */
static int said(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_GOOD;
    fputs("origamid: not all could be written to standard output\n", stderr);
    return EXIT_FAILED;
}

static int usage(const struct og_error *err)
{
    complain(err, EXIT_USAGE);
    fputs("Try origamid --help.\n", stderr);
    return EXIT_USAGE;
}

/* Descriptors are slides and connections: what the administrator allows is taken whole. */
static void raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0)
            return;
    }
}

static void warn(void *unused, const char *sentence)
{
    (void)unused;
    fprintf(stderr, "origamid: warning: %s\n", sentence);
}

static int check(const struct og_params *params)
{
    struct og_error err;
    char memory[OG_MEMORY_TEXT];
    og_params_print_effective(params, stdout);
    og_memory_print(og_settings_memory(params), memory);
    printf("memory: %s\n", memory);
    fflush(stdout);
    if (og_check_start(params, warn, NULL, &err) != OG_OK)
        return complain(&err, EXIT_FAILED);
    og_check_machine(params, warn, NULL);
    puts("OK");
    return said();
}

static int serve(const struct og_params *params)
{
    struct og_error err;
    struct og_service *service = NULL;
    og_library_prepare_process();
    og_signals_prepare();
    if (og_service_start(params, STDERR_FILENO, &service, &err) != OG_OK)
        return complain(&err, EXIT_FAILED);
    while (og_signals_wait() == SIGHUP)
        og_service_reload(service);
    og_signals_let_kill();
    if (!og_service_stop(&service))
        _exit(EXIT_LEFT); /* what exit takes down, a thread may still use */
    return EXIT_GOOD;
}

int main(int count, char **arguments)
{
    struct og_error err;
    struct og_params params;
    og_params_init(&params);
    if (og_params_from_arguments(&params, count, arguments, &err) != OG_OK)
        return usage(&err);
    if (params.help) {
        og_params_help(stdout);
        return said();
    }
    if (og_library_check_cpu(&err) != OG_OK)
        return usage(&err);
    if (params.version) {
        printf("origamid %s\npixel kernels: %s\n", OG_VERSION, og_library_cpu_name());
        return said();
    }
    if (params.print_config) {
        og_params_print_config(stdout);
        return said();
    }
    if (params.print_man || params.print_man_config) {
        (params.print_man ? og_params_man_daemon : og_params_man_config)(stdout);
        return said();
    }
    if (og_params_resolve(&params, &err) != OG_OK)
        return usage(&err);
    raise_file_limit();
    return params.check_config ? check(&params) : serve(&params);
}
