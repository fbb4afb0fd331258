/* Unix domain sockets, and named pipes on Windows.
 * Floor 6.
 * Owns no memory. */
#ifndef UVNET_PIPE_H
#define UVNET_PIPE_H

#include "handle.h"

extern const luaL_Reg net_pipe_methods[];

/* pipe() -> a handle without a socket yet. */
int net_pipe_new(lua_State *L);

#endif
