// SPDX-License-Identifier: MIT
// tiles.mjs MODULES TILES TABLE QUALITY...: tiles as mozjpeg makes them, for mozjpeg.c, with the sharp in MODULES/node_modules.
//
// TILES holds tiles one after the other: width and height as 32-bit little-endian numbers, then RGB. For each quality a
// file TILES.QUALITY is written: for each tile the length of its stream as such a number, then the stream. TABLE is
// mozjpeg's number of a quantisation table.

import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { readFileSync, writeFileSync } from "node:fs";

const [modules, path, table, ...qualities] = process.argv.slice(2);
const sharp = createRequire(`${modules}/`)("sharp");
sharp.concurrency(1);
sharp.cache(false);

const bytes = readFileSync(path);
const tiles = [];
for (let at = 0; at < bytes.length;) {
    const width = bytes.readUInt32LE(at), height = bytes.readUInt32LE(at + 4);
    const end = at + 8 + 3 * width * height;
    tiles.push({ pixels: bytes.subarray(at + 8, end), raw: { width, height, channels: 3 } });
    at = end;
}

async function encode(quality) {
    const streams = new Array(tiles.length);
    let next = 0;
    async function work() {
        while (next < tiles.length) {
            const i = next++;
            streams[i] = await sharp(tiles[i].pixels, { raw: tiles[i].raw })
                .jpeg({ quality, chromaSubsampling: "4:2:0", mozjpeg: true, quantisationTable: Number(table) })
                .toBuffer();
        }
    }
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    const parts = streams.flatMap((stream) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(stream.length);
        return [length, stream];
    });
    writeFileSync(`${path}.${quality}`, Buffer.concat(parts));
}

for (const quality of qualities)
    await encode(Number(quality));
