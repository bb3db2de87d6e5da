/* SPDX-License-Identifier: MIT */
#include "reads.h"

#include <stdlib.h>

struct row {
    uint64_t slide_key;
    unsigned turns; /* not 0 */
    unsigned aside;
    struct og_job *first, **last; /* laid aside */
    struct og_job *unnamed;       /* of these the first that name_next did not name; NULL: there is none */
};

struct og_reads {
    pthread_mutex_t lock;
    unsigned workers, aside_max, turns, rows;
    struct row row[];
};

struct og_reads *og_reads_new(unsigned workers, unsigned jobs)
{
    struct og_reads *reads = calloc(1, sizeof *reads + ((size_t)workers + jobs) * sizeof(struct row));
    if (!reads)
        return NULL;
    pthread_mutex_init(&reads->lock, NULL);
    reads->workers = workers;
    reads->aside_max = jobs / 2;
    return reads;
}

void og_reads_destroy(struct og_reads **reads)
{
    if (!*reads)
        return;
    pthread_mutex_destroy(&(*reads)->lock);
    free(*reads);
    *reads = NULL;
}

static struct row *find(struct og_reads *reads, uint64_t slide_key)
{
    for (unsigned i = 0; i < reads->rows; i++)
        if (reads->row[i].slide_key == slide_key)
            return &reads->row[i];
    return NULL;
}

/* A slide without a row always gets a turn. */
static bool take_turn(struct og_reads *reads, struct row *row, uint64_t slide_key)
{
    unsigned elsewhere = reads->turns - (row ? row->turns : 0);
    unsigned bound = elsewhere < reads->workers ? (reads->workers - elsewhere) / 2 : 0;
    if (row && row->turns >= (bound ? bound : 1))
        return false;
    if (!row) {
        row = &reads->row[reads->rows++];
        *row = (struct row){.slide_key = slide_key};
    }
    row->turns++;
    reads->turns++;
    return true;
}

static void lay_aside(struct row *row, struct og_job *job)
{
    job->next_aside = NULL;
    *(row->first ? row->last : &row->first) = job;
    row->last = &job->next_aside;
    row->unnamed = row->unnamed ? row->unnamed : job;
    row->aside++;
}

enum og_read_turn og_reads_enter(struct og_reads *reads, struct og_job *job)
{
    enum og_read_turn turn = OG_READ_NOW;
    uint64_t slide_key = og_slide_key(job->slide);
    pthread_mutex_lock(&reads->lock);
    struct row *row = find(reads, slide_key);
    if (!take_turn(reads, row, slide_key)) {
        turn = row->aside < reads->aside_max ? OG_READ_LATER : OG_READ_NEVER;
        if (turn == OG_READ_LATER)
            lay_aside(row, job);
    }
    pthread_mutex_unlock(&reads->lock);
    return turn;
}

bool og_reads_enter_if_free(struct og_reads *reads, uint64_t slide_key)
{
    pthread_mutex_lock(&reads->lock);
    bool taken = take_turn(reads, find(reads, slide_key), slide_key);
    pthread_mutex_unlock(&reads->lock);
    return taken;
}

bool og_reads_name_next(struct og_reads *reads, uint64_t slide_key, struct og_read_name *out)
{
    pthread_mutex_lock(&reads->lock);
    struct row *row = find(reads, slide_key);
    struct og_job *job = row->unnamed;
    if (job) {
        *out = (struct og_read_name){job->family, job->level, job->x, job->y};
        row->unnamed = job->next_aside;
    }
    pthread_mutex_unlock(&reads->lock);
    return job;
}

struct og_job *og_reads_leave(struct og_reads *reads, uint64_t slide_key)
{
    pthread_mutex_lock(&reads->lock);
    struct row *row = find(reads, slide_key);
    struct og_job *job = row->first;
    if (job) {
        row->first = job->next_aside;
        row->unnamed = row->unnamed == job ? job->next_aside : row->unnamed;
        row->aside--;
        job->has_turn = true;
    } else {
        reads->turns--;
        if (--row->turns == 0)
            *row = reads->row[--reads->rows];
    }
    pthread_mutex_unlock(&reads->lock);
    return job;
}
