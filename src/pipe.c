/* Unix domain sockets, and named pipes on Windows.
 * Floor 7.
 * Owns no memory. */
#include "pipe.h"

#include <string.h>
#ifndef _WIN32
#include <sys/un.h>
#endif

#include "descriptors.h"
#include "fail.h"
#include "fd.h"
#include "listener.h"
#include "req.h"

static int init_pipe(net_loop *loop, net_handle *handle, const void *ipc) {
  return uv_pipe_init(loop->uv, &net_stream_of(handle)->uv.pipe, ipc != NULL && *(const int *)ipc);
}

static int pipe_create(lua_State *L) {
  int ipc = lua_toboolean(L, 1);
  return net_box_new(L, net_loop_upvalue(L), net_type_upvalue(L), &ipc);
}

static int open_pipe(net_handle *handle, lua_Integer fd) {
  net_stream *stream = net_stream_of(handle);
  net_stream_touch(stream);
  return uv_pipe_open(&stream->uv.pipe, (uv_file)fd);
}

static net_stream *check_pipe(lua_State *L) {
  return net_stream_of(net_handle_check_type(L, 1, &net_pipe_type));
}

/* libuv cuts a path that is too long, and so would make or meet another file. */
static int check_path(const char *path, size_t length) {
  if (length == 0 || strlen(path) != length) return UV_EINVAL;
#ifndef _WIN32
  struct sockaddr_un address;
  if (length >= sizeof address.sun_path) return UV_ENAMETOOLONG;
#endif
  return 0;
}

/* bindPath(path) */
static int pipe_bind(lua_State *L) {
  net_stream *stream = check_pipe(L);
  size_t length;
  const char *path = luaL_checklstring(L, 2, &length);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int status = check_path(path, length);
  if (status < 0) return net_fail(L, status);
  unsigned held = net_descriptors_hold();
  status = uv_pipe_bind(&stream->uv.pipe, path);
  net_descriptors_release(held);
  return net_done(L, status);
}

/* connectPath(path): _onconnected says when. */
static int pipe_connect(lua_State *L) {
  net_stream *stream = check_pipe(L);
  size_t length;
  const char *path = luaL_checklstring(L, 2, &length);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (stream->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int status = check_path(path, length);
  if (status < 0) return net_fail(L, status);
  /* libuv would lose the request that is under way, and its loop would wait for that for ever. */
  if (stream->flags & NET_CONNECTING) return net_fail(L, UV_EISCONN);
  lua_pushnil(L);
  net_req *req = net_req_take(L, &stream->handle);
  if (req == NULL) return net_fail(L, UV_ENOMEM);
  stream->flags |= NET_CONNECTING;
  unsigned held = net_descriptors_hold();
  uv_pipe_connect(&req->uv.connect, &stream->uv.pipe, path, net_listener_on_connect);
  net_descriptors_release(held);
  return net_done(L, 0);
}

/* chmod(readable, writable): who may connect besides the owner. */
static int pipe_chmod(lua_State *L) {
  net_stream *stream = check_pipe(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int mode = (lua_toboolean(L, 2) ? UV_READABLE : 0) | (lua_toboolean(L, 3) ? UV_WRITABLE : 0);
  return net_done(L, mode == 0 ? 0 : uv_pipe_chmod(&stream->uv.pipe, mode));
}

static const luaL_Reg pipe_methods[] = {{"bindPath", pipe_bind},
                                        {"connectPath", pipe_connect},
                                        {"chmod", pipe_chmod},

                                        {NULL, NULL}};

static const luaL_Reg *const methods[] = {
    net_stream_methods,
    net_stream_read_methods,
    net_stream_write_methods,
    net_stream_lazy_methods,
    net_listener_methods,
    net_fd_methods,
    pipe_methods,
    NULL,
};

const net_type net_pipe_type = {
    .name = "pipe",
    .size = offsetof(net_stream, uv) + sizeof(uv_pipe_t),
    .uv = offsetof(net_stream, uv),
    .is_stream = 1,
    .init = init_pipe,
    .leave = net_stream_leave,
    .open = open_pipe,
    .methods = methods,
    .create = pipe_create,
};
