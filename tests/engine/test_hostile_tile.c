/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "operating_room.h"
#include "support/cmocka_all.h"

/* Streams and tables whose checksums are right and that no encoder of ours writes. */

static bool is_refused(const struct og_verdict *verdict)
{
    return strncmp(verdict->text, "refused: ", 9) == 0;
}

/* ---- making streams ---- */

struct stream {
    unsigned char *data; /* malloc'ed */
    unsigned long size;
};

struct recipe {
    int width, height, components;
    bool progressive, halved;
};

static struct stream draw(struct recipe recipe)
{
    static const J_COLOR_SPACE spaces[] = {JCS_UNKNOWN, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_YCbCr, JCS_CMYK};
    struct stream stream = {0};
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    uint8_t row[4 * 1024];
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &stream.data, &stream.size);
    info.image_width = (JDIMENSION)recipe.width;
    info.image_height = (JDIMENSION)recipe.height;
    info.input_components = recipe.components;
    info.in_color_space = spaces[recipe.components];
    jpeg_set_defaults(&info);
    info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = recipe.halved ? 2 : 1;
    for (int c = 1; c < recipe.components; c++)
        info.comp_info[c].h_samp_factor = info.comp_info[c].v_samp_factor = 1;
    if (recipe.progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW rows[] = {row};
        for (int i = 0; i < recipe.width * recipe.components; i++)
            row[i] = (uint8_t)(i * 3 + (int)info.next_scanline * 5);
        jpeg_write_scanlines(&info, rows, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return stream;
}

/* Coefficients as large as they can be, in codes made for them: standard codes take twice as much. */
static struct stream dense(void)
{
    struct stream stream = {0};
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    jvirt_barray_ptr blocks[3];
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &stream.data, &stream.size);
    info.image_width = info.image_height = OG_TILE_SIZE;
    info.input_components = 3;
    info.in_color_space = JCS_YCbCr;
    jpeg_set_defaults(&info);
    info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
    info.optimize_coding = TRUE;
    for (int c = 0; c < 3; c++)
        blocks[c] = info.mem->request_virt_barray((j_common_ptr)&info, JPOOL_IMAGE, TRUE, 32, 32, 1);
    info.mem->realize_virt_arrays((j_common_ptr)&info);
    for (unsigned i = 0; i < 3 * 32 * 32; i++) {
        JBLOCKARRAY row = info.mem->access_virt_barray((j_common_ptr)&info, blocks[i / 1024], i / 32 % 32, 1, TRUE);
        for (int k = 0; k < DCTSIZE2; k++)
            row[0][i % 32][k] = (JCOEF)(k % 2 ? -1023 : 1023);
    }
    jpeg_write_coefficients(&info, blocks);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return stream;
}

static struct stream copied(const void *data, size_t size)
{
    struct stream stream = {malloc(size), size};
    memcpy(stream.data, data, size);
    return stream;
}

static uint8_t *frame_header(const struct stream *stream)
{
    for (unsigned long i = 0; i + 1 < stream->size; i++)
        if (stream->data[i] == 0xff && (stream->data[i + 1] == 0xc0 || stream->data[i + 1] == 0xc2))
            return stream->data + i;
    abort();
}

/* ---- tiles ---- */

enum { SIDE = OG_TILE_SIZE };

static struct stream whole(int components)
{
    return draw((struct recipe){.width = SIDE, .height = SIDE, .components = components});
}

static struct stream progressive(int components)
{
    return draw((struct recipe){.width = SIDE, .height = SIDE, .components = components, .progressive = true});
}

static struct stream small(int components)
{
    return draw((struct recipe){.width = SIDE / 2, .height = SIDE / 2, .components = components});
}

static struct stream large(int components)
{
    return draw((struct recipe){.width = SIDE + 8, .height = SIDE, .components = components});
}

static struct stream gigantic(int components)
{
    struct stream stream = whole(components);
    memset(frame_header(&stream) + 5, 0xff, 4);
    return stream;
}

static struct stream empty_frame(int components)
{
    struct stream stream = whole(components);
    memset(frame_header(&stream) + 5, 0, 4);
    return stream;
}

static struct stream otherwise_coloured(int components)
{
    return whole(components == 1 ? 3 : 1);
}

static struct stream of_four_inks(int components)
{
    (void)components;
    return whole(4);
}

static struct stream halved(int components)
{
    return draw(
        (struct recipe){.width = SIDE, .height = SIDE, .components = components == 1 ? 3 : components, .halved = true});
}

static struct stream of_twelve_bits(int components)
{
    struct stream stream = whole(components);
    frame_header(&stream)[4] = 12;
    return stream;
}

static struct stream arithmetic(int components)
{
    struct stream stream = whole(components);
    frame_header(&stream)[1] = 0xc9;
    return stream;
}

static struct stream cut_short(int components)
{
    struct stream stream = whole(components);
    stream.size = stream.size * 2 / 3;
    return stream;
}

static struct stream cut_and_closed(int components)
{
    struct stream stream = cut_short(components);
    stream.data[stream.size - 2] = 0xff;
    stream.data[stream.size - 1] = 0xd9;
    return stream;
}

static struct stream headers_only(int components)
{
    struct stream stream = whole(components);
    stream.size = (unsigned long)(frame_header(&stream) - stream.data) + 2;
    stream.data[stream.size - 1] = 0xd9;
    return stream;
}

static struct stream one_byte(int components)
{
    (void)components;
    return copied("\xff", 1);
}

static struct stream two_bytes(int components)
{
    (void)components;
    return copied("\xff\xd8", 2);
}

static struct stream nothing_framed(int components)
{
    (void)components;
    return copied("\xff\xd8\xff\xd9", 4);
}

static struct stream words(int components)
{
    (void)components;
    return copied("<html>this is no picture</html>", 31);
}

static struct stream fill_bytes(int components)
{
    struct stream stream = whole(components);
    memset(stream.data + 2, 0xff, stream.size - 3);
    return stream;
}

static struct stream segment_past_the_end(int components)
{
    (void)components;
    return copied("\xff\xd8\xff\xdb\xff\xff\x00\x10\xff\xd9", 10);
}

static const struct {
    const char *what;
    struct stream (*make)(int components);
} strange_tiles[] = {
    {"progressive", progressive},
    {"smaller", small},
    {"larger", large},
    {"65535 x 65535", gigantic},
    {"0 x 0", empty_frame},
    {"of another number of components", otherwise_coloured},
    {"of four components", of_four_inks},
    {"with halved chroma", halved},
    {"of twelve bits", of_twelve_bits},
    {"arithmetic", arithmetic},
    {"cut short", cut_short},
    {"cut short and closed", cut_and_closed},
    {"headers only", headers_only},
    {"of one byte", one_byte},
    {"of two bytes", two_bytes},
    {"an empty frame", nothing_framed},
    {"words", words},
    {"fill bytes", fill_bytes},
    {"a segment past the end", segment_past_the_end},
};

static void replace(struct surgery *s, unsigned page, uint64_t index, unsigned slot, const struct stream *stream)
{
    surgery_set_tile(s, page, index, slot, (struct og_span){stream->data, stream->size});
}

static void a_strange_tile_is_an_error_for_what_is_rebuilt_from_it(void **state)
{
    const struct room *room = *state;
    for (unsigned i = 0; i < sizeof strange_tiles / sizeof strange_tiles[0]; i++) {
        struct surgery s = room_copy(room);
        struct stream grey = strange_tiles[i].make(1), colour = strange_tiles[i].make(3);
        struct wounds wounds = {.bad = {{1u << 6, 1, 1, 0, 1u << 1}, {1}, {1}}};
        replace(&s, 0, 0, 6, &grey);                 /* L0 */
        replace(&s, 0, 4, 1, &grey);                 /* L1 */
        replace(&s, 0, 1, 0, &colour);               /* L2, whole */
        replace(&s, 0, 2, 0, &colour);               /* L2, cut at the edge */
        replace(&s, 1, 0, 0, &colour);               /* coarser */
        replace(&s, 2, 0, 0, &colour);               /* and what all levels below are made from */
        if (strange_tiles[i].make == cut_and_closed) /* a stored tile is not decoded: only its header is looked at */
            wounds.replaced[0][1] = wounds.replaced[0][2] = wounds.replaced[1][0] = wounds.replaced[2][0] = 1;

        struct og_verdict verdict = room_judge(room, &s, &wounds);

        if (strcmp(verdict.text, OG_AS_CLAIMED) != 0)
            fail_msg("%s: %s", strange_tiles[i].what, verdict.text);
        free(grey.data);
        free(colour.data);
        surgery_close(&s);
    }
}

/* What the address sanitizer sees at the end: cutting loses no memory. */
static void a_tile_that_grows_when_it_is_cut_is_answered_or_refused(void **state)
{
    struct folder *folder = folder_make();
    struct picture picture = {PICTURE_SMOOTH, 1020, 1020, 9};
    struct stream tile = dense();
    struct served served;
    struct og_buf *buf;
    (void)state;
    folder_add_slide(folder, "dense", &picture);
    struct surgery s = surgery_open(folder, "dense.tif");
    assert_true(tile.size < OG_COLOUR_BYTES_MAX);
    replace(&s, 0, 0, 0, &tile);
    surgery_save(&s, folder, "dense.tif");
    served_open(&served, folder->path, (struct og_engine_options){.workers = 1});

    enum og_status status = served_ask(&served, served.block, "dense", s.pyramid.top - 2, 0, 0, &buf);

    assert_true(status == OG_DAMAGED || (status == OG_OK && buf));
    og_buf_unref(&buf);
    served_close(&served);
    surgery_close(&s);
    free(tile.data);
    folder_remove(&folder);
}

/* ---- tables ---- */

static struct stream no_tables(int components)
{
    return nothing_framed(components);
}

static struct stream half_a_huffman_table(int components)
{
    (void)components;
    return copied("\xff\xd8\xff\xc4\x00\x1f\x00\x00\x01\x05\xff\xd9", 12);
}

static struct stream unclosed(int components)
{
    (void)components;
    return copied("\xff\xd8\xff\xdb", 4);
}

static const struct {
    const char *what;
    struct stream (*make)(int components);
} strange_tables[] = {
    {"an image", whole},
    {"a progressive image", progressive},
    {"no tables", no_tables},
    {"half a table", half_a_huffman_table},
    {"an unclosed stream", unclosed},
    {"words", words},
    {"one byte", one_byte},
    {"fill bytes", fill_bytes},
};
enum { STRANGE_TABLES = sizeof strange_tables / sizeof strange_tables[0] };

/* Every slot of every record that the page's tables decode. */
static void wound_page(const struct surgery *s, unsigned page, struct wounds *wounds)
{
    unsigned first = page + 2 == s->pages ? OG_SLOT_L1 : page + 1 == s->pages ? OG_SLOT_L0 : 0;
    unsigned end = page + 2 == s->pages ? OG_SLOT_L0 : page + 1 == s->pages ? OG_FAMILY_SLOTS : 1;
    unsigned records = first ? 0 : page;
    for (uint64_t i = 0; i < surgery_records(s, records); i++) {
        for (unsigned slot = first; slot < end; slot++)
            wounds->bad[records][i] |= surgery_tile(s, records, i, slot).size ? UINT32_C(1) << slot : 0;
        wounds->replaced[records][i] = first == 0;
    }
}

static void strange_tables_make_errors_of_the_tiles_that_need_them(void **state)
{
    const struct room *room = *state;
    for (unsigned i = 0; i < STRANGE_TABLES * room->patient.pages; i++) {
        unsigned page = i / STRANGE_TABLES;
        struct surgery s = room_copy(room);
        struct stream tables = strange_tables[i % STRANGE_TABLES].make(page + 2 < s.pages ? 3 : 1);
        struct wounds wounds = {0};
        wound_page(&s, page, &wounds);
        surgery_set_value(&s, page, SURGERY_TAG_TABLES, tables.data, tables.size);
        surgery_reseal(&s);

        struct og_verdict verdict = room_judge(room, &s, &wounds);

        if (strcmp(verdict.text, OG_AS_CLAIMED) != 0 && !is_refused(&verdict))
            fail_msg("page %u, %s: %s", page, strange_tables[i % STRANGE_TABLES].what, verdict.text);
        free(tables.data);
        surgery_close(&s);
    }
}

static void tables_beyond_the_limit_are_refused(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    uint8_t *tables = calloc(1, 65537);
    memcpy(tables, "\xff\xd8\xff\xd9", 4);
    surgery_set_value(&s, 0, SURGERY_TAG_TABLES, tables, 65537);
    surgery_reseal(&s);

    struct og_verdict verdict = room_judge(room, &s, &(struct wounds){0});

    assert_true(is_refused(&verdict));
    free(tables);
    surgery_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strange_tile_is_an_error_for_what_is_rebuilt_from_it),
        cmocka_unit_test(a_tile_that_grows_when_it_is_cut_is_answered_or_refused),
        cmocka_unit_test(strange_tables_make_errors_of_the_tiles_that_need_them),
        cmocka_unit_test(tables_beyond_the_limit_are_refused),
    };
    return cmocka_run_group_tests(tests, room_setup, room_teardown);
}
