/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_BLUNT_H
#define OG_HTTP_BLUNT_H
/*
 * og_blunt: an answer that goes past libmicrohttpd, which has no room for one beside a long head and could only close
 * the connection. Said from its handler, before it closes: requests of a connection are answered one by one, so nothing
 * else is on its way there.
 *
 * Threads: the connection's. Ownership: the socket is borrowed. Errors: none; who does not take it at once misses it.
 */
void og_blunt_say_long_head(int socket); /* 431 */

#endif
