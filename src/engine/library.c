/* SPDX-License-Identifier: MIT */
#include "engine/library.h"

#include <stdlib.h>

#include "image/jpeg.h"
#include "image/kernels.h"
#include "slide/catalogue.h"

struct og_library {
    struct og_catalogue *catalogue;
};

void og_library_prepare_process(void)
{
    og_jpeg_clean_environment();
}

const char *og_library_cpu_name(void)
{
    return og_kernels_choose()->name;
}

enum og_status og_library_open(const char *folder, struct og_log *log, struct og_metrics_block *metrics,
                               struct og_library **out, struct og_error *err)
{
    struct og_library *library = calloc(1, sizeof *library);
    if (!library)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the catalogue of slides");
    enum og_status status = og_catalogue_open(folder, log, metrics, &library->catalogue, err);
    if (status != OG_OK)
        free(library);
    else
        *out = library;
    return status;
}

const struct og_catalogue *og_library_catalogue(const struct og_library *library)
{
    return library->catalogue;
}

void og_library_close(struct og_library **library)
{
    if (!*library)
        return;
    og_catalogue_close(&(*library)->catalogue);
    free(*library);
    *library = NULL;
}
