/* A file descriptor that exists becomes a handle.
 * Floor 4.
 * Owns no memory; an opened descriptor is its handle's. */
#include "fd.h"

#include "fail.h"

int net_fd_type(lua_State *L) {
  const char *name = "UNKNOWN";
  switch (uv_guess_handle((uv_file)luaL_checkinteger(L, 1))) {
    case UV_TCP: name = "TCP"; break;
    case UV_NAMED_PIPE: name = "PIPE"; break;
    case UV_FILE: name = "FILE"; break;
    case UV_TTY: name = "TTY"; break;
    case UV_UDP: name = "UDP"; break;
    default: break;
  }
  lua_pushstring(L, name);
  return 1;
}

/* open(fd) */
static int handle_open(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  lua_Integer fd = luaL_checkinteger(L, 2);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  net_handle_touch(handle);
  if (handle->uv.handle.type == UV_TCP) return net_done(L, uv_tcp_open(&handle->uv.tcp, (uv_os_sock_t)fd));
  return net_done(L, uv_pipe_open(&handle->uv.pipe, (uv_file)fd));
}

const luaL_Reg net_fd_methods[] = {{"open", handle_open}, {NULL, NULL}};
