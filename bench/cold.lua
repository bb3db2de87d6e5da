-- SPDX-License-Identifier: MIT
-- For wrk: tiles of one level and the next coarser one at random, each as likely as any other, the same for each run.
-- wrk ... -- SLIDE TOP COLUMNS ROWS: the slide, its finest level and that level's grid.
local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("seed", #threads)
end

function init(arguments)
    slide, top, columns, rows = arguments[1], tonumber(arguments[2]), tonumber(arguments[3]), tonumber(arguments[4])
    coarse_columns, coarse_rows = math.ceil(columns / 2), math.ceil(rows / 2)
    fine = columns * rows
    math.randomseed(seed)
    failed = 0
end

function request()
    local n = math.random(0, fine + coarse_columns * coarse_rows - 1)
    local level, width = top, columns
    if n >= fine then
        n, level, width = n - fine, top - 1, coarse_columns
    end
    return wrk.format("GET", string.format("/tiles/%s/%d/%d_%d.jpg", slide, level, n % width, math.floor(n / width)))
end

function response(status)
    if status ~= 200 then
        failed = failed + 1
    end
end

function done(summary, latency)
    local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    for _, thread in ipairs(threads) do
        failed = failed + thread:get("failed")
    end
    io.write(string.format("cold: tiles %d failed %d seconds %.6f p50 %.3f p95 %.3f p99 %.3f\n", summary.requests, failed,
        summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
        latency:percentile(99) / 1e3))
end
