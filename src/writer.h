/* The writing side of streams.
 * Floor 5.
 * Owns no memory but requests under way (req.h). */
#ifndef UVNET_WRITER_H
#define UVNET_WRITER_H

#include "handle.h"

/* May bytes go straight to the system? */
static inline int net_writer_is_direct(const net_handle *handle) {
  return (handle->flags & NET_WRITE_DIRECT) && handle->writes == 0;
}

/* Has nobody given the socket of this attached handle another `write`? */
int net_writer_is_ours(const net_handle *handle);

/* Offers bytes to the system; how many it took. What it refused for good is kept for the next `write` of this handle,
 * which reports it: asking twice would hear another error. Never raises. */
size_t net_writer_offer(net_handle *handle, const char *data, size_t size);

extern const luaL_Reg net_writer_methods[];
void net_writer_open(lua_State *L);

/* directWrite(slow, over, queued, told): makes the `write` of sockets. Where the direct lane is closed, it is
 * slow(self, ...). Else it offers the data to the system. If that takes all, a callback is noted by told(self, callback),
 * and the answer is true, or over(self) after too much within one callback of the loop. If not, the rest is queued, and
 * the answer is queued(self, bytes, callback). */
int net_writer_direct(lua_State *L);

#endif
