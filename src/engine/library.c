/* SPDX-License-Identifier: MIT */
#include "engine/library.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "image/kernels.h"
#include "slide/catalogue.h"
#include "sync/epoch.h"

enum { RECLAIM_TRIES = 1000 };

struct shelf {
    struct og_retired retired; /* first: reclaim gets its address */
    struct og_catalogue *catalogue;
};

struct og_library {
    /* immutable after open */
    char *folder;
    struct og_log *log;
    struct og_epoch *epoch;
    /* shared: atomic */
    struct shelf *_Atomic current;
    atomic_size_t count; /* relaxed: a gauge */
    /* guarded by the lock */
    pthread_mutex_t rescanning;
    struct og_metrics_block *metrics;
    bool lost; /* the folder could not be read the last time, or was not there */
};

void og_library_prepare_process(void)
{
    og_jpeg_clean_environment();
}

const char *og_library_cpu_name(void)
{
    return og_kernels_choose()->name;
}

enum og_status og_library_check_cpu(struct og_error *err)
{
    return og_kernels_check(err);
}

enum og_status og_library_check_folder(const char *folder, struct og_error *err)
{
    return og_catalogue_check(folder, err);
}

static void reclaim_shelf(struct og_retired *retired)
{
    struct shelf *shelf = (struct shelf *)retired;
    og_catalogue_close(&shelf->catalogue);
    free(shelf);
}

/* Takes the catalogue. Returns the shelf that nobody finds any more. */
static enum og_status publish(struct og_library *library, struct og_catalogue *catalogue, struct shelf **old)
{
    struct shelf *shelf = malloc(sizeof *shelf);
    if (!shelf) {
        og_catalogue_close(&catalogue);
        return OG_NO_MEMORY;
    }
    *shelf = (struct shelf){.retired.reclaim = reclaim_shelf, .catalogue = catalogue};
    atomic_store_explicit(&library->count, og_catalogue_count(catalogue), memory_order_relaxed);
    *old = atomic_exchange_explicit(&library->current, shelf, memory_order_acq_rel); /* L1 */
    return OG_OK;
}

static enum og_status open_library(struct og_library *library, const char *folder, struct og_metrics *metrics,
                                   struct og_error *err)
{
    struct og_catalogue *catalogue;
    struct shelf *none;
    library->folder = strdup(folder);
    library->epoch = og_epoch_new();
    library->metrics = og_metrics_take(metrics);
    if (!library->folder || !library->epoch)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the catalogue of slides");
    enum og_status status = og_catalogue_open(folder, library->log, library->metrics, &catalogue, err);
    if (status != OG_OK)
        return status;
    status = publish(library, catalogue, &none);
    return status == OG_OK ? OG_OK : og_error_set(err, status, "no memory for the catalogue of slides");
}

enum og_status og_library_open(const char *folder, struct og_log *log, struct og_metrics *metrics,
                               struct og_library **out, struct og_error *err)
{
    struct og_library *library = calloc(1, sizeof *library);
    if (!library)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the catalogue of slides");
    library->log = log;
    atomic_init(&library->current, NULL);
    atomic_init(&library->count, 0);
    pthread_mutex_init(&library->rescanning, NULL);
    enum og_status status = open_library(library, folder, metrics, err);
    if (status != OG_OK)
        og_library_close(&library);
    *out = library;
    return status;
}

static const struct og_catalogue *enter(const struct og_library *library, const struct og_metrics_block *metrics)
{
    og_epoch_enter(library->epoch, og_metrics_seat(metrics));
    return atomic_load_explicit(&library->current, memory_order_acquire)->catalogue; /* L2: pairs with L1 */
}

static void leave(const struct og_library *library, const struct og_metrics_block *metrics)
{
    og_epoch_leave(library->epoch, og_metrics_seat(metrics));
}

struct og_slide *og_library_find(const struct og_library *library, const char *id, size_t id_length,
                                 const struct og_metrics_block *metrics)
{
    struct og_slide *slide = og_catalogue_find(enter(library, metrics), id, id_length);
    leave(library, metrics);
    return slide;
}

struct og_buf *og_library_json(const struct og_library *library, const struct og_metrics_block *metrics)
{
    struct og_buf *json = og_buf_ref(og_catalogue_json(enter(library, metrics)));
    leave(library, metrics);
    return json;
}

size_t og_library_count(const struct og_library *library)
{
    return atomic_load_explicit(&library->count, memory_order_relaxed); /* a gauge */
}

const char *og_library_folder(const struct og_library *library)
{
    return library->folder;
}

/* Slides that went are closed here, as a rule: sections are short. False: somebody was stopped in the middle of one. */
static bool reclaim(struct og_library *library)
{
    bool done = false;
    for (unsigned i = 0; i < RECLAIM_TRIES && !done; i++) {
        done = og_epoch_reclaim(library->epoch);
        if (!done)
            sched_yield();
    }
    return done;
}

/* Once when it begins and once when it ends: a folder may be away for long. */
static void tell_lost(struct og_library *library, bool lost, const char *reason)
{
    if (lost && !library->lost)
        og_log_write(library->log, OG_LOG_WARN, "library", "%s", reason);
    if (!lost && library->lost)
        og_log_write(library->log, OG_LOG_INFO, "library", "%s can be read again", library->folder);
    library->lost = lost;
}

static struct og_library_changes rescan(struct og_library *library)
{
    struct og_error err = {0};
    struct og_catalogue *next;
    struct shelf *old = NULL;
    struct og_catalogue_changes changes;
    const struct shelf *shelf = atomic_load_explicit(&library->current, memory_order_relaxed); /* rescans alone write */
    enum og_status status =
        og_catalogue_renew(shelf->catalogue, library->folder, library->log, library->metrics, &next, &changes, &err);
    if (status == OG_OK && changes.missing)
        og_error_set(&err, OG_NOT_FOUND, "%s: there is no such folder any more", library->folder);
    tell_lost(library, status != OG_OK || changes.missing, err.text);
    bool changed = next != NULL;
    if (changed)
        status = publish(library, next, &old);
    if (old)
        og_epoch_retire(library->epoch, &old->retired);
    bool reclaimed = reclaim(library);
    og_count(library->metrics,
             status != OG_OK ? OG_COUNT_RESCAN_FAILED : (changed ? OG_COUNT_RESCAN_CHANGED : OG_COUNT_RESCAN_SAME), 1);
    return (struct og_library_changes){.status = status,
                                       .opened = changes.opened,
                                       .replaced = changes.replaced,
                                       .removed = changes.removed,
                                       .skipped = changes.skipped,
                                       .unsettled = changes.unsettled || !reclaimed};
}

struct og_library_changes og_library_rescan(struct og_library *library)
{
    pthread_mutex_lock(&library->rescanning);
    struct og_library_changes changes = rescan(library);
    pthread_mutex_unlock(&library->rescanning);
    return changes;
}

void og_library_close(struct og_library **library)
{
    struct og_library *old = *library;
    *library = NULL;
    if (!old)
        return;
    struct shelf *shelf = atomic_load_explicit(&old->current, memory_order_relaxed); /* nobody else has it */
    if (shelf)
        reclaim_shelf(&shelf->retired);
    og_epoch_destroy(&old->epoch);
    pthread_mutex_destroy(&old->rescanning);
    free(old->folder);
    free(old);
}
