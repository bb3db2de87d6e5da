/* SPDX-License-Identifier: MIT */
/* Rungs two to four: order oracle and ownership stamp, for several crews and rings; CTest runs this on one core too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>

#include "support/threads.h"
#include "sync/ring.h"

enum { MOST_PRODUCERS = 4, MOST_MEMBERS = 8, MESSAGES = 256, TOKENS = 4 };

struct message {
    unsigned producer; /* plain memory on purpose: the ring's edges alone order it */
    uint64_t sequence;
};

struct tally {
    uint64_t count, sum;
};

struct mail {
    unsigned producers;
    struct og_ring *posted, *blank;
    atomic_uint producing;
    struct message messages[MESSAGES];
    struct tally sent[MOST_MEMBERS], received[MOST_MEMBERS];
};

static void push_patiently(struct og_ring *ring, void *item)
{
    while (!og_ring_push_pointer(ring, item))
        sched_yield();
}

static void produce(struct og_member *member, struct mail *mail)
{
    struct tally sent = {0};
    while (og_member_has_time(member)) {
        struct message *message = og_ring_pop(mail->blank);
        if (!message) {
            sched_yield();
            continue;
        }
        *message = (struct message){.producer = member->index, .sequence = ++sent.count};
        sent.sum += message->sequence;
        push_patiently(mail->posted, message);
    }
    mail->sent[member->index] = sent;
    atomic_fetch_sub_explicit(&mail->producing, 1, memory_order_release); /* to the consumers' last look */
}

static void consume(struct og_member *member, struct mail *mail)
{
    struct tally received = {0};
    uint64_t last[MOST_PRODUCERS] = {0};
    for (;;) {
        bool over = atomic_load_explicit(&mail->producing, memory_order_acquire) == 0;
        struct message *message = og_ring_pop(mail->posted);
        if (!message && over)
            break;
        if (!message) {
            sched_yield();
            continue;
        }
        if (message->producer >= mail->producers)
            og_member_fail(member, "a message from producer %u, whom nobody knows", message->producer);
        else if (message->sequence <= last[message->producer])
            og_member_fail(member, "message %ju of producer %u after %ju", (uintmax_t)message->sequence,
                           message->producer, (uintmax_t)last[message->producer]);
        else
            last[message->producer] = message->sequence;
        received.count++;
        received.sum += message->sequence;
        *message = (struct message){.producer = MOST_PRODUCERS};
        push_patiently(mail->blank, message);
    }
    mail->received[member->index] = received;
}

static void exchange(struct og_member *member)
{
    struct mail *mail = member->shared;
    if (member->index < mail->producers)
        produce(member, mail);
    else
        consume(member, mail);
}

static void expect_order_and_totals(unsigned producers, unsigned consumers, size_t capacity)
{
    static struct mail mail;
    mail = (struct mail){.producers = producers, .posted = og_ring_new(capacity), .blank = og_ring_new(MESSAGES)};
    atomic_init(&mail.producing, producers);
    for (unsigned i = 0; i < MESSAGES; i++)
        assert_true(og_ring_push_pointer(mail.blank, &mail.messages[i]));

    struct og_verdict verdict = og_crew_run(producers + consumers, exchange, &mail);

    struct tally sent = {0}, received = {0};
    for (unsigned i = 0; i < MOST_MEMBERS; i++) {
        sent.count += mail.sent[i].count, sent.sum += mail.sent[i].sum;
        received.count += mail.received[i].count, received.sum += mail.received[i].sum;
    }
    assert_string_equal(verdict.text, OG_AS_CLAIMED);
    assert_int_equal(received.count, sent.count);
    assert_int_equal(received.sum, sent.sum);
    assert_true(og_ring_valid(mail.posted) && og_ring_valid(mail.blank));
    assert_int_equal(og_ring_count(mail.blank), MESSAGES);
    og_ring_destroy(&mail.posted);
    og_ring_destroy(&mail.blank);
}

static void one_producer_and_one_consumer_keep_order(void **state)
{
    (void)state;
    expect_order_and_totals(1, 1, 64);
}

static void many_producers_and_one_consumer_keep_order(void **state)
{
    (void)state;
    expect_order_and_totals(4, 1, 64);
}

static void one_producer_and_many_consumers_keep_order(void **state)
{
    (void)state;
    expect_order_and_totals(1, 4, 64);
}

static void many_of_both_keep_order(void **state)
{
    (void)state;
    expect_order_and_totals(4, 4, 64);
}

static void many_of_both_keep_order_in_the_smallest_ring(void **state)
{
    (void)state;
    expect_order_and_totals(4, 4, 2);
}

struct token {
    atomic_uint owner; /* 0 is nobody */
    unsigned stamp;    /* plain memory: a second owner is a data race as well */
};

struct pool {
    struct og_ring *ring;
    struct token tokens[TOKENS];
};

static void stamp_tokens(struct og_member *member)
{
    struct pool *pool = member->shared;
    const unsigned me = member->index + 1;
    while (og_member_has_time(member)) {
        struct token *token = og_ring_pop(pool->ring);
        if (!token) {
            sched_yield();
            continue;
        }
        unsigned before = atomic_exchange_explicit(&token->owner, me, memory_order_relaxed);
        token->stamp = me;
        if (og_member_random(member) % 64 == 0)
            sched_yield();
        unsigned after = atomic_exchange_explicit(&token->owner, 0, memory_order_relaxed);
        if (before != 0 || after != me || token->stamp != me)
            og_member_fail(member, "owner %u found %u when it came and %u when it left", me, before, after);
        push_patiently(pool->ring, token);
    }
}

static void expect_single_owners(unsigned members, size_t capacity)
{
    struct pool pool = {.ring = og_ring_new(capacity)};
    for (unsigned i = 0; i < TOKENS; i++)
        assert_true(og_ring_push_pointer(pool.ring, &pool.tokens[i]));

    struct og_verdict verdict = og_crew_run(members, stamp_tokens, &pool);

    assert_string_equal(verdict.text, OG_AS_CLAIMED);
    assert_true(og_ring_valid(pool.ring));
    assert_int_equal(og_ring_count(pool.ring), TOKENS);
    og_ring_destroy(&pool.ring);
}

static void item_has_one_owner_at_a_time_in_a_roomy_pool(void **state)
{
    (void)state;
    expect_single_owners(8, TOKENS + 1);
}

static void item_has_one_owner_at_a_time_in_an_exact_pool(void **state)
{
    (void)state;
    expect_single_owners(8, TOKENS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_producer_and_one_consumer_keep_order),
        cmocka_unit_test(many_producers_and_one_consumer_keep_order),
        cmocka_unit_test(one_producer_and_many_consumers_keep_order),
        cmocka_unit_test(many_of_both_keep_order),
        cmocka_unit_test(many_of_both_keep_order_in_the_smallest_ring),
        cmocka_unit_test(item_has_one_owner_at_a_time_in_a_roomy_pool),
        cmocka_unit_test(item_has_one_owner_at_a_time_in_an_exact_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
