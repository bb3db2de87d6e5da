/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "http/responses.h"
#include "support/cmocka_all.h"
#include "support/threads.h"

/* In the place of the HTTP library's: counts its shares as that one does. */
struct MHD_Response {
    atomic_uint shares;
    struct og_span body;
    bool coded;
    char tag[OG_TAG_TEXT];
    void (*let_go)(void *owner);
    void *owner;
};

static atomic_uint alive;   /* responses */
static unsigned left = ~0u; /* that may be made before memory is out */

static struct MHD_Response *make(const struct og_headers *headers, struct og_span body, void (*let_go)(void *owner),
                                 void *owner)
{
    struct MHD_Response *response = left ? malloc(sizeof *response) : NULL;
    if (!response) {
        let_go(owner);
        return NULL;
    }
    if (left != ~0u)
        left--;
    *response = (struct MHD_Response){.body = body, .let_go = let_go, .owner = owner};
    atomic_init(&response->shares, 1);
    for (unsigned i = 0; i < headers->count; i++) {
        response->coded |= strcmp(headers->header[i].name, "Content-Encoding") == 0;
        if (strcmp(headers->header[i].name, "ETag") == 0)
            memcpy(response->tag, headers->tag, sizeof response->tag);
    }
    atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed); /* a sum */
    return response;
}

static bool retag(struct MHD_Response *response, const char *from, const char *to)
{
    bool known = strcmp(response->tag, from) == 0 && left;
    memset(response->tag, 0, sizeof response->tag);
    if (known)
        memcpy(response->tag, to, sizeof response->tag);
    return known;
}

static void end(struct MHD_Response *response)
{
    if (atomic_fetch_sub_explicit(&response->shares, 1, memory_order_acq_rel) != 1)
        return;
    response->let_go(response->owner);
    free(response);
    atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed); /* a sum */
}

static void start_sending(struct MHD_Response *response)
{
    atomic_fetch_add_explicit(&response->shares, 1, memory_order_relaxed); /* the buffer's owner keeps one alive */
}

static const struct og_response_maker maker = {make, retag, end};
static const struct og_manners manners = {.cache_control = "public, max-age=1, immutable", .home = "x/"};

/* Buffers whose home counts who came back. */
struct home {
    struct og_buf_home home;
    atomic_uint back;
};

static void take_back(struct og_buf_home *home, struct og_buf *buf)
{
    atomic_fetch_add_explicit(&((struct home *)home)->back, 1, memory_order_relaxed); /* a sum */
    free(buf);
}

static struct og_buf *tile_from(struct home *home)
{
    home->home.take_back = take_back;
    struct og_buf *buf = og_buf_copy("some bytes", 10);
    buf->home = &home->home;
    return buf;
}

static unsigned back_home(struct home *home)
{
    return atomic_load_explicit(&home->back, memory_order_relaxed);
}

static unsigned now_alive(void)
{
    return atomic_load_explicit(&alive, memory_order_relaxed);
}

static struct og_responses *new_responses(void)
{
    struct og_responses *responses;
    struct og_error err;
    assert_int_equal(og_responses_new(&maker, &manners, &responses, &err), OG_OK);
    return responses;
}

static const struct og_head plain = {.method = OG_METHOD_GET}, gzip = {.method = OG_METHOD_GET, .takes_gzip = true};

static struct og_reply body_of(enum og_route_kind route, struct og_buf *buf)
{
    return og_reply_buf(route, "image/jpeg", buf, (struct og_validators){1, 1});
}

static void a_body_is_made_once_and_shared(void **state)
{
    (void)state;
    struct home home = {0};
    struct og_responses *responses = new_responses();
    unsigned before = now_alive();
    struct og_reply reply = body_of(OG_ROUTE_TILE, tile_from(&home));

    struct og_parcel first = og_responses_find(responses, &plain, &reply, NULL);
    struct og_parcel second = og_responses_find(responses, &gzip, &reply, NULL);

    assert_ptr_equal(first.response, second.response);
    assert_false(first.own);
    assert_int_equal(first.size, 10);
    assert_ptr_equal(first.response->body.data, reply.buf->data);
    assert_int_equal(now_alive(), before + 1);
    og_reply_release(&reply);
    assert_int_equal(back_home(&home), 1);
    assert_int_equal(now_alive(), before);
    og_responses_destroy(&responses);
    assert_int_equal(now_alive(), 0);
}

static void a_buffer_goes_home_when_nobody_sends_it_any_more(void **state)
{
    (void)state;
    struct home home = {0};
    struct og_responses *responses = new_responses();
    struct og_reply reply = body_of(OG_ROUTE_TILE, tile_from(&home));
    struct MHD_Response *sending = og_responses_find(responses, &plain, &reply, NULL).response;
    start_sending(sending);

    og_reply_release(&reply); /* evicted: no owner any more */

    assert_int_equal(back_home(&home), 0);
    assert_memory_equal(sending->body.data, "some bytes", 10);
    end(sending);
    assert_int_equal(back_home(&home), 1);
    og_responses_destroy(&responses);
}

static void texts_are_kept_in_gzip_too(void **state)
{
    (void)state;
    struct home home = {0};
    struct og_responses *responses = new_responses();
    struct og_reply reply = body_of(OG_ROUTE_SLIDE, tile_from(&home));

    struct og_parcel whole = og_responses_find(responses, &plain, &reply, NULL);
    struct og_parcel packed = og_responses_find(responses, &gzip, &reply, NULL);

    assert_ptr_not_equal(whole.response, packed.response);
    assert_false(whole.response->coded);
    assert_true(packed.response->coded);
    assert_int_equal(packed.response->body.data[0], 0x1f);
    assert_int_equal(packed.response->body.data[1], 0x8b);
    start_sending(packed.response); /* it has bytes of its own: the plain ones need not wait for it */
    og_reply_release(&reply);
    assert_int_equal(back_home(&home), 1);
    end(packed.response);
    og_responses_destroy(&responses);
    assert_int_equal(now_alive(), 0);
}

static void what_was_made_for_one_request_is_its_own(void **state)
{
    (void)state;
    struct home home = {0};
    struct og_responses *responses = new_responses();
    struct og_reply reply = body_of(OG_ROUTE_TILE, tile_from(&home));
    reply.made = true;

    struct og_parcel parcel = og_responses_find(responses, &plain, &reply, NULL);

    assert_true(parcel.own);
    assert_null(og_buf_dress(reply.buf));
    og_reply_release(&reply);
    assert_int_equal(back_home(&home), 0); /* the response owns a reference */
    end(parcel.response);
    assert_int_equal(back_home(&home), 1);
    og_responses_destroy(&responses);
}

static void without_memory_there_is_no_response_and_no_loss(void **state)
{
    (void)state;
    struct home home = {0};
    struct og_responses *responses = new_responses();
    struct og_reply reply = body_of(OG_ROUTE_SLIDE, tile_from(&home));

    left = 0;
    assert_null(og_responses_find(responses, &gzip, &reply, NULL).response);
    left = 1;
    struct og_parcel parcel = og_responses_find(responses, &gzip, &reply, NULL); /* the plain one, not the packed one */
    left = ~0u;

    assert_non_null(parcel.response);
    assert_false(parcel.response->coded);
    og_reply_release(&reply);
    assert_int_equal(back_home(&home), 1);
    og_responses_destroy(&responses);
    for (left = 0; left < 10; left++) {
        struct og_error err;
        unsigned room = left;
        assert_int_equal(og_responses_new(&maker, &manners, &responses, &err), OG_NO_MEMORY);
        assert_null(responses);
        left = room;
    }
    left = ~0u;
    assert_int_equal(now_alive(), 0);
}

static struct og_reply unchanged(enum og_route_kind route, uint64_t tag)
{
    return og_reply_unchanged(route, (struct og_validators){tag, 1});
}

static void a_connection_keeps_its_304_and_tells_it_of_the_next_tile(void **state)
{
    (void)state;
    struct og_responses *responses = new_responses();
    struct og_unchanged here = {0}, there = {0};
    struct og_reply one = unchanged(OG_ROUTE_TILE, 1), two = unchanged(OG_ROUTE_THUMBNAIL, 2);

    struct og_parcel first = og_responses_find(responses, &plain, &one, &here);
    assert_string_equal(first.response->tag, "\"0000000000000001\"");
    struct og_parcel second = og_responses_find(responses, &plain, &two, &here);
    struct og_parcel other = og_responses_find(responses, &plain, &one, &there);

    assert_false(first.own);
    assert_ptr_equal(first.response, second.response);
    assert_string_equal(second.response->tag, "\"0000000000000002\"");
    assert_ptr_not_equal(first.response, other.response);
    assert_string_equal(other.response->tag, "\"0000000000000001\"");
    og_responses_forget(responses, &here);
    og_responses_forget(responses, &here);
    og_responses_forget(responses, &there);
    og_responses_destroy(&responses);
    assert_int_equal(now_alive(), 0);
}

static void a_304_of_anything_else_is_its_own(void **state)
{
    (void)state;
    struct og_responses *responses = new_responses();
    struct og_unchanged kept = {0};
    struct og_reply replies[] = {unchanged(OG_ROUTE_DZI, 1), unchanged(OG_ROUTE_ASSET, 1), unchanged(OG_ROUTE_TILE, 0)};

    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        struct og_parcel parcel = og_responses_find(responses, &plain, &replies[i], &kept);
        assert_true(parcel.own);
        assert_null(kept.response);
        end(parcel.response);
    }
    og_responses_destroy(&responses);
    assert_int_equal(now_alive(), 0);
}

static void a_304_that_memory_was_out_for_is_made_anew(void **state)
{
    (void)state;
    struct og_responses *responses = new_responses();
    struct og_unchanged kept = {0};
    struct og_reply one = unchanged(OG_ROUTE_TILE, 1), two = unchanged(OG_ROUTE_TILE, 2);

    left = 0;
    assert_null(og_responses_find(responses, &plain, &one, &kept).response);
    left = ~0u;
    assert_non_null(og_responses_find(responses, &plain, &one, &kept).response);
    left = 0;
    assert_null(og_responses_find(responses, &plain, &two, &kept).response);
    left = ~0u;
    struct og_parcel again = og_responses_find(responses, &plain, &two, &kept);

    assert_string_equal(again.response->tag, "\"0000000000000002\"");
    og_responses_forget(responses, &kept);
    og_responses_destroy(&responses);
    assert_int_equal(now_alive(), 0);
}

enum { MEMBERS = 4, BUFFERS = 64 };

struct race {
    struct og_responses *responses;
    struct home home;
    _Atomic(struct og_buf *) buf[BUFFERS];
};

/* Every member dresses every buffer, at about the same time; the last owner may be any of them. */
static void dress_all(struct og_member *member)
{
    struct race *race = member->shared;
    for (unsigned i = 0; i < BUFFERS; i++) {
        struct og_buf *buf = atomic_load_explicit(&race->buf[i], memory_order_relaxed); /* put there before the start */
        struct og_reply reply = body_of(i % 2 ? OG_ROUTE_TILE : OG_ROUTE_DZI, buf);
        struct og_parcel parcel = og_responses_find(race->responses, i % 3 ? &plain : &gzip, &reply, NULL);
        if (parcel.response != og_responses_find(race->responses, i % 3 ? &plain : &gzip, &reply, NULL).response)
            og_member_fail(member, "buffer %u changed its dress", i);
        start_sending(parcel.response);
        og_reply_release(&reply);
        if (parcel.response->body.size == 10 && memcmp(parcel.response->body.data, "some bytes", 10) != 0)
            og_member_fail(member, "buffer %u lost its bytes while it was sent", i);
        end(parcel.response);
    }
}

static void threads_that_dress_a_buffer_at_once_agree(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 50; round++) {
        struct race race = {.responses = new_responses()};
        for (unsigned i = 0; i < BUFFERS; i++) {
            struct og_buf *buf = tile_from(&race.home);
            for (unsigned member = 1; member < MEMBERS; member++)
                og_buf_ref(buf);
            atomic_store_explicit(&race.buf[i], buf, memory_order_relaxed);
        }

        assert_string_equal(og_crew_run(MEMBERS, dress_all, &race).text, OG_AS_CLAIMED);

        assert_int_equal(back_home(&race.home), BUFFERS);
        og_responses_destroy(&race.responses);
        assert_int_equal(now_alive(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_made_once_and_shared),
        cmocka_unit_test(a_buffer_goes_home_when_nobody_sends_it_any_more),
        cmocka_unit_test(texts_are_kept_in_gzip_too),
        cmocka_unit_test(what_was_made_for_one_request_is_its_own),
        cmocka_unit_test(a_connection_keeps_its_304_and_tells_it_of_the_next_tile),
        cmocka_unit_test(a_304_of_anything_else_is_its_own),
        cmocka_unit_test(a_304_that_memory_was_out_for_is_made_anew),
        cmocka_unit_test(without_memory_there_is_no_response_and_no_loss),
        cmocka_unit_test(threads_that_dress_a_buffer_at_once_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
