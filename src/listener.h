/* Listening and connecting: what makes a handle a server or a connection.
 * Floor 6.
 * Owns an accepted handle from the accept until a box has it. */
#ifndef UVNET_LISTENER_H
#define UVNET_LISTENER_H

#include "stream.h"

extern const luaL_Reg net_listener_methods[];

/* For connect in tcp.c and pipe.c: the request's callback. */
void net_listener_on_connect(uv_connect_t *uv, int status);

#endif
