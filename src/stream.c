/* Streams: whose is one, what it has counted, its end.
 * Floor 5.
 * Owns no memory. */
#include "stream.h"

net_stream *net_stream_check(lua_State *L, int index) {
  net_handle *handle = net_handle_check(L, index);
  return handle != NULL && net_handle_type(handle)->is_stream ? net_stream_of(handle) : NULL;
}

/* Ends the piping out of and into it and its idle time, and closes its fast paths. */
void net_stream_leave(net_handle *handle) {
  net_stream *stream = net_stream_of(handle);
  net_loop *loop = net_stream_loop(stream);
  net_stream_unpipe(stream);
  if ((stream->flags & NET_LINKED) && stream->more.link->from != NULL)
    net_stream_unpipe(stream->more.link->from);
  net_stream_forget_idle(stream);
  if (loop->reading == stream) loop->reading = NULL;
  stream->flags &= (uint16_t) ~(NET_READ_FAST | NET_READ_TEXT | NET_WRITE_FAST | NET_READ_TASK | NET_LAZY);
}

/* pending() -> bytes that libuv still has to send. */
static int stream_pending(lua_State *L) {
  const net_stream *stream = net_stream_check(L, 1);
  net_pushsize(L, stream == NULL ? 0 : uv_stream_get_write_queue_size(&stream->uv.stream));
  return 1;
}

/* bytes() -> received, given to libuv, and its idle time in ms, or nil. */
static int stream_bytes(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  net_pushsize(L, stream == NULL ? 0 : stream->bytes_read);
  net_pushsize(L, stream == NULL ? 0 : stream->bytes_written);
  return 2 + (stream == NULL ? 0 : net_stream_push_idle(L, stream));
}

/* isTcp() */
static int stream_is_tcp(lua_State *L) {
  const net_stream *stream = net_stream_check(L, 1);
  lua_pushboolean(L, stream != NULL && stream->uv.stream.type == UV_TCP);
  return 1;
}

const luaL_Reg net_stream_methods[] = {
    {"pending", stream_pending}, {"bytes", stream_bytes}, {"isTcp", stream_is_tcp}, {NULL, NULL}};
