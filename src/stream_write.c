/* The writing side of streams: write and shutdown.
 * Floor 5.
 * Owns no memory but requests under way (req.h). */
#include <string.h>

#include "fail.h"
#include "req.h"
#include "stream.h"

enum { FEW_BUFFERS = 16 };

/* ---- requests ---- */

/* What came of a request. */
struct done_event {
  net_event event;
  int status;
};

/* The requests of a handle that is closing come to their end after its owner may have another one: it is named then. */
static int push_done(lua_State *L, net_event *event) {
  int status = ((struct done_event *)event)->status;
  if (event->handle->box == NULL) {
    lua_pushlightuserdata(L, event->handle);
  } else {
    lua_pushnil(L);
  }
  return 1 + (status < 0 ? net_fail_push(L, status) : 0);
}

static void tell_done(net_stream *stream, enum net_method method, int status) {
  struct done_event event = {{&stream->handle, method, push_done}, status};
  net_handle_tell(&event.event);
}

static void on_write(uv_write_t *uv, int status) {
  net_stream *stream = net_stream_of(net_req_release(net_req_from(uv)));
  stream->writes--;
  net_stream_touch(stream);
  tell_done(stream, NET_ON_WRITTEN, status);
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
  net_stream *stream = net_stream_of(req->handle);
  int status = uv_write(&req->uv.write, &stream->uv.stream, buffers, count, on_write);
  if (status < 0) return status;
  stream->writes++;
  net_stream_touch(stream);
  for (unsigned i = 0; i < count; i++) stream->bytes_written += buffers[i].len;
  return 0;
}

int net_stream_queue(lua_State *L, net_stream *stream, uv_buf_t *buffers, unsigned count) {
  net_req *req = net_req_take(L, &stream->handle);
  if (req == NULL) return UV_ENOMEM;
  int status = send_request(req, buffers, count);
  if (status < 0) net_req_give_back(L, req);
  return status;
}

int net_stream_queue_copy(net_stream *stream, const char *data, size_t size) {
  net_req *req = net_req_new(&stream->handle, size);
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

/* ---- handle:write(data) ---- */

/* write(data): data is a string or a list of strings. True: the system has it all, and a second true: enough for one
 * callback. False: _onwritten will say. Else nil, code, errno, sentence. */
static int stream_write(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  lua_settop(L, 2);
  unsigned count = 1;
  int list = lua_type(L, 2) == LUA_TTABLE;
  if (!list) {
    luaL_checktype(L, 2, LUA_TSTRING);
  } else {
    count = (unsigned)lua_rawlen(L, 2);
  }
  if (stream == NULL) return net_fail(L, UV_EBADF);

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

  int written = 0;
  if (stream->refusal != 0) {
    int status = stream->refusal;
    stream->refusal = 0;
    return net_fail(L, status);
  }
  if (stream->writes == 0 && count > 0) {
    written = uv_try_write(&stream->uv.stream, buffers, count);
    if (written == UV_EAGAIN || written == UV_ENOSYS) written = 0;
    if (written < 0) return net_fail(L, written);
  }
  stream->bytes_written += (uint64_t)written;
  if ((size_t)written < total) {
    unsigned done = skip(buffers, count, (size_t)written);
    push_anchor(L);
    int status = net_stream_queue(L, stream, buffers + done, count - done);
    if (status < 0) return net_fail(L, status);
    lua_pushboolean(L, 0);
    return 1;
  }
  lua_pushboolean(L, 1);
  lua_pushboolean(L, net_stream_take(stream, total));
  return 2;
}

static void on_shutdown(uv_shutdown_t *uv, int status) {
  net_stream *stream = net_stream_of(net_req_release(net_req_from(uv)));
  tell_done(stream, net_stream_is_over(stream) ? NET_ON_OVER : NET_ON_SHUTDOWN, status);
}

int net_stream_shut(net_stream *stream) {
  net_req *req = net_req_new(&stream->handle, 0);
  if (req == NULL) return UV_ENOMEM;
  int status = uv_shutdown(&req->uv.shutdown, &stream->uv.stream, on_shutdown);
  if (status < 0) net_req_release(req);
  return status;
}

/* shutdown(): sends FIN behind what is queued; _onshutdown says when. */
static int stream_shutdown(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return net_fail(L, UV_ENOTCONN);
  return net_done(L, net_stream_shut(stream));
}

/* directWrite(boolean): whether the fast path is open. */
static int stream_direct_write(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return 0;
  if (lua_toboolean(L, 2)) {
    stream->flags |= NET_WRITE_FAST;
  } else {
    stream->flags &= (uint16_t)~NET_WRITE_FAST;
  }
  return 0;
}

const luaL_Reg net_stream_write_methods[] = {{"write", stream_write},
                                             {"shutdown", stream_shutdown},
                                             {"directWrite", stream_direct_write},
                                             {NULL, NULL}};
