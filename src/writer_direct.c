/* The direct lane of write(self, data[, callback]): one uv_try_write, without a request.
 * Floor 5.
 * Owns no memory. */
#include "fail.h"
#include "writer.h"

enum { UP_HANDLE = 1, UP_SLOW, UP_OVER, UP_QUEUED, UP_TOLD, UP_LOOP, DIRECT_UPVALUES = UP_LOOP };

/* Calls upvalue `which` with everything on the stack. */
static int call_on(lua_State *L, int which) {
  lua_pushvalue(L, lua_upvalueindex(which));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* The system has all of it. A callback is told in a tick. */
static int taken(lua_State *L, int has_callback, net_handle *handle, size_t size) {
  int over = net_writer_take(handle, size);
  if (has_callback) {
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

/* The stack: socket, data, and maybe a callback; nothing else comes here. */
static int write_directly(lua_State *L, net_handle *handle, int has_callback) {
  const net_loop *loop = net_handle_loop(handle);
  uv_buf_t rest;
  size_t size;
  rest.base = (char *)lua_tolstring(L, 2, &size);
  rest.len = size;
  /* A refusal that is still to be reported comes first: asking again would hear another error. */
  /* cppcheck-suppress knownConditionTrueFalse ; on Windows a length has 32 bits */
  if (size == 0 || rest.len != size || loop->refused == handle) return call_on(L, UP_SLOW);
  size_t written = net_writer_offer(handle, rest.base, size);
  if (written == size) return taken(L, has_callback, handle, size);
  /* cppcheck-suppress knownConditionTrueFalse ; the offer may have been refused */
  if (loop->refused == handle) return call_on(L, UP_SLOW); /* which reports it */

  rest.base += written;
  rest.len = size - written;
  lua_settop(L, 3);
  lua_pushvalue(L, 2);
  if (net_writer_queue(L, handle, &rest, 1) < 0) {
    lua_pushlstring(L, rest.base, rest.len);
    lua_replace(L, 2);
    return call_on(L, UP_SLOW);
  }
  net_pushsize(L, size); /* all of it counts as queued until the rest is gone, as in the slow lane */
  lua_replace(L, 2);
  return call_on(L, UP_QUEUED);
}

/* The open handle of the socket at index 1, or NULL. */
static net_handle *handle_of_socket(lua_State *L) {
  if (lua_type(L, 1) != LUA_TTABLE) return NULL;
  lua_pushvalue(L, lua_upvalueindex(UP_HANDLE));
  lua_rawget(L, 1);
  net_handle *handle = net_handle_test(L, -1);
  lua_pop(L, 1);
  return handle;
}

static int direct_write(lua_State *L) {
  int top = lua_gettop(L);
  int has_callback = top == 3 && lua_type(L, 3) == LUA_TFUNCTION;
  if ((top == 2 || has_callback) && lua_type(L, 2) == LUA_TSTRING) {
    const net_loop *loop = (const net_loop *)lua_touserdata(L, lua_upvalueindex(UP_LOOP));
    net_handle *handle = loop->reading;
    if (handle == NULL || lua_topointer(L, 1) != net_handle_object(handle)) handle = handle_of_socket(L);
    if (handle != NULL && net_writer_is_direct(handle)) return write_directly(L, handle, has_callback);
  }
  return call_on(L, UP_SLOW);
}

/* ---- for compiled code, which calls C past the C API ---- */

enum { NOT_OFFERED = -1, TOO_MUCH = -2, QUEUED = -3 };

/* offer(box, data, size): the size: the system has all of it; or TOO_MUCH: and that is enough for one callback; or
 * QUEUED: the system has a part, the rest is queued; or NOT_OFFERED: nothing has been done, direct_write knows what to do.
 *
 * When this returns, a hook may raise before Lua does anything about it. So what has begun is done here, with a copy: the
 * strings are small, larger ones go the usual way. */
static int offer_for_compiled(void *box, const char *data, int size) {
  net_handle *handle = net_box_handle((const net_box *)box);
  if (handle == NULL || !net_writer_is_direct(handle) || size <= 0 || size > NET_READ_SIZE)
    return NOT_OFFERED;
  net_loop *loop = net_handle_loop(handle);
  if (loop->refused == handle) return NOT_OFFERED;
  size_t written = net_writer_offer(handle, data, (size_t)size);
  if (written == (size_t)size) return net_writer_take(handle, written) ? TOO_MUCH : size;
  if (written == 0) return NOT_OFFERED; /* refused, or not now */
  int status = net_writer_queue_copy(handle, data + written, (size_t)size - written);
  if (status == 0) return QUEUED;
  loop->refused = handle;
  loop->refusal = status;
  return NOT_OFFERED;
}

static int (*const offer)(void *box, const char *data, int size) = offer_for_compiled;

/* ---- beginning ---- */

/* upvalue 1 is the loop */
int net_writer_direct(lua_State *L) {
  lua_settop(L, UP_TOLD - 1);
  for (int i = 1; i < UP_TOLD; i++) luaL_checktype(L, i, LUA_TFUNCTION);
  lua_pushliteral(L, "_handle");
  lua_insert(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushcclosure(L, direct_write, DIRECT_UPVALUES);
  lua_pushlightuserdata(L, (void *)&offer);
  net_box_push_kind(L);
  return 3;
}
