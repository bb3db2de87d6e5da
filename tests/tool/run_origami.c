/* SPDX-License-Identifier: MIT */
#include "tool/run_origami.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 24 };

static pid_t spawn(const char *const *arguments, int out, int errs)
{
    const char *argv[ARGUMENTS_MAX + 2] = {ORIGAMI};
    for (unsigned i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
        argv[i + 1] = arguments[i];
    pid_t child = fork();
    if (child < 0)
        abort();
    if (child == 0) {
        signal(SIGINT, SIG_DFL); /* whoever runs the tests may ignore them */
        signal(SIGTERM, SIG_DFL);
        dup2(out, STDOUT_FILENO);
        dup2(errs, STDERR_FILENO);
        execv(ORIGAMI, (char *const *)argv);
        _exit(126);
    }
    return child;
}

int origami_wait(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child)
        abort();
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static char *text_of(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);
    if (!text || pread(fd, text, (size_t)size, 0) != size)
        abort();
    close(fd);
    return text;
}

struct origami_run origami_run_list(const char *const *arguments)
{
    int out = memfd_create("out", MFD_CLOEXEC), errs = memfd_create("errors", MFD_CLOEXEC);
    int code = origami_wait(spawn(arguments, out, errs));
    return (struct origami_run){code, text_of(out), text_of(errs)};
}

struct origami_run origami_run_to(const char *path, const char *const *arguments)
{
    int out = open(path, O_WRONLY | O_CLOEXEC), errs = memfd_create("errors", MFD_CLOEXEC);
    int code = origami_wait(spawn(arguments, out, errs));
    close(out);
    return (struct origami_run){code, NULL, text_of(errs)};
}

void origami_run_free(struct origami_run *run)
{
    free(run->out);
    free(run->errs);
}

pid_t origami_start(const char *const *arguments)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    pid_t child = spawn(arguments, nowhere, nowhere);
    close(nowhere);
    return child;
}
