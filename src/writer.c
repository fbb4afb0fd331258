/* The writing side of streams: write, shutdown, and the lane that makes no request.
 * Floor 5.
 * Owns no memory but requests under way (req.h). */
#include "writer.h"

#include <string.h>

#include "fail.h"
#include "req.h"

/* A writer who fills a fast reader's connection in one callback would hold the loop for ever if each write that the
 * system takes at once said "go on". So after this many bytes the answer is "wait for drain". */
enum { TAKEN_LIMIT = 1024 * 1024 };

enum { FEW_BUFFERS = 16 };

/* Counts what the system took within this callback; whether that is too much for one. */
static int take(net_handle *handle, size_t size) {
  net_loop *loop = net_handle_loop(handle);
  handle->active = uv_now(loop->uv);
  if (handle->taken_in != loop->callback) {
    handle->taken_in = loop->callback;
    handle->taken = 0;
  }
  if (size < TAKEN_LIMIT - handle->taken) {
    handle->taken += (uint32_t)size;
    return 0;
  }
  handle->taken = 0;
  return 1;
}

size_t net_writer_offer(net_handle *handle, const char *data, size_t size) {
  uv_buf_t buffer = uv_buf_init(NULL, 0);
  buffer.base = (char *)data;
  buffer.len = size;
  int written = uv_try_write(&handle->uv.stream, &buffer, 1);
  if (written >= 0) {
    handle->bytes_written += (uint64_t)written;
    return (size_t)written;
  }
  if (written != UV_EAGAIN) {
    net_loop *loop = net_handle_loop(handle);
    loop->refused = handle;
    loop->refusal = written;
  }
  return 0;
}

/* ---- requests ---- */

/* What came of a request, on its way to Lua. */
struct done_event {
  net_handle *handle;
  enum net_door door;
  int status;
};

/* The hook gets the object, if its handle is closing the name of that (else nil), and if it failed code and errno. */
static int deliver_done(lua_State *L) {
  struct done_event *event = (struct done_event *)lua_touserdata(L, 1);
  net_loop_push_hook(L, event->door);
  lua_rawgeti(L, lua_upvalueindex(NET_UP_OBJECTS), event->handle->ref);
  if (event->handle->box == NULL) {
    lua_pushlightuserdata(L, event->handle);
  } else {
    lua_pushnil(L);
  }
  int count = event->status < 0 ? net_fail_push(L, event->status) : 0;
  lua_call(L, 2 + count, 0);
  return 0;
}

static void enter_done(net_handle *handle, enum net_door door, int status) {
  struct done_event event = {handle, door, status};
  if (handle->ref != LUA_NOREF) net_enter(net_handle_loop(handle), door, &event);
}

static void on_write(uv_write_t *uv, int status) {
  net_handle *handle = net_req_release(net_req_from(uv));
  handle->writes--;
  handle->active = uv_now(net_handle_loop(handle)->uv);
  enter_done(handle, NET_DOOR_WRITTEN, status);
}

/* Drops the first `written` bytes of a list of buffers; how many buffers are done with. */
static unsigned skip(uv_buf_t *buffers, unsigned count, size_t written) {
  unsigned done = 0;
  while (done < count && written >= buffers[done].len) written -= buffers[done++].len;
  if (done < count) {
    buffers[done].base += written;
    buffers[done].len -= written;
  }
  return done;
}

/* Queues what the system did not take at once. The value on top of the stack (popped) is anchored until libuv has sent
 * it: the string, or a table of strings. Returns a status. */
static int queue(lua_State *L, net_handle *handle, uv_buf_t *buffers, unsigned count) {
  net_req *req = net_req_take(L, handle);
  if (req == NULL) return UV_ENOMEM;
  int status = uv_write(&req->uv.write, &handle->uv.stream, buffers, count, on_write);
  if (status < 0) {
    net_req_give_back(L, req);
    return status;
  }
  handle->writes++;
  for (unsigned i = 0; i < count; i++) handle->bytes_written += buffers[i].len;
  return 0;
}

/* Pushes what anchors the data at index 2: a string itself, of a list a copy, for the list is its owner's to change. */
static void push_anchor(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    return;
  }
  int length = (int)lua_rawlen(L, 2);
  lua_createtable(L, length, 0);
  for (int i = 1; i <= length; i++) {
    lua_rawgeti(L, 2, i);
    lua_rawseti(L, -2, i);
  }
}

/* ---- the direct lane: write(self, data[, callback]) ---- */

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
  int over = take(handle, size);
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
  net_loop *loop = net_handle_loop(handle);
  uv_buf_t rest;
  size_t size;
  rest.base = (char *)lua_tolstring(L, 2, &size);
  /* A refusal that is still to be reported comes first: asking again would hear another error. */
  if (size == 0 || loop->refused == handle) return call_on(L, UP_SLOW);
  size_t written = net_writer_offer(handle, rest.base, size);
  if (written == size) return taken(L, has_callback, handle, size);
  /* cppcheck-suppress knownConditionTrueFalse ; the offer may have been refused */
  if (loop->refused == handle) return call_on(L, UP_SLOW); /* which reports it */

  rest.base += written;
  rest.len = size - written;
  lua_settop(L, 3);
  lua_pushvalue(L, 2);
  if (queue(L, handle, &rest, 1) < 0) {
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
  net_loop *loop = (net_loop *)lua_touserdata(L, lua_upvalueindex(UP_LOOP));
  if (loop->reading != NULL && lua_topointer(L, 1) == net_handle_object(loop->reading)) {
    return loop->reading;
  }
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
    net_handle *handle = handle_of_socket(L);
    if (handle != NULL && net_writer_is_direct(handle)) return write_directly(L, handle, has_callback);
  }
  return call_on(L, UP_SLOW);
}

int net_writer_is_ours(const net_handle *handle) {
  return net_loop_writes_by(net_handle_loop(handle), handle->ref, direct_write);
}

/* upvalue 1 is the loop */
int net_writer_direct(lua_State *L) {
  lua_settop(L, UP_TOLD - 1);
  for (int i = 1; i < UP_TOLD; i++) luaL_checktype(L, i, LUA_TFUNCTION);
  lua_pushliteral(L, "_handle");
  lua_insert(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushcclosure(L, direct_write, DIRECT_UPVALUES);
  return 1;
}

/* ---- the slow lane: handle:write(data) ---- */

/* write(data): data is a string or a list of strings. True: the system has it all, and a second true: enough for one
 * callback. False: the hook "written" will say. Else nil, code, errno, sentence. */
static int handle_write(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  lua_settop(L, 2);
  unsigned count = 1;
  int list = lua_type(L, 2) == LUA_TTABLE;
  if (!list) {
    luaL_checktype(L, 2, LUA_TSTRING);
  } else {
    count = (unsigned)lua_rawlen(L, 2);
  }
  if (handle == NULL) return net_fail(L, UV_EBADF);

  uv_buf_t few[FEW_BUFFERS];
  uv_buf_t *buffers = few;
  if (count > FEW_BUFFERS) buffers = (uv_buf_t *)net_newuserdata(L, count * sizeof *buffers);
  size_t total = 0;
  for (unsigned i = 0; i < count; i++) {
    size_t size;
    if (list) {
      lua_rawgeti(L, 2, (int)i + 1);
      if (lua_type(L, -1) != LUA_TSTRING) return luaL_error(L, "a list of strings expected");
    } else {
      lua_pushvalue(L, 2);
    }
    buffers[i].base = (char *)lua_tolstring(L, -1, &size); /* the list or the argument keeps it */
    buffers[i].len = size;
    total += size;
    lua_pop(L, 1);
  }

  net_loop *loop = net_handle_loop(handle);
  int written = 0;
  if (loop->refused == handle) {
    loop->refused = NULL;
    return net_fail(L, loop->refusal);
  }
  if (handle->writes == 0 && count > 0) {
    written = uv_try_write(&handle->uv.stream, buffers, count);
    if (written == UV_EAGAIN || written == UV_ENOSYS) written = 0;
    if (written < 0) return net_fail(L, written);
  }
  handle->bytes_written += (uint64_t)written;
  if ((size_t)written < total) {
    unsigned done = skip(buffers, count, (size_t)written);
    push_anchor(L);
    int status = queue(L, handle, buffers + done, count - done);
    if (status < 0) return net_fail(L, status);
    lua_pushboolean(L, 0);
    return 1;
  }
  lua_pushboolean(L, 1);
  lua_pushboolean(L, take(handle, total));
  return 2;
}

static void on_shutdown(uv_shutdown_t *uv, int status) {
  enter_done(net_req_release(net_req_from(uv)), NET_DOOR_SHUTDOWN, status);
}

/* shutdown(): sends FIN behind what is queued; the hook "shutdown" says when. */
static int handle_shutdown(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return net_fail(L, UV_ENOTCONN);
  lua_pushnil(L);
  net_req *req = net_req_take(L, handle);
  if (req == NULL) return net_fail(L, UV_ENOMEM);
  int status = uv_shutdown(&req->uv.shutdown, &handle->uv.stream, on_shutdown);
  if (status < 0) net_req_give_back(L, req);
  return net_done(L, status);
}

/* direct(boolean): whether the direct lane is open. */
static int handle_direct_write(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return 0;
  if (lua_toboolean(L, 2)) {
    handle->flags |= NET_WRITE_DIRECT;
  } else {
    handle->flags &= (uint16_t)~NET_WRITE_DIRECT;
  }
  return 0;
}

/* pending() -> bytes that libuv still has to send. */
static int handle_pending(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  net_pushsize(L, handle == NULL ? 0 : uv_stream_get_write_queue_size(&handle->uv.stream));
  return 1;
}

/* bytes() -> received, given to libuv. */
static int handle_bytes(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  net_pushsize(L, handle == NULL ? 0 : (size_t)handle->bytes_read);
  net_pushsize(L, handle == NULL ? 0 : (size_t)handle->bytes_written);
  return 2;
}

/* active() -> ms since the last traffic. touch(): there is some now. */
static int handle_idle(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return 0;
  net_pushsize(L, (size_t)(uv_now(net_handle_loop(handle)->uv) - handle->active));
  return 1;
}

static int handle_touch(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle != NULL) handle->active = uv_now(net_handle_loop(handle)->uv);
  return 0;
}

const luaL_Reg net_writer_methods[] = {
    {"write", handle_write},
    {"shutdown", handle_shutdown},
    {"directWrite", handle_direct_write},
    {"pending", handle_pending},
    {"bytes", handle_bytes},
    {"idle", handle_idle},
    {"touch", handle_touch},
    {NULL, NULL},
};

void net_writer_open(lua_State *L) {
  net_loop_set_door(L, NET_DOOR_WRITTEN, deliver_done);
  net_loop_set_door(L, NET_DOOR_SHUTDOWN, deliver_done);
}
