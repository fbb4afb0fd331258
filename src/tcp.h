/* TCP: binding, connecting, names, socket options.
 * Floor 6.
 * Owns no memory. */
#ifndef UVNET_TCP_H
#define UVNET_TCP_H

#include "handle.h"

extern const luaL_Reg net_tcp_methods[];

/* tcp() -> a handle without a socket yet. */
int net_tcp_new(lua_State *L);

#endif
