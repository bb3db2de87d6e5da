/* SPDX-License-Identifier: MIT */
#include "jpeg_scan.h"

#include "kernels_eight.h"

enum { SIDE = OG_BLOCK_SIDE };

struct component {
    const struct og_jpeg_codes *dc, *ac;
    const uint16_t *steps;
    struct og_plane to;
    int16_t last_dc;
};

enum ending { BAD, FLAT, FULL };

static int16_t times(int16_t level, uint16_t step)
{
    return (int16_t)(level * step);
}

/* Into a block of zeros. FLAT: only DC was written. */
static inline enum ending read_block(struct og_jpeg_bits *bits, struct component *component, int16_t block[OG_BLOCK])
{
    uint64_t window = bits->window;
    int count = bits->count, at = 1;
    const uint8_t *next = bits->next;
    const uint16_t *steps = component->steps;
    const struct og_jpeg_codes *ac = component->ac;
    og_jpeg_bits_fill(&window, &count, &next);
    struct og_jpeg_word word = component->dc->look[window >> (64 - OG_LOOK)];
    if (word.run >= OG_RUN_FOLLOWED)
        word = og_jpeg_codes_read(component->dc, window);
    if (word.run == OG_RUN_BAD)
        return BAD;
    window <<= word.bits;
    count -= word.bits;
    component->last_dc = (int16_t)(component->last_dc + word.value);
    block[0] = times(component->last_dc, steps[0]);
    do {
        if (count < OG_READ_BITS)
            og_jpeg_bits_fill(&window, &count, &next);
        word = ac->look[window >> (64 - OG_LOOK)];
        if (word.run >= OG_RUN_FOLLOWED)
            word = og_jpeg_codes_read(ac, window);
        window <<= word.bits;
        count -= word.bits;
        at += word.run;
        if (word.run == OG_RUN_END)
            break;
        if (at >= OG_BLOCK)
            return BAD;
        block[og_zigzag[at]] = times(word.value, steps[og_zigzag[at]]);
    } while (++at < OG_BLOCK);
    bits->window = window;
    bits->count = count;
    bits->next = next;
    return at == 1 + OG_RUN_END ? FLAT : FULL;
}

/* What the inverse transform makes of DC alone. */
static void fill(int dc, uint8_t *to, ptrdiff_t stride)
{
    int value = 128 + ((dc + 4) >> 3);
    for (int y = 0; y < SIDE; y++)
        memset(to + y * stride, value < 0 ? 0 : value > 255 ? 255 : value, SIDE);
}

union block {
    int16_t coefficients[OG_BLOCK];
    eight parts[OG_BLOCK * sizeof(int16_t) / sizeof(eight)];
};

static inline void clear(union block *block)
{
    for (size_t i = 0; i < sizeof block->parts / sizeof block->parts[0]; i++)
        block->parts[i] = (eight){0};
}

/* A block that was read and not transformed yet. */
struct pending {
    union block block;
    uint8_t *to; /* NULL: none */
    ptrdiff_t stride;
};

static inline void transform(const struct og_kernels *kernels, struct pending *pending)
{
    if (!pending->to)
        return;
    kernels->dct_inverse(pending->block.coefficients, pending->to, pending->stride);
    clear(&pending->block);
    pending->to = NULL;
}

/*
 * A block is transformed when the next one is read: a vector is not read while the processor still holds back the small
 * writes of which it is made.
 */
static const char *read_all(struct og_jpeg_scan *scan, struct component *components, int count)
{
    struct pending pending[2] = {0};
    unsigned turn = 0;
    for (int y = 0; y < components[0].to.height; y += SIDE)
        for (int x = 0; x < components[0].to.width; x += SIDE)
            for (int c = 0; c < count; c++) {
                const struct og_plane *to = &components[c].to;
                uint8_t *corner = to->data + y * to->stride + x;
                if (!og_jpeg_bits_prepare(&scan->bits))
                    return "the stream ends too early";
                struct pending *now = &pending[turn % 2];
                enum ending ending = read_block(&scan->bits, &components[c], now->block.coefficients);
                if (ending == BAD)
                    return "no Huffman code";
                if (ending == FLAT) {
                    fill(now->block.coefficients[0], corner, to->stride);
                    continue;
                }
                now->to = corner;
                now->stride = to->stride;
                transform(scan->kernels, &pending[++turn % 2]);
            }
    transform(scan->kernels, &pending[++turn % 2]);
    return NULL;
}

/* Less than a byte is left, and then the end of the image. */
static const char *judge_end(const struct og_jpeg_bits *bits)
{
    static const uint8_t end_of_image[] = {0xff, JPEG_EOI};
    ptrdiff_t left = og_jpeg_bits_left(bits);
    if (left < 0 || (bits->ended && bits->stream.size < sizeof end_of_image))
        return "the stream ends too early";
    if (!bits->ended || left >= 8 || memcmp(bits->stream.data, end_of_image, sizeof end_of_image) != 0)
        return "more than a tile in the stream";
    return NULL;
}

enum og_status og_jpeg_scan_read(struct og_jpeg_scan *scan, const struct jpeg_decompress_struct *info,
                                 struct og_span stream, const struct og_plane *planes, struct og_error *err)
{
    struct component components[MAX_COMPS_IN_SCAN];
    for (int i = 0; i < info->comps_in_scan; i++) {
        const jpeg_component_info *from = info->cur_comp_info[i];
        const JHUFF_TBL *dc = info->dc_huff_tbl_ptrs[from->dc_tbl_no], *ac = info->ac_huff_tbl_ptrs[from->ac_tbl_no];
        components[i] = (struct component){.dc = &scan->dc[from->dc_tbl_no],
                                           .ac = &scan->ac[from->ac_tbl_no],
                                           .steps = info->quant_tbl_ptrs[from->quant_tbl_no]->quantval,
                                           .to = planes[from->component_index]};
        if (!og_jpeg_codes_make(&scan->dc[from->dc_tbl_no], dc->bits, dc->huffval, true) ||
            !og_jpeg_codes_make(&scan->ac[from->ac_tbl_no], ac->bits, ac->huffval, false))
            return og_error_set(err, OG_DAMAGED, "a Huffman table is no code");
    }
    og_jpeg_bits_begin(&scan->bits, stream);
    const char *reason = read_all(scan, components, info->comps_in_scan);
    if (!reason)
        reason = judge_end(&scan->bits);
    return reason ? og_error_set(err, OG_DAMAGED, "%s", reason) : OG_OK;
}
