/* Looking up the addresses of names and the names of addresses, in libuv's threads.
 * Floor 3.
 * Owns each lookup (malloc) from its start to its callback. */
#ifndef UVNET_DNS_H
#define UVNET_DNS_H

#include "loop.h"

/* Adds getaddrinfo, getnameinfo and the constants of `hints` to the table on top of the stack. */
void net_dns_open(lua_State *L, net_loop *loop);

#endif
