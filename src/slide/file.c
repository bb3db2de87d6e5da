/* SPDX-License-Identifier: MIT */
#include "slide/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static enum og_status refuse_open(int error, struct og_error *err)
{
    switch (error) {
    case ENOENT:
        return og_error_set(err, OG_NOT_FOUND, "no such file");
    case ELOOP:
        return og_error_set(err, OG_UNSUPPORTED, "a symbolic link, which is never followed");
    case ENXIO:
        return og_error_set(err, OG_UNSUPPORTED, "not a regular file");
    default:
        return og_error_set(err, OG_IO, "cannot open: %s", strerrordesc_np(error));
    }
}

enum og_status og_file_open(int directory, const char *name, struct og_file *out, struct og_error *err)
{
    int fd;
    do
        fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return refuse_open(errno, err);

    struct stat facts;
    enum og_status status = OG_OK;
    if (fstat(fd, &facts) != 0)
        status = og_error_set(err, OG_IO, "cannot stat: %s", strerrordesc_np(errno));
    else if (!S_ISREG(facts.st_mode))
        status = og_error_set(err, OG_UNSUPPORTED, "not a regular file");
    if (status != OG_OK) {
        close(fd);
        return status;
    }
    fcntl(fd, F_SETFL, 0); /* O_NONBLOCK was for pipes; some kernels' io_uring would heed it */
    posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
    *out = (struct og_file){
        .fd = fd,
        .size = (uint64_t)facts.st_size,
        .modified_ns = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec,
    };
    return OG_OK;
}

enum og_status og_file_fail(uint64_t offset, size_t size, int error, struct og_error *err)
{
    if (error == 0)
        return og_error_set(err, OG_DAMAGED, "%zu bytes at %llu lie past the end of the file", size,
                            (unsigned long long)offset);
    return og_error_set(err, OG_IO, "cannot read %zu bytes at %llu: %s", size, (unsigned long long)offset,
                        strerrordesc_np(error));
}

enum og_status og_file_check(const struct og_file *file, uint64_t offset, size_t size, struct og_error *err)
{
    return size > file->size || offset > file->size - size ? og_file_fail(offset, size, 0, err) : OG_OK;
}

enum og_status og_file_read(const struct og_file *file, uint64_t offset, void *to, size_t size, struct og_error *err)
{
    enum og_status status = og_file_check(file, offset, size, err);
    if (status != OG_OK)
        return status;
    uint8_t *at = to;
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(file->fd, at + done, size - done, (off_t)(offset + done));
        if (n > 0)
            done += (size_t)n;
        else if (n == 0)
            return og_file_fail(offset, size, 0, err);
        else if (errno != EINTR)
            return og_file_fail(offset, size, errno, err);
    }
    return OG_OK;
}

void og_file_ahead(const struct og_file *file, uint64_t offset, size_t size)
{
    posix_fadvise(file->fd, (off_t)offset, (off_t)size, POSIX_FADV_WILLNEED);
}

static enum og_status read_document(const struct og_file *file, size_t most, const char *what, struct og_buf **out,
                                    struct og_error *err)
{
    if (file->size > most)
        return og_error_set(err, OG_UNSUPPORTED, "%llu bytes are too many for a %s", (unsigned long long)file->size,
                            what);
    *out = og_buf_new((size_t)file->size);
    if (!*out)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status = og_file_read(file, 0, (*out)->data, (*out)->size, err);
    if (status != OG_OK)
        og_buf_unref(out);
    return status;
}

enum og_status og_file_read_document(int directory, const char *name, size_t most, const char *what,
                                     struct og_buf **out, struct og_error *err)
{
    struct og_file file;
    *out = NULL;
    enum og_status status = og_file_open(directory, name, &file, err);
    if (status != OG_OK)
        return status;
    status = read_document(&file, most, what, out, err);
    og_file_close(&file);
    return status;
}

void og_file_close(struct og_file *file)
{
    void *mapping = atomic_load_explicit(&file->mapping, memory_order_relaxed); /* nobody else has the file */
    if (mapping)
        munmap(mapping, (size_t)file->size);
    if (file->fd >= 0)
        close(file->fd);
    *file = (struct og_file){.fd = -1};
}
