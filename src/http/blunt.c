/* SPDX-License-Identifier: MIT */
#include "blunt.h"

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#include "http/date.h"

void og_blunt_say_long_head(int socket)
{
    char date[OG_DATE_TEXT], text[192];
    og_date_print(time(NULL), date);
    int size = snprintf(text, sizeof text,
                        "HTTP/1.1 431 Request Header Fields Too Large\r\n"
                        "Date: %s\r\n"
                        "Connection: close\r\n"
                        "Content-Length: 0\r\n"
                        "\r\n",
                        date);
    send(socket, text, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
}
