/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/deepzoom.h"
#include "image/jpeg.h"
#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/rrip.h"

struct program {
    pid_t pid;
    int output; /* its standard output and error */
    char text[16384];
    size_t n;
};

/* `words` are its arguments, separated by blanks; `files` limits its descriptors, unless it is NULL. */
static void run_limited(struct program *p, const char *words, const struct rlimit *files)
{
    char text[1024], *arguments[16] = {(char *)ORIGAMID};
    int count = 1, pipes[2];
    snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    *p = (struct program){0};
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    p->pid = fork();
    if (p->pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        dup2(pipes[1], STDERR_FILENO);
        if (!files || setrlimit(RLIMIT_NOFILE, files) == 0)
            execv(ORIGAMID, arguments);
        _exit(127);
    }
    close(pipes[1]);
    p->output = pipes[0];
}

static void run(struct program *p, const char *words)
{
    run_limited(p, words, NULL);
}

static bool read_until(struct program *p, const char *part)
{
    while (!strstr(p->text, part)) {
        ssize_t n = read(p->output, p->text + p->n, sizeof p->text - 1 - p->n);
        if (n <= 0)
            return false;
        p->n += (size_t)n;
    }
    return true;
}

static int wait_status(struct program *p)
{
    int status;
    read_until(p, "\x01"); /* to the end */
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    close(p->output);
    return status;
}

static int exit_code(struct program *p)
{
    int status = wait_status(p);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static uint16_t await_port(struct program *p)
{
    static const char before[] = "listening on http://127.0.0.1:";
    unsigned port = 0;
    if (!read_until(p, before))
        fail_msg("%s", p->text);
    assert_int_equal(sscanf(strstr(p->text, before) + strlen(before), "%u/", &port), 1);
    return (uint16_t)port;
}

static int set_up(void **state)
{
    folder_setup(state);
    deepzoom_write(*state, "s", 300, 200, 0);
    return 0;
}

static uint16_t serve(struct program *p, const struct folder *folder)
{
    char words[256];
    snprintf(words, sizeof words, "--slides %s --listen 127.0.0.1:0 --workers 2 --http-threads 2 --cache 8M",
             folder->path);
    run(p, words);
    return await_port(p);
}

static void a_signal_ends_it_well(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < 2; i++) {
        struct program p;
        uint16_t port = serve(&p, *state);
        assert_int_equal(og_http_code(port, "GET", "/tiles/s/9/1_0.jpg", ""), 200);

        kill(p.pid, signals[i]);

        assert_int_equal(exit_code(&p), 0);
        assert_non_null(strstr(p.text, "stopping"));
        assert_null(og_client_open(port));
    }
}

/* An idle connection, to which a stop leaves a quarter of a second: time for a second signal. */
static int exit_code_after_two_signals(const struct folder *folder)
{
    struct program p;
    uint16_t port = serve(&p, folder);
    struct og_client *idle = og_client_open(port);
    struct og_answer answer = og_client_get(idle, "/healthz");
    og_answer_free(&answer);
    kill(p.pid, SIGTERM);
    assert_true(read_until(&p, "stopping"));
    kill(p.pid, SIGTERM);
    int code = exit_code(&p);
    og_client_close(&idle);
    return code;
}

static void a_second_signal_ends_it_at_once(void **state)
{
    int code = 0;
    for (unsigned tries = 0; code == 0 && tries < 5; tries++) /* on a busy machine the second may come too late */
        code = exit_code_after_two_signals(*state);
    assert_int_equal(code, -SIGTERM);
}

static void the_service_manager_hears_of_ready_and_of_stopping(void **state)
{
    const struct folder *folder = *state;
    struct program p;
    char text[96] = "";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", folder->path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    serve(&p, folder);
    unsetenv("NOTIFY_SOCKET");

    assert_true(recv(fd, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, "READY=1");
    kill(p.pid, SIGTERM);
    memset(text, 0, sizeof text);
    assert_true(recv(fd, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, "STOPPING=1\nEXTEND_TIMEOUT_USEC=20000000");
    assert_int_equal(exit_code(&p), 0);
    close(fd);
}

static void a_second_one_on_the_same_port_fails_with_advice(void **state)
{
    const struct folder *folder = *state;
    struct program first, second;
    char words[256];
    uint16_t port = serve(&first, folder);
    snprintf(words, sizeof words, "--slides %s --listen 127.0.0.1:%u", folder->path, port);

    run(&second, words);

    assert_int_equal(exit_code(&second), 1);
    assert_non_null(strstr(second.text, "another process listens there already; stop it or choose another port"));
    assert_int_equal(og_http_code(port, "GET", "/healthz", ""), 200);
    kill(first.pid, SIGTERM);
    assert_int_equal(exit_code(&first), 0);
}

static void words_and_exit_codes_tell_what_happened(void **state)
{
    const struct folder *folder = *state;
    char good[256];
    snprintf(good, sizeof good, "--slides %s --workers 3 --cache 1G --check-config", folder->path);
    const struct {
        const char *words;
        int code;
        const char *part;
    } cases[] = {
        {"--help", 0, "Usage: origamid --slides DIR"},
        {"--version", 0, "pixel kernels: "},
        {"--print-config", 0, "#listen = 127.0.0.1:8080\n"},
        {good, 0, "workers = 3\nhttp-threads = "},
        {good, 0, "\nOK\n"},
        {good, 0, "MiB and 72 KiB for each slide\n"},
        {"", 2, "which slides? Say --slides DIR"},
        {"--slides", 2, "--slides needs a value: --slides DIR\nTry origamid --help."},
        {"--slides /x --workers none", 2, "--workers: \"none\" is not a number"},
        {"--config /no/such/file --check-config", 2, "cannot read /no/such/file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct program p;
        run(&p, cases[i].words);
        int code = exit_code(&p);
        if (code != cases[i].code || !strstr(p.text, cases[i].part))
            fail_msg("%s: %d, %s", cases[i].words, code, p.text);
    }
}

static void expect_failure(const char *words, const char *reason)
{
    struct program p;
    run(&p, words);
    int code = exit_code(&p);
    if (code != 1 || !strstr(p.text, reason))
        fail_msg("%s: %d, %s", words, code, p.text);
}

/* A start and --check-config say the same of what does not start. */
static void a_check_finds_what_a_start_would_fail_on(void **state)
{
    const struct folder *folder = *state;
    char file[128], log[128], words[512];
    snprintf(file, sizeof file, "%s/s.dzi", folder->path);
    snprintf(log, sizeof log, "%s/none/access.log", folder->path);
    const struct {
        const char *slides, *more, *start, *check;
    } cases[] = {
        {"/no/such/folder", "", "slides: /no/such/folder: cannot open the folder: No such file or directory", NULL},
        {file, "", "s.dzi: cannot open the folder: Not a directory", NULL},
        {folder->path, log, "access log: cannot write ", "access log: cannot make "},
        {folder->path, folder->path, "access log: cannot write ", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int n = snprintf(words, sizeof words, "--slides %s --listen 127.0.0.1:0 %s %s", cases[i].slides,
                         cases[i].more[0] ? "--access-log" : "", cases[i].more);
        expect_failure(words, cases[i].start);
        snprintf(words + n, sizeof words - (size_t)n, " --check-config");
        expect_failure(words, cases[i].check ? cases[i].check : cases[i].start);
    }
    snprintf(words, sizeof words, "--slides %s --listen 192.0.2.1:8080", folder->path); /* nobody has this address */
    expect_failure(words, "server: cannot listen on 192.0.2.1:8080: bind: ");
    snprintf(words, sizeof words, "--slides %s --listen 192.0.2.1:8080 --check-config", folder->path);
    expect_failure(words, "server: cannot listen on 192.0.2.1:8080: bind: ");
}

static void a_check_warns_of_what_is_more_than_there_is_and_of_a_port_in_use(void **state)
{
    const struct folder *folder = *state;
    struct program first, check;
    char words[256];
    uint16_t port = serve(&first, folder);
    snprintf(words, sizeof words, "--slides %s --listen 127.0.0.1:%u --cache 1048576G --check-config", folder->path,
             port);

    run(&check, words);

    assert_int_equal(exit_code(&check), 0);
    assert_non_null(strstr(check.text, "warning: the daemon may come to use 1"));
    assert_non_null(strstr(check.text, "warning: cannot listen on 127.0.0.1:"));
    assert_non_null(strstr(check.text, "\nOK\n"));
    kill(first.pid, SIGTERM);
    assert_int_equal(exit_code(&first), 0);
}

static void fewer_connections_than_wanted_are_told(void **state)
{
    const struct folder *folder = *state;
    static const struct rlimit few = {528, 528};
    struct program p;
    char words[256];
    snprintf(words, sizeof words, "--slides %s --connections 4096 --listen 127.0.0.1:0 --check-config", folder->path);

    run_limited(&p, words, &few);

    assert_int_equal(exit_code(&p), 0);
    assert_non_null(strstr(p.text, "warning: only 300 connections at once instead of 4096"));
}

/* NULL: what the processor runs best. */
static void expect_kernels(const char *wanted, const char *named)
{
    struct program p;
    char part[64];
    snprintf(part, sizeof part, "\npixel kernels: %s\n", named);
    if (wanted)
        setenv("OG_CPU", wanted, 1);
    else
        unsetenv("OG_CPU");
    run(&p, "--version");
    unsetenv("OG_CPU");
    assert_int_equal(exit_code(&p), 0);
    if (!strstr(p.text, part))
        fail_msg("%s: %s", wanted, p.text);
}

static void expect_refused_kernels(const char *wanted)
{
    struct program p;
    setenv("OG_CPU", wanted, 1);
    run(&p, "--version");
    unsetenv("OG_CPU");
    assert_int_equal(exit_code(&p), 2);
    assert_non_null(strstr(p.text, "OG_CPU is \"abacus\"; this processor runs "));
}

static void the_version_names_the_kernels_and_the_environment_overrides_them(void **state)
{
    (void)state;
    const char *best = og_kernels_variant(0)->name;
    expect_kernels(NULL, best);
    expect_kernels("", best);
    expect_refused_kernels("abacus");
    for (unsigned i = 0; og_kernels_variant(i); i++)
        expect_kernels(og_kernels_variant(i)->name, og_kernels_variant(i)->name);
}

static void a_configuration_file_is_enough(void **state)
{
    const struct folder *folder = *state;
    struct program p;
    char text[512];
    snprintf(text, sizeof text, "slides = %s\nlisten = 127.0.0.1:0\nworkers = 1\nlog-level = info\n", folder->path);
    folder_write_text(folder, "origamid.conf", text);
    snprintf(text, sizeof text, "--config %s/origamid.conf", folder->path);

    run(&p, text);

    assert_int_equal(og_http_code(await_port(&p), "GET", "/slides/s", ""), 200);
    kill(p.pid, SIGTERM);
    assert_int_equal(exit_code(&p), 0);
}

/* The size that a JPEG's frame header tells. */
static void expect_jpeg(const struct og_answer *answer, int width, int height)
{
    int got_width, got_height;
    struct og_error err;
    assert_int_equal(answer->code, 200);
    assert_int_equal(og_jpeg_size((struct og_span){answer->body, answer->size}, &got_width, &got_height, &err), OG_OK);
    assert_int_equal(got_width, width);
    assert_int_equal(got_height, height);
}

static void a_folder_of_the_published_residual_layout_is_served(void **state)
{
    const struct folder *folder = *state;
    static const struct rrip_recipe recipe = {700, 300, RRIP_INGEST, RRIP_WEBP, 420, 60};
    struct rrip_slide *slide = rrip_make(&recipe);
    char path[128];
    snprintf(path, sizeof path, "%s/published", folder->path);
    rrip_write(slide, path, RRIP_BUNDLE);
    rrip_free(&slide);
    struct program p;
    uint16_t port = serve(&p, folder);
    static const struct {
        const char *path;
        int width, height;
    } tiles[] = {
        {"/tiles/published/10/2_1.jpg", 188, 44},     {"/tiles/published/9/0_0.jpg", 256, 150},
        {"/dzi/published_files/8/0_0.jpg", 175, 75},  {"/tiles/published/0/0_0.jpg", 1, 1},
        {"/slides/published/thumbnail.jpg", 175, 75},
    };
    struct og_client *client = og_client_open(port);
    for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++) {
        struct og_answer answer = og_client_get(client, tiles[i].path);
        expect_jpeg(&answer, tiles[i].width, tiles[i].height);
        og_answer_free(&answer);
    }
    struct og_answer answer = og_client_get(client, "/slides/published");
    assert_non_null(strstr((const char *)answer.body, "\"format\":\"rrip\""));
    og_answer_free(&answer);
    og_client_close(&client);
    assert_int_equal(og_http_code(port, "GET", "/tiles/published/10/3_0.jpg", ""), 404);
    kill(p.pid, SIGTERM);
    assert_int_equal(exit_code(&p), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_signal_ends_it_well),
        IN_FOLDER(a_second_signal_ends_it_at_once),
        IN_FOLDER(the_service_manager_hears_of_ready_and_of_stopping),
        IN_FOLDER(a_second_one_on_the_same_port_fails_with_advice),
        IN_FOLDER(words_and_exit_codes_tell_what_happened),
        IN_FOLDER(a_check_finds_what_a_start_would_fail_on),
        IN_FOLDER(a_check_warns_of_what_is_more_than_there_is_and_of_a_port_in_use),
        IN_FOLDER(fewer_connections_than_wanted_are_told),
        IN_FOLDER(a_configuration_file_is_enough),
        cmocka_unit_test(the_version_names_the_kernels_and_the_environment_overrides_them),
        IN_FOLDER(a_folder_of_the_published_residual_layout_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
