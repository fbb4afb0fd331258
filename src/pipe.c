/* Unix domain sockets, and named pipes on Windows.
 * Floor 6.
 * Owns no memory. */
#include "pipe.h"

#include <string.h>
#ifndef _WIN32
#include <sys/un.h>
#endif

#include "descriptors.h"
#include "fail.h"
#include "listener.h"
#include "req.h"

/* Upvalue 1 is the loop. */
int net_pipe_new(lua_State *L) { return net_box_new(L, net_loop_upvalue(L), UV_NAMED_PIPE); }

static net_handle *check_pipe(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  return handle != NULL && handle->uv.handle.type == UV_NAMED_PIPE ? handle : NULL;
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
  net_handle *handle = check_pipe(L);
  size_t length;
  const char *path = luaL_checklstring(L, 2, &length);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  int status = check_path(path, length);
  if (status < 0) return net_fail(L, status);
  unsigned held = net_descriptors_hold();
  status = uv_pipe_bind(&handle->uv.pipe, path);
  net_descriptors_release(held);
  return net_done(L, status);
}

/* connectPath(path): the hook "connected" says when. */
static int pipe_connect(lua_State *L) {
  net_handle *handle = check_pipe(L);
  size_t length;
  const char *path = luaL_checklstring(L, 2, &length);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  if (handle->ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int status = check_path(path, length);
  if (status < 0) return net_fail(L, status);
  /* libuv would lose the request that is under way, and its loop would wait for that for ever. */
  if (handle->flags & NET_CONNECTING) return net_fail(L, UV_EISCONN);
  lua_pushnil(L);
  net_req *req = net_req_take(L, handle);
  if (req == NULL) return net_fail(L, UV_ENOMEM);
  handle->flags |= NET_CONNECTING;
  unsigned held = net_descriptors_hold();
  uv_pipe_connect(&req->uv.connect, &handle->uv.pipe, path, net_listener_on_connect);
  net_descriptors_release(held);
  return net_done(L, 0);
}

/* chmod(readable, writable): who may connect besides the owner. */
static int pipe_chmod(lua_State *L) {
  net_handle *handle = check_pipe(L);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  int mode = (lua_toboolean(L, 2) ? UV_READABLE : 0) | (lua_toboolean(L, 3) ? UV_WRITABLE : 0);
  return net_done(L, mode == 0 ? 0 : uv_pipe_chmod(&handle->uv.pipe, mode));
}

const luaL_Reg net_pipe_methods[] = {
    {"bindPath", pipe_bind}, {"connectPath", pipe_connect}, {"chmod", pipe_chmod}, {NULL, NULL}};
