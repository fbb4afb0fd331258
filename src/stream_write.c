/* The writing side of streams: write and shutdown.
 * Floor 5.
 * Owns no memory but requests under way (req.h). */
#include <string.h>

#include "fail.h"
#include "req.h"
#include "stream.h"

/* Above so many strings a list's small ones are joined: the system takes 1024 buffers at once, and libuv from 1.52 on
 * 1,048,576 in one write. */
enum { FEW = 16 };
enum { JOIN_BELOW = 512, JOIN_UP_TO = 65536 }; /* bytes */
enum { OFFERED = 1024, PORTION = 65536 };      /* buffers in one call */
enum { MOST_WRITES = 0xFFFFFF };               /* requests under way: what a net_stream can count */

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

/* Of a write in portions the last one tells, and each that fails. */
static void on_write(uv_write_t *uv, int status) {
  net_req *req = net_req_from(uv);
  int silent = req->is_part && status == 0;
  if (req->sent != NULL) net_handle_release(req->sent);
  net_stream *stream = net_stream_of(net_req_release(req));
  stream->writes--;
  net_stream_touch(stream, NET_TRAFFIC_WRITE);
  if (!silent) tell_done(stream, NET_ON_WRITTEN, status);
}

static int send_request(net_req *req, const uv_buf_t *buffers, unsigned count, net_stream *sent) {
  net_stream *stream = net_stream_of(req->handle);
  if (stream->writes == MOST_WRITES || (sent != NULL && sent->handle.held == NET_MOST_HELD))
    return UV_ENOBUFS;
  int status = sent == NULL ? uv_write(&req->uv.write, &stream->uv.stream, buffers, count, on_write)
                            : uv_write2(&req->uv.write, &stream->uv.stream, buffers, count, &sent->uv.stream,
                                        on_write);
  if (status < 0) return status;
  if (sent != NULL) {
    net_handle_hold(&sent->handle);
    req->sent = &sent->handle;
  }
  stream->writes++;
  net_stream_touch(stream, NET_TRAFFIC_WRITE);
  for (unsigned i = 0; i < count; i++) stream->bytes_written += buffers[i].len;
  return 0;
}

/* ---- the one write ---- */

/* Pushes what keeps the bytes: the values of the stack that own them. */
static void push_anchor(lua_State *L, const net_output *output) {
  if (output->first == output->last) {
    lua_pushvalue(L, output->first);
    return;
  }
  lua_createtable(L, output->last - output->first + 1, 0);
  for (int i = output->first; i <= output->last; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i - output->first + 1);
  }
}

static net_req *anchored(lua_State *L, net_stream *stream, const net_output *output) {
  push_anchor(L, output);
  return net_req_take(L, &stream->handle);
}

/* A request with a copy of the one buffer, which it points to from now on. */
static net_req *copied(net_stream *stream, uv_buf_t *buffer) {
  net_req *req = net_req_new(&stream->handle, buffer->len);
  if (req == NULL) return NULL;
  memcpy(net_req_bytes(req), buffer->base, buffer->len);
  buffer->base = net_req_bytes(req);
  return req;
}

int net_stream_queue(lua_State *L, net_stream *stream, const net_output *output, size_t written) {
  uv_buf_t *buffers = output->buffers, *end = buffers + output->count;
  net_stream *sent = output->sent;
  while (end - buffers > 1 && written >= buffers->len) written -= (buffers++)->len;
  buffers->base += written;
  buffers->len -= written;
  do {
    unsigned count = end - buffers > PORTION ? PORTION : (unsigned)(end - buffers);
    net_req *req = L != NULL ? anchored(L, stream, output) : copied(stream, buffers);
    if (req == NULL) return UV_ENOMEM;
    req->is_part = buffers + count < end;
    int status = send_request(req, buffers, count, sent);
    if (status < 0) {
      net_req_give_back(L, req);
      return status;
    }
    buffers += count;
    sent = NULL;
  } while (buffers < end);
  return NET_WRITE_QUEUED;
}

int net_stream_write(lua_State *L, net_stream *stream, const net_output *output) {
  int written = 0;
  if (stream->flags & NET_REFUSED) {
    written = -(int)stream->taken;
    stream->taken = 0;
    stream->flags &= (uint16_t)~NET_REFUSED;
    return written;
  }
  if (stream->writes == 0 && output->sent == NULL && output->size > 0) {
    written = net_stream_offer(stream, output->buffers, output->count < OFFERED ? output->count : OFFERED);
    if (written < 0) return written;
  }
  if ((uint64_t)written == output->size && output->sent == NULL) return net_stream_take(stream, output->size);
  return net_stream_queue(L, stream, output, (size_t)written);
}

/* ---- handle:write(data) ---- */

static uv_buf_t buffer_of(lua_State *L, int index) {
  size_t size;
  uv_buf_t buffer;
  if (lua_type(L, index) != LUA_TSTRING) luaL_error(L, "a string or a list of strings expected");
  buffer.base = (char *)lua_tolstring(L, index, &size);
  buffer.len = size;
  /* cppcheck-suppress knownConditionTrueFalse ; on Windows it has 32 bits */
  if (buffer.len != size) luaL_error(L, "a string is too long");
  return buffer;
}

static void add_buffer(net_output *output, uv_buf_t buffer) {
  output->buffers[output->count++] = buffer;
  output->size += buffer.len;
}

/* A few strings stay on the stack, which keeps them, whatever a finalizer does to the list meanwhile. */
static void gather_few(lua_State *L, net_output *output, int length) {
  luaL_checkstack(L, FEW + LUA_MINSTACK, NULL);
  output->first = lua_gettop(L) + 1;
  for (int i = 1; i <= length; i++) {
    lua_rawgeti(L, 2, i);
    add_buffer(output, buffer_of(L, -1));
  }
  output->last = lua_gettop(L);
}

/* Is this string to be joined to others? `run` bytes have been, before it; a new buffer begins where that is 0. */
static int joins(size_t length, size_t *run) {
  if (length >= JOIN_BELOW) {
    *run = 0;
    return 0;
  }
  if (*run + length > JOIN_UP_TO) *run = 0;
  return 1;
}

/* Of many there is a copy of the list before anybody has a pointer into it. */
static void gather_many(lua_State *L, net_output *output, int length) {
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  lua_createtable(L, length, 0);
  int list = lua_gettop(L);
  size_t joined = 0, run = 0, buffers = 0;
  for (int i = 1; i <= length; i++) {
    lua_rawgeti(L, 2, i);
    size_t size = buffer_of(L, -1).len;
    int joining = joins(size, &run);
    if (run == 0) buffers++;
    if (joining) {
      joined += size;
      run += size;
    }
    lua_rawseti(L, list, i);
  }
  char *bytes = (char *)net_newuserdata(L, joined);
  output->buffers = (uv_buf_t *)net_newuserdata(L, buffers * sizeof *output->buffers);
  output->first = list;
  output->last = list + 1;
  run = 0;
  for (int i = 1; i <= length; i++) {
    lua_rawgeti(L, list, i);
    uv_buf_t buffer = buffer_of(L, -1);
    lua_pop(L, 1);
    if (!joins(buffer.len, &run)) {
      add_buffer(output, buffer);
      continue;
    }
    memcpy(bytes, buffer.base, buffer.len);
    buffer.base = bytes;
    bytes += buffer.len;
    if (run == 0) {
      add_buffer(output, buffer);
    } else {
      output->buffers[output->count - 1].len += buffer.len;
      output->size += buffer.len;
    }
    run += buffer.len;
  }
  if (joined == output->size) output->first = list + 1; /* nobody needs the strings */
}

/* write(data[, handle]): data is a string or a list of strings, the handle one that goes along, over a pipe between
 * processes. True: the system has it all, and a second true: enough for one callback. False: _onwritten will say. Else
 * nil, code, errno, sentence. */
static int stream_write(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  uv_buf_t few[FEW];
  net_output output = {few, 0, 0, NULL, 2, 2};
  lua_settop(L, 3);
  if (!lua_isnil(L, 3)) {
    output.sent = net_stream_check(L, 3);
    if (output.sent == NULL) return net_fail(L, UV_EBADF);
  }
  if (lua_type(L, 2) == LUA_TTABLE) {
    int length = (int)lua_rawlen(L, 2);
    if (length <= FEW) {
      gather_few(L, &output, length);
    } else {
      gather_many(L, &output, length);
    }
  } else {
    add_buffer(&output, buffer_of(L, 2));
  }
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (output.count == 0) output.buffers[output.count++] = uv_buf_init(NULL, 0);
  int status = net_stream_write(L, stream, &output);
  if (status < 0) return net_fail(L, status);
  lua_pushboolean(L, status != NET_WRITE_QUEUED);
  lua_pushboolean(L, status == NET_WROTE_MUCH);
  return status == NET_WRITE_QUEUED ? 1 : 2;
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
