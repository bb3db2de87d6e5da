/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/load.h"
#include "support/cmocka_all.h"
#include "support/folder.h"

/* Sends SIGTERM to a hundred daemons, some at a time, while clients ask each: it ends well and cuts no answer. */

enum { ENDS = 100, AT_ONCE = 10, CLIENTS = 6 };

struct program {
    pid_t pid;
    int output;
    struct load load;
};

static pid_t start_program(const struct folder *folder, int *output)
{
    int pipes[2];
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        dup2(pipes[1], STDERR_FILENO);
        execl(ORIGAMID, ORIGAMID, "--slides", folder->path, "--listen", "127.0.0.1:0", "--workers", "2",
              "--http-threads", "2", "--cache", "100000", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    *output = pipes[0];
    return pid;
}

static uint16_t await_port(int output)
{
    static const char before[] = "listening on http://127.0.0.1:";
    char text[8192] = "";
    size_t n = 0;
    unsigned port;
    const char *line;
    while (!(line = strstr(text, before)) || !strchr(line, '/') || !strchr(line, '\n')) {
        ssize_t got = read(output, text + n, sizeof text - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    assert_int_equal(sscanf(line + strlen(before), "%u", &port), 1);
    return (uint16_t)port;
}

static void end(struct program *program)
{
    int status;
    assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
    load_end(&program->load);
    close(program->output);
    assert_int_equal(status, 0);
    assert_int_equal(program->load.cut, 0);
}

static void a_hundred_daemons_that_are_told_to_end_cut_no_answer(void **state)
{
    static struct program programs[AT_ONCE];
    unsigned whole = 0;
    for (unsigned i = 0; i < ENDS; i += AT_ONCE) {
        for (unsigned k = 0; k < AT_ONCE; k++) {
            programs[k] = (struct program){.load.clients = CLIENTS};
            programs[k].pid = start_program(*state, &programs[k].output);
        }
        for (unsigned k = 0; k < AT_ONCE; k++)
            load_start(&programs[k].load, await_port(programs[k].output));
        load_nap(5 + i / AT_ONCE);
        for (unsigned k = 0; k < AT_ONCE; k++)
            kill(programs[k].pid, SIGTERM);
        for (unsigned k = 0; k < AT_ONCE; k++) {
            end(&programs[k]);
            whole += programs[k].load.whole;
        }
    }
    assert_true(whole > ENDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_daemons_that_are_told_to_end_cut_no_answer),
    };
    return cmocka_run_group_tests(tests, load_setup, folder_teardown);
}
