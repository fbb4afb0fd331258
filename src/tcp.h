/* TCP: binding, connecting, names, socket options.
 * Floor 7.
 * Owns no memory. */
#ifndef UVNET_TCP_H
#define UVNET_TCP_H

#include "handle.h"

/* tcp() -> a handle without a socket yet. */
extern const net_type net_tcp_type;

/* Its options: tcp_options.c. */
extern const luaL_Reg net_tcp_option_methods[];

#endif
