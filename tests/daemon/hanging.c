/* SPDX-License-Identifier: MIT */
#include "daemon/hanging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/deepzoom.h"
#include "slide/reader.h"
#include "support/cmocka_all.h"
#include "support/hung_reads.h"

int hanging_setup(void **state)
{
    struct hanging *h = calloc(1, sizeof *h);
    char path[128];
    h->folder = folder_make();
    deepzoom_write(h->folder, "hangs", 300, 200, 0);
    deepzoom_write(h->folder, "well", 300, 200, 1);
    snprintf(path, sizeof path, "%s/hangs_files/9/1_0.jpg", h->folder->path);
    hung_reads_choose(path);
    h->manager = manager_open(h->folder);
    h->log_fd = memfd_create("log", MFD_CLOEXEC);
    og_params_init(&h->params);
    snprintf(h->params.slides, sizeof h->params.slides, "%s", h->folder->path);
    snprintf(h->params.listen, sizeof h->params.listen, "127.0.0.1:0");
    h->params.workers = 1;
    h->params.http_threads = 1;
    h->params.cache_bytes = 8 << 20;
    h->params.reader = OG_READER_PREAD;
    *state = h;
    return 0;
}

int hanging_teardown(void **state)
{
    struct hanging *h = *state;
    hung_reads_end();
    og_service_stop(&h->service);
    unsetenv("WATCHDOG_USEC");
    manager_close(&h->manager);
    close(h->log_fd);
    folder_remove(&h->folder);
    free(h);
    return 0;
}

void hanging_start(struct hanging *h)
{
    struct og_error err = {.text = ""};
    assert_int_equal(og_params_resolve(&h->params, &err), OG_OK);
    if (og_service_start(&h->params, h->log_fd, &h->service, &err) != OG_OK)
        fail_msg("%s", err.text);
    struct og_address address = og_service_address(h->service);
    h->port = og_address_port(&address);
    assert_true(manager_await(&h->manager, "READY=1", NULL));
}

bool hanging_log_says(const struct hanging *h, const char *words)
{
    char text[16384] = "";
    return pread(h->log_fd, text, sizeof text - 1, 0) > 0 && strstr(text, words);
}
