/* Lazy streams: a connection that lives the usual life is told by its stage alone (net/fast_path.lua), and what nobody can
 * observe of its end is settled here.
 * Floor 5.
 * Owns no memory. */
#include "fail.h"
#include "stream.h"

static const char *const stages[] = {"open", "ended", "finishing", "shutting", NULL};

/* begin(owner, half_open): a connection that has been accepted begins. It is attached, read, written directly, and lazy. */
static int stream_begin(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  net_handle_attach(L, &stream->handle, 2);
  stream->flags |= NET_WRITE_FAST | NET_LAZY;
  if (lua_toboolean(L, 3)) stream->flags |= NET_HALF_OPEN;
  return net_done(L, net_stream_start(stream));
}

/* flow(): what is read goes to the listener from now on. Gives back whether it did already; nil if the stream is not lazy
 * or not open. */
static int stream_flow(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL || !(stream->flags & NET_LAZY) || stream->handle.stage != NET_OPEN) return 0;
  lua_pushboolean(L, stream->flags & NET_READ_FAST);
  stream->flags |= NET_READ_FAST;
  stream->flags &= (uint16_t)~NET_READ_TASK;
  return 1;
}

/* stage() -> "open", "flowing", "ended", "finishing" or "shutting"; nil if it is not lazy. */
static int stream_stage(lua_State *L) {
  const net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL || !(stream->flags & NET_LAZY)) return 0;
  if (stream->handle.stage == NET_OPEN && (stream->flags & NET_READ_FAST)) {
    lua_pushliteral(L, "flowing");
  } else {
    lua_pushstring(L, stages[stream->handle.stage]);
  }
  return 1;
}

/* setStage(name), or nil: it is lazy no longer. */
static int stream_set_stage(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return 0;
  if (lua_isnoneornil(L, 2)) {
    stream->flags &= (uint16_t) ~(NET_LAZY | NET_READ_TASK);
  } else {
    stream->handle.stage = (unsigned)luaL_checkoption(L, 2, NULL, stages) & 3u;
  }
  return 0;
}

static void set_field(lua_State *L, const char *name, uint64_t value) {
  lua_pushstring(L, name);
  net_pushsize(L, value);
  lua_rawset(L, 2);
}

/* closeLazily(owner): closes. The owner keeps the counters in place of the handle, and hears of the end if it has a
 * listener for it. */
static int stream_close_lazily(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (stream == NULL) return 0;
  uint64_t received = stream->bytes_read, given = stream->bytes_written;
  lua_settop(L, 2);
  if (net_stream_push_idle(L, stream)) {
    lua_pushliteral(L, "timeout");
    lua_insert(L, -2);
    lua_rawset(L, 2);
  }
  net_handle_close(&stream->handle, NET_TELL_LISTENER);
  lua_pushliteral(L, "_handle");
  lua_pushnil(L);
  lua_rawset(L, 2);
  set_field(L, "_bytesRead", received);
  set_field(L, "_bytesWritten", given);
  return 0;
}

/* Between the peer's end and ours nobody's code would run: there are no ticks, and nobody listens for `end`. So nobody can
 * tell that both come in one go. */
int net_stream_end_lazily(net_stream *stream) {
  const net_loop *loop = net_stream_loop(stream);
  const uint16_t flowing = NET_LAZY | NET_READ_FAST;
  if ((stream->flags & (flowing | NET_HALF_OPEN)) != flowing || loop->after || loop->L == NULL) return 0;
  if (stream->handle.ref == LUA_NOREF ||
      net_loop_listens(NET_PLACE_END, NET_PLACE_END, loop, stream->handle.ref))
    return 0;
  if (net_stream_shut(stream) < 0) return 0;
  stream->flags &= (uint16_t)~NET_WRITE_FAST;
  stream->handle.stage = NET_SHUTTING;
  return 1;
}

int net_stream_is_over(const net_stream *stream) {
  const net_loop *loop = net_stream_loop(stream);
  const net_handle *handle = &stream->handle;
  return (stream->flags & NET_LAZY) && stream->handle.stage == NET_SHUTTING && handle->box != NULL &&
         handle->ref != LUA_NOREF &&
         !net_loop_listens(NET_PLACE_FINISH, NET_PLACE_PREFINISH, loop, handle->ref);
}

const luaL_Reg net_stream_lazy_methods[] = {{"begin", stream_begin},
                                            {"flow", stream_flow},
                                            {"stage", stream_stage},
                                            {"setStage", stream_set_stage},
                                            {"closeLazily", stream_close_lazily},
                                            {NULL, NULL}};
