/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_METRICS_LIST_H
#define OG_BASE_METRICS_LIST_H
/*
 * The one list of what is counted and timed. Rows of one name stand together: they are one family in the exposition.
 *
 * Threads: constants. Ownership: none. Errors: none.
 */

/* X(id, Prometheus name, labels or "", help) */
#define OG_COUNTER_LIST(X)                                                                                             \
    X(HTTP_TILE_OK, "origami_http_requests_total", "route=\"tile\",code=\"2xx\"",                                      \
      "Requests answered, by route and code")                                                                          \
    X(HTTP_TILE_CLIENT_ERROR, "origami_http_requests_total", "route=\"tile\",code=\"4xx\"", "")                        \
    X(HTTP_TILE_SERVER_ERROR, "origami_http_requests_total", "route=\"tile\",code=\"5xx\"", "")                        \
    X(HTTP_OTHER_OK, "origami_http_requests_total", "route=\"other\",code=\"2xx\"", "")                                \
    X(HTTP_OTHER_CLIENT_ERROR, "origami_http_requests_total", "route=\"other\",code=\"4xx\"", "")                      \
    X(HTTP_OTHER_SERVER_ERROR, "origami_http_requests_total", "route=\"other\",code=\"5xx\"", "")                      \
    X(HTTP_BYTES, "origami_http_body_bytes_total", "", "Bytes of bodies queued for clients")                           \
    X(CACHE_HIT, "origami_cache_requests_total", "outcome=\"hit\"", "Tile look-ups in the cache, by outcome")          \
    X(CACHE_MISS, "origami_cache_requests_total", "outcome=\"miss\"", "")                                              \
    X(JOB_LED, "origami_jobs_total", "kind=\"led\"",                                                                   \
      "Tile requests that missed: led a job, joined one in flight, or were refused")                                   \
    X(JOB_JOINED, "origami_jobs_total", "kind=\"joined\"", "")                                                         \
    X(JOB_REFUSED, "origami_jobs_total", "kind=\"refused\"", "")                                                       \
    X(DEMAND_WITHDRAWN, "origami_demand_withdrawn_total", "",                                                          \
      "Tile requests taken back: the client left, or it waited too long")                                              \
    X(DEADLINE_PASSED, "origami_deadlines_passed_total", "",                                                           \
      "Tile requests taken back and answered 503 because they had waited too long")                                    \
    X(CLOSED_IDLE, "origami_connections_closed_total", "reason=\"idle\"",                                              \
      "Connections that the server ended: no whole request in time, answer not taken in time, room for others, or "    \
      "all places taken")                                                                                              \
    X(CLOSED_ANSWER, "origami_connections_closed_total", "reason=\"answer\"", "")                                      \
    X(CLOSED_ROOM, "origami_connections_closed_total", "reason=\"room\"", "")                                          \
    X(CLOSED_FULL, "origami_connections_closed_total", "reason=\"full\"", "")                                          \
    X(TILE_DEMANDED, "origami_tiles_encoded_total", "for=\"demand\"",                                                  \
      "Tiles encoded because somebody waits, or ahead of demand")                                                      \
    X(TILE_SPECULATIVE, "origami_tiles_encoded_total", "for=\"speculation\"", "")                                      \
    X(TASK_DROPPED, "origami_speculation_dropped_total", "", "Speculative tasks dropped because demand was waiting")   \
    X(READ_BYTES, "origami_read_bytes_total", "", "Bytes read from slides")                                            \
    X(READ_AHEAD, "origami_read_ahead_total", "", "Families whose read was started before anybody asked for them")     \
    X(READ_DAMAGED, "origami_damage_total", "found=\"read\"", "Damage found in slides, by what found it")              \
    X(DECODE_DAMAGED, "origami_damage_total", "found=\"decode\"", "")                                                  \
    X(SLIDE_OPENED, "origami_slides_scanned_total", "outcome=\"opened\"", "Entries of the slide folder, by outcome")   \
    X(SLIDE_REPLACED, "origami_slides_scanned_total", "outcome=\"replaced\"", "")                                      \
    X(SLIDE_REMOVED, "origami_slides_scanned_total", "outcome=\"removed\"", "")                                        \
    X(SLIDE_SKIPPED, "origami_slides_scanned_total", "outcome=\"skipped\"", "")                                        \
    X(RESCAN_CHANGED, "origami_rescans_total", "outcome=\"changed\"", "Rescans of the slide folder, by outcome")       \
    X(RESCAN_SAME, "origami_rescans_total", "outcome=\"same\"", "")                                                    \
    X(RESCAN_FAILED, "origami_rescans_total", "outcome=\"failed\"", "")

/* X(id, Prometheus name, labels or "", help): seconds */
#define OG_TIMER_LIST(X)                                                                                               \
    X(QUEUE, "origami_stage_duration_seconds", "stage=\"queue\"", "Time that a job or task spent in a stage")          \
    X(READ, "origami_stage_duration_seconds", "stage=\"read\"", "")                                                    \
    X(DECODE, "origami_stage_duration_seconds", "stage=\"decode\"", "")                                                \
    X(RESIDUAL, "origami_stage_duration_seconds", "stage=\"residual\"", "")                                            \
    X(ENCODE, "origami_stage_duration_seconds", "stage=\"encode\"", "")                                                \
    X(MISS, "origami_miss_duration_seconds", "", "Time from a missed look-up to its answer")

#endif
