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

/* Offers bytes to the system; how many it took. What it refused for good is kept for the next `write` of this handle,
 * which reports it: asking twice would hear another error. Never raises. */
size_t net_writer_offer(net_handle *handle, const char *data, size_t size);

extern const luaL_Reg net_writer_methods[];
void net_writer_open(lua_State *L);

/* directWrite(slow, over, queued, told): makes the `write` of sockets. Where the direct lane is closed, it is
 * slow(self, ...). Else it offers the data to the system. If that takes all, a callback is noted by told(self, callback),
 * and the answer is true, or over(self) after too much within one callback of the loop. If not, the rest is queued, and
 * the answer is queued(self, bytes, callback).
 *
 * It gives back two more, for LuaJIT: the address of a pointer to int offer(void *box, const char *data, int size), and
 * what getmetatable shows of boxes. */
int net_writer_direct(lua_State *L);

/* ---- between the files of this room ---- */

/* A writer who fills a fast reader's connection in one callback would hold the loop for ever if each write that the
 * system takes at once said "go on". So after this many bytes the answer is "wait for drain". */
enum { NET_TAKEN_LIMIT = 1024 * 1024 };

/* Counts what the system took within this callback; whether that is too much for one. */
static inline int net_writer_take(net_handle *handle, size_t size) {
  const net_loop *loop = net_handle_loop(handle);
  net_handle_touch(handle);
  if (handle->taken_in != loop->callback) {
    handle->taken_in = loop->callback;
    handle->taken = 0;
  }
  if (size < NET_TAKEN_LIMIT - handle->taken) {
    handle->taken += (uint32_t)size;
    return 0;
  }
  handle->taken = 0;
  return 1;
}

/* Queues what the system did not take at once. The value on top of the stack (popped) is anchored until libuv has sent
 * it: the string, or a table of strings. Returns a status. */
int net_writer_queue(lua_State *L, net_handle *handle, uv_buf_t *buffers, unsigned count);

/* The same with a copy of the bytes, and without the state. Never raises. */
int net_writer_queue_copy(net_handle *handle, const char *data, size_t size);

#endif
