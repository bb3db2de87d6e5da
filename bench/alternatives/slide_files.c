/* SPDX-License-Identifier: MIT */
/*
 * In the place of og_slide_read_family: a file for each of the 21 tiles, opened, read and closed for each family, in
 * the folder $OG_BENCH_FILES as files.h writes it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "slide/slide.h"

enum og_status og_slide_read_family(const struct og_slide *slide, struct og_reader *reader, uint32_t fx, uint32_t fy,
                                    uint8_t *buffer, struct og_stored_family *out, struct og_error *err)
{
    (void)slide, (void)reader;
    const char *folder = getenv("OG_BENCH_FILES");
    size_t used = 0;
    *out = (struct og_stored_family){0};
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%u_%u/%u.jpg", folder, fx, fy, slot);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0)
            continue;
        ssize_t n = read(file, buffer + used, OG_SLIDE_BUFFER_BYTES - used);
        close(file);
        if (n <= 0)
            return og_error_set(err, OG_IO, "cannot read %s", path);
        out->stream[slot] = (struct og_span){.data = buffer + used, .size = (size_t)n};
        used += (size_t)n;
    }
    return out->stream[OG_SLOT_L2].size ? OG_OK : og_error_set(err, OG_IO, "no files in %s", folder);
}
