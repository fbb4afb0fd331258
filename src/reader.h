/* The reading side of streams.
 * Floor 6.
 * Owns no memory; the read buffer is the loop's. */
#ifndef UVNET_READER_H
#define UVNET_READER_H

#include "handle.h"

extern const luaL_Reg net_reader_methods[];
void net_reader_open(lua_State *L, net_loop *loop);

#endif
