/* Socket addresses: text to sockaddr, sockaddr to Lua, and what an IP address is.
 * Floor 0.
 * Owns no memory. */
#ifndef UVNET_ADDR_H
#define UVNET_ADDR_H

#include <lua.h>
#include <stddef.h>
#include <uv.h>

/* Makes a sockaddr of an IPv4 or IPv6 address; a link-local one may end in a zone, "fe80::1%eth0".
 * An interface that does not exist counts as no zone. Returns 0, or UV_EINVAL for a bad address or port. */
int net_addr_parse(const char *ip, int port, struct sockaddr_storage *out);

/* Pushes three values: address, port, "IPv4" or "IPv6"; three nils for any other family. May raise. */
int net_addr_push(lua_State *L, const struct sockaddr *sa);

/* 4, 6, or 0 for what is no IP address. The bytes may hold NULs: no address does. */
int net_addr_isip(const char *s, size_t len);

/* Sets isIP into the table on top of the stack. */
void net_addr_open(lua_State *L);

#endif
