/* SPDX-License-Identifier: MIT */
#include "slide/notice.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define ENTRIES                                                                                                        \
    ((uint32_t)IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF |     \
     IN_MOVE_SELF)

struct og_notice {
    int fd, watch; /* watch -1: none */
};

enum og_status og_notice_new(struct og_notice **out, struct og_error *err)
{
    *out = NULL;
    struct og_notice *notice = malloc(sizeof *notice);
    if (!notice)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    *notice = (struct og_notice){.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .watch = -1};
    if (notice->fd < 0) {
        free(notice);
        return og_error_set(err, OG_IO, "no inotify: %s", strerrordesc_np(errno));
    }
    *out = notice;
    return OG_OK;
}

/* The system gives one folder one number, so the old number tells that it is still the same folder. */
enum og_status og_notice_watch(struct og_notice *notice, const char *folder, bool *fresh, struct og_error *err)
{
    int watch = inotify_add_watch(notice->fd, folder, ENTRIES | IN_ONLYDIR | IN_EXCL_UNLINK);
    int reason = errno;
    *fresh = watch != notice->watch && watch >= 0;
    if (notice->watch >= 0 && watch != notice->watch)
        inotify_rm_watch(notice->fd, notice->watch);
    notice->watch = watch;
    if (watch >= 0)
        return OG_OK;
    return og_error_set(err, reason == ENOENT ? OG_NOT_FOUND : OG_IO, "%s: %s", folder,
                        reason == ENOSPC ? "the limit of watches is reached (fs.inotify.max_user_watches)"
                                         : strerrordesc_np(reason));
}

int og_notice_descriptor(const struct og_notice *notice)
{
    return notice->fd;
}

/* Words of a watch that has been given up are old; one without a name is about the folder, or about lost words. */
static bool counts(struct og_notice *notice, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW)
        return true;
    if (event->wd != notice->watch)
        return false;
    if (event->mask & IN_IGNORED)
        notice->watch = -1;
    return event->len == 0 || event->name[0] != '.';
}

bool og_notice_take(struct og_notice *notice)
{
    alignas(struct inotify_event) char words[4096];
    bool changed = false;
    for (;;) {
        ssize_t size = read(notice->fd, words, sizeof words);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return changed;
        for (const char *at = words; at < words + size;) {
            const struct inotify_event *event = (const void *)at;
            changed |= counts(notice, event);
            at += sizeof *event + event->len;
        }
    }
}

void og_notice_destroy(struct og_notice **notice)
{
    if (!*notice)
        return;
    close((*notice)->fd);
    free(*notice);
    *notice = NULL;
}
