/* A file descriptor that exists becomes a handle.
 * Floor 4.
 * Owns no memory; an opened descriptor is its handle's. */
#ifndef UVNET_FD_H
#define UVNET_FD_H

#include "handle.h"

extern const luaL_Reg net_fd_methods[];

/* fdType(fd) -> "TCP", "PIPE", "FILE", "TTY", "UDP" or "UNKNOWN". */
int net_fd_type(lua_State *L);

/* A descriptor that libuv has made, and that the system gave the number of a standard one, gets another number: its
 * handle is closed and another one comes in its place; NULL if that fails. Gives back 0 or a status. Never raises. */
int net_fd_lift(net_handle **handle);

#endif
