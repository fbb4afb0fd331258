/* The writing side of streams: write, shutdown, and what has been counted.
 * Floor 5.
 * Owns no memory but requests under way (req.h). */
#include "writer.h"

#include <string.h>

#include "fail.h"
#include "req.h"

enum { FEW_BUFFERS = 16 };

size_t net_writer_offer(net_handle *handle, const char *data, size_t size) {
  uv_buf_t buffer; /* as uv_buf_init would, but that is a call */
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
  net_handle_touch(handle);
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

static int send_request(net_req *req, const uv_buf_t *buffers, unsigned count) {
  net_handle *handle = req->handle;
  int status = uv_write(&req->uv.write, &handle->uv.stream, buffers, count, on_write);
  if (status < 0) return status;
  handle->writes++;
  net_handle_touch(handle);
  for (unsigned i = 0; i < count; i++) handle->bytes_written += buffers[i].len;
  return 0;
}

int net_writer_queue(lua_State *L, net_handle *handle, uv_buf_t *buffers, unsigned count) {
  net_req *req = net_req_take(L, handle);
  if (req == NULL) return UV_ENOMEM;
  int status = send_request(req, buffers, count);
  if (status < 0) net_req_give_back(L, req);
  return status;
}

int net_writer_queue_copy(net_handle *handle, const char *data, size_t size) {
  net_req *req = net_req_new(handle, size);
  if (req == NULL) return UV_ENOMEM;
  uv_buf_t buffer;
  buffer.base = net_req_bytes(req);
  buffer.len = size;
  memcpy(buffer.base, data, size);
  int status = send_request(req, &buffer, 1);
  if (status < 0) net_req_release(req);
  return status;
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
    if (buffers[i].len != size) return net_fail(L, UV_E2BIG); /* on Windows it has 32 bits */
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
    int status = net_writer_queue(L, handle, buffers + done, count - done);
    if (status < 0) return net_fail(L, status);
    lua_pushboolean(L, 0);
    return 1;
  }
  lua_pushboolean(L, 1);
  lua_pushboolean(L, net_writer_take(handle, total));
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

/* moment() -> ms on the loop's clock of the last traffic, with its order behind the point. touch(): there is some now. */
static int handle_moment(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return 0;
  lua_pushnumber(L, (lua_Number)handle->active / (1 << NET_MOMENT_BITS));
  return 1;
}

static int handle_touch(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle != NULL) net_handle_touch(handle);
  return 0;
}

const luaL_Reg net_writer_methods[] = {
    {"write", handle_write},
    {"shutdown", handle_shutdown},
    {"directWrite", handle_direct_write},
    {"pending", handle_pending},
    {"bytes", handle_bytes},
    {"moment", handle_moment},
    {"touch", handle_touch},
    {NULL, NULL},
};

void net_writer_open(lua_State *L) {
  net_loop_set_door(L, NET_DOOR_WRITTEN, deliver_done);
  net_loop_set_door(L, NET_DOOR_SHUTDOWN, deliver_done);
}
