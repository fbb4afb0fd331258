/* The fast paths: what is read goes to the one `data` listener or into a pipe, what is written to the system, and nothing
 * else is asked.
 * Floor 5.
 * Owns no memory. */
#include "codec.h"
#include "stream.h"

/* ---- writing ---- */

/* May bytes go straight to the system? */
static inline int can_write(const net_stream *stream) {
  return (stream->flags & NET_WRITE_FAST) && stream->writes == 0;
}

enum { UP_HANDLE = 1, UP_SLOW, UP_OVER, UP_QUEUED, UP_TOLD, UP_LOOP, FAST_UPVALUES = UP_LOOP };

/* Calls upvalue `which` with everything on the stack. */
static int call_on(lua_State *L, int which) {
  lua_pushvalue(L, lua_upvalueindex(which));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* The system has all of it. A callback is told in a tick. */
static int taken(lua_State *L, int over) {
  if (lua_gettop(L) == 3) {
    lua_pushvalue(L, lua_upvalueindex(UP_TOLD));
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 3);
    lua_call(L, 2, 0);
  }
  if (over) {
    lua_settop(L, 1);
    return call_on(L, UP_OVER);
  }
  lua_pushboolean(L, 1);
  return 1;
}

static int refused(lua_State *L, net_stream *stream, int status) {
  net_stream_refuse(stream, status);
  return call_on(L, UP_SLOW); /* which reports it */
}

/* The system has taken the first `written` bytes. */
static int write_rest(lua_State *L, net_stream *stream, size_t written) {
  size_t size;
  uv_buf_t buffer;
  buffer.base = (char *)lua_tolstring(L, 2, &size);
  buffer.len = size;
  net_output output = {&buffer, 1, size, NULL, 2, 2};
  int status = net_stream_queue(L, stream, &output, written);
  if (status < 0) return refused(L, stream, status);
  lua_settop(L, 3);
  net_pushsize(L, size); /* all of it counts as queued until the rest is gone, as on the slow path */
  lua_replace(L, 2);
  return call_on(L, UP_QUEUED);
}

/* The stack: socket, data, and maybe a callback; nothing else comes here. */
static inline int write_fast(lua_State *L, net_stream *stream, int has_callback) {
  uv_buf_t buffer;
  size_t size;
  buffer.base = (char *)lua_tolstring(L, 2, &size);
  buffer.len = size;
  /* A refusal that is still to be reported comes first: asking again would hear another error. */
  /* cppcheck-suppress knownConditionTrueFalse ; on Windows a length has 32 bits */
  if (size == 0 || buffer.len != size || (stream->flags & NET_REFUSED)) return call_on(L, UP_SLOW);
  int written = net_stream_offer(stream, &buffer, 1);
  if (written < 0) return refused(L, stream, written);
  if ((size_t)written < size) return write_rest(L, stream, (size_t)written);
  int over = net_stream_take(stream, size);
  if (over || has_callback) return taken(L, over);
  lua_pushboolean(L, 1);
  return 1;
}

/* The open handle of the socket at index 1, or NULL. */
static net_stream *stream_of_socket(lua_State *L) {
  if (lua_type(L, 1) != LUA_TTABLE) return NULL;
  lua_pushvalue(L, lua_upvalueindex(UP_HANDLE));
  lua_rawget(L, 1);
  net_handle *handle = net_handle_test(L, -1);
  lua_pop(L, 1);
  return handle != NULL && net_handle_type(handle)->is_stream ? net_stream_of(handle) : NULL;
}

static int fast_write(lua_State *L) {
  int top = lua_gettop(L);
  int has_callback = top == 3 && lua_type(L, 3) == LUA_TFUNCTION;
  if ((top == 2 || has_callback) && lua_type(L, 2) == LUA_TSTRING) {
    const net_loop *loop = (const net_loop *)lua_touserdata(L, lua_upvalueindex(UP_LOOP));
    net_stream *stream = loop->reading;
    if (stream == NULL || lua_topointer(L, 1) != stream->handle.owner) stream = stream_of_socket(L);
    if (stream != NULL && can_write(stream)) return write_fast(L, stream, has_callback);
  }
  return call_on(L, UP_SLOW);
}

/* ---- for compiled code, which calls C past the C API ---- */

enum { NOT_OFFERED = -1, TOO_MUCH = -2, QUEUED = -3 };

/* offer(box, data, size): the size: the system has all of it; or TOO_MUCH: and that is enough for one callback; or
 * QUEUED: what the system does not have is queued; or NOT_OFFERED: nothing has been done, fast_write knows what to do.
 *
 * When this returns, a hook may raise before Lua does anything about it. So what has begun is done here, with a copy: the
 * strings are small, larger ones go the usual way. */
static int offer_for_compiled(void *box, const char *data, int size) {
  net_handle *handle = net_box_handle((const net_box *)box);
  if (handle == NULL || !net_handle_type(handle)->is_stream) return NOT_OFFERED;
  net_stream *stream = net_stream_of(handle);
  if (!can_write(stream) || (stream->flags & NET_REFUSED) || size <= 0 || size > NET_READ_SIZE)
    return NOT_OFFERED;
  uv_buf_t buffer;
  buffer.base = (char *)data;
  buffer.len = (size_t)size;
  int status = net_stream_offer(stream, &buffer, 1);
  if (status == size) return net_stream_take(stream, buffer.len) ? TOO_MUCH : size;
  if (status >= 0) {
    net_output output = {&buffer, 1, (uint64_t)size, NULL, 0, 0};
    status = net_stream_queue(NULL, stream, &output, (size_t)status);
  }
  if (status < 0) net_stream_refuse(stream, status);
  return status < 0 ? NOT_OFFERED : QUEUED;
}

static int (*const offer)(void *box, const char *data, int size) = offer_for_compiled;

/* upvalue 1 is the loop */
int net_stream_fast_write(lua_State *L) {
  lua_settop(L, UP_TOLD - 1);
  for (int i = 1; i < UP_TOLD; i++) luaL_checktype(L, i, LUA_TFUNCTION);
  lua_pushliteral(L, "_handle");
  lua_insert(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushcclosure(L, fast_write, FAST_UPVALUES);
  lua_pushlightuserdata(L, (void *)&offer);
  net_box_push_kind(L);
  return 3;
}

/* ---- reading ---- */

/* To look for the listener costs more than to call it. So from the second chunk on it is remembered, beside the owner.
 * Before it changes, events.lua tells the handle that the owner has as its `_handle`: of any other we would not hear.
 * The stack: the owner and, last, the listener. */
static void remember(lua_State *L, net_handle *handle) {
  int met = handle->met;
  handle->met = 1;
  if (!met) return;
  lua_pushliteral(L, "_handle");
  lua_rawget(L, 1);
  int is_its = net_handle_test(L, -1) == handle;
  lua_pop(L, 1);
  if (!is_its) return;
  net_loop_remember_listener(L, handle->ref);
  handle->known = 1;
}

/* forgetListener(value): if it is a handle, the `data` listener of its owner changes. */
int net_stream_forget_listener(lua_State *L) {
  net_handle *handle = net_handle_test(L, 1);
  if (handle != NULL) net_handle_forget_listener(L, handle);
  return 0;
}

/* The object's one plain `data` listener gets the chunk. Upvalue 1 is the loop. */
static int deliver_data(lua_State *L) {
  struct net_chunk *chunk = (struct net_chunk *)net_loop_upvalue(L)->event;
  if (!chunk->event.handle->known) remember(L, chunk->event.handle);
  lua_pushlstring(L, chunk->data, (size_t)chunk->size);
  chunk->is_given = 1;
  lua_call(L, 1, 0);
  return 0;
}

static int is_text(const char *data, size_t size) {
  struct net_decoder decoder;
  net_decoder_init(&decoder, NET_UTF8);
  return net_decoder_is_plain(&decoder, data, size);
}

/* Whether the path is open is for Lua to say; that the listener has changed since is seen by net_enter_data. What is not
 * whole characters closes the path: Lua opens it again when the decoder holds nothing, and a listener that raises before
 * that must not have the next chunk overtake half a character. */
static int give_to_listener(net_stream *stream, struct net_chunk *chunk) {
  if (!(stream->flags & NET_READ_FAST)) return 0;
  if (stream->flags & NET_READ_TEXT && !is_text(chunk->data, (size_t)chunk->size)) {
    stream->flags &= (uint16_t)~NET_READ_FAST;
    return 0;
  }
  return net_stream_give(stream, chunk);
}

/* Offers bytes to the system, and nothing is queued; how many it took. What it refused for good is kept for the next
 * `write` of this handle, which reports it: asking twice would hear another error. Never raises. */
static size_t offer_bytes(net_stream *stream, const char *data, size_t size) {
  uv_buf_t buffer; /* as uv_buf_init would, but that is a call */
  buffer.base = (char *)data;
  buffer.len = size;
  int written = net_stream_offer(stream, &buffer, 1);
  if (written < 0) net_stream_refuse(stream, written);
  return written < 0 ? 0 : (size_t)written;
}

static void give_to_pipe(net_stream *to, struct net_chunk *chunk) {
  net_loop *loop = net_stream_loop(to);
  if (!can_write(to) || !net_loop_writes_as_usual(loop, to->handle.ref)) return;
  size_t moved = offer_bytes(to, chunk->data, (size_t)chunk->size);
  if (moved > 0) net_stream_touch(to, NET_TRAFFIC_WRITE);
  chunk->data += moved;
  chunk->size -= (ssize_t)moved;
}

int net_stream_read_fast(net_stream *stream, struct net_chunk *chunk) {
  if ((stream->flags & NET_LINKED) && stream->more.link->to != NULL)
    give_to_pipe(stream->more.link->to, chunk);
  return chunk->size == 0 || give_to_listener(stream, chunk) || net_stream_give_to_task(stream, chunk);
}

void net_stream_open(lua_State *L, net_loop *loop) {
  net_stream_open_idle(loop);
  lua_pushlightuserdata(L, loop);
  lua_pushcclosure(L, deliver_data, 1);
  net_loop_put_entry(L, NET_ENTRY_DATA);
  net_stream_open_wait(L);
}
