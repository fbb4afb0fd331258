/* A file descriptor that exists becomes a handle.
 * Floor 4.
 * Owns no memory; an opened descriptor is its handle's. */
#ifndef UVNET_FD_H
#define UVNET_FD_H

#include "handle.h"

extern const luaL_Reg net_fd_methods[];

/* fdType(fd) -> "TCP", "PIPE", "FILE", "TTY", "UDP" or "UNKNOWN". */
int net_fd_type(lua_State *L);

#endif
