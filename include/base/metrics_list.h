/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_METRICS_LIST_H
#define OG_BASE_METRICS_LIST_H
/*
 * The one list of what is counted, timed and added up. Rows of one name stand together: they are one family in the
 * exposition.
 *
 * Threads: constants. Ownership: none. Errors: none.
 */

/*
 * Answers are a table of their own, origami_http_requests_total: what was asked for by which code it got. X(id, label)
 * and X(code). A code that is not listed is counted as code="other".
 */
#define OG_ASKED_LIST(X)                                                                                               \
    X(TILE, "tile")                                                                                                    \
    X(THUMBNAIL, "thumbnail")                                                                                          \
    X(DZI, "dzi")                                                                                                      \
    X(SLIDES, "slides")                                                                                                \
    X(PAGE, "page")                                                                                                    \
    X(METRICS, "metrics")                                                                                              \
    X(HEALTH, "health")                                                                                                \
    X(NOTHING, "none")
#define OG_CODE_LIST(X) X(200) X(204) X(304) X(308) X(400) X(404) X(405) X(413) X(414) X(431) X(500) X(503) X(505)

/* X(id, Prometheus name, labels or "", help) */
#define OG_COUNTER_LIST(X)                                                                                             \
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
    X(GUESS_MADE, "origami_guesses_total", "step=\"made\"",                                                            \
      "Families that somebody may ask for soon: guessed, begun before anybody asked, or given up")                     \
    X(GUESS_BEGUN, "origami_guesses_total", "step=\"begun\"", "")                                                      \
    X(GUESS_DROPPED, "origami_guesses_total", "step=\"dropped\"", "")                                                  \
    X(TASK_DROPPED, "origami_speculation_dropped_total", "", "Speculative tasks dropped because demand was waiting")   \
    X(ACCESS_LOG_DROPPED, "origami_access_log_dropped_total", "",                                                      \
      "Lines of the access log that were lost because its writer was behind")                                          \
    X(READ_BYTES, "origami_read_bytes_total", "", "Bytes read from slides")                                            \
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
    X(MISS, "origami_miss_duration_seconds", "", "Time from a missed look-up to its answer")                           \
    X(ANSWER_HIT, "origami_http_request_duration_seconds", "cache=\"hit\"",                                            \
      "Time from a request's head to its answer, by what the tile cache said")                                         \
    X(ANSWER_MISS, "origami_http_request_duration_seconds", "cache=\"miss\"", "")                                      \
    X(ANSWER_OTHER, "origami_http_request_duration_seconds", "cache=\"none\"", "")

/* X(id, Prometheus name, labels or "", help): what goes up and down. Each thread adds what it sees; the sum is true. */
#define OG_LEVEL_LIST(X)                                                                                               \
    X(CONNECTIONS, "origami_http_connections", "", "Connections that are open")                                        \
    X(SUSPENDED, "origami_http_suspended_requests", "", "Requests that wait for a tile to be made")

#endif
