/* TCP: binding, connecting, names, socket options.
 * Floor 6.
 * Owns no memory. */
#include "tcp.h"

#include <errno.h>

#include "addr.h"
#include "descriptors.h"
#include "fail.h"
#include "listener.h"
#include "req.h"

/* Upvalue 1 is the loop. */
int net_tcp_new(lua_State *L) { return net_box_new(L, net_loop_upvalue(L), UV_TCP); }

static net_handle *check_tcp(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  return handle != NULL && handle->uv.handle.type == UV_TCP ? handle : NULL;
}

/* bind(ip, port, ipv6only) */
static int tcp_bind(lua_State *L) {
  net_handle *handle = check_tcp(L);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  struct sockaddr_storage address;
  int status = net_addr_parse(luaL_checkstring(L, 2), (int)luaL_checkinteger(L, 3), &address);
  unsigned flags = lua_toboolean(L, 4) ? UV_TCP_IPV6ONLY : 0;
  if (status < 0) return net_fail(L, status);
  unsigned held = net_descriptors_hold();
  status = uv_tcp_bind(&handle->uv.tcp, (const struct sockaddr *)&address, flags);
  net_descriptors_release(held);
  return net_done(L, status);
}

/* connect(ip, port): the hook "connected" says when. */
static int tcp_connect(lua_State *L) {
  net_handle *handle = check_tcp(L);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  if (handle->ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  struct sockaddr_storage address;
  int status = net_addr_parse(luaL_checkstring(L, 2), (int)luaL_checkinteger(L, 3), &address);
  if (status < 0) return net_fail(L, status);
  lua_pushnil(L);
  net_req *req = net_req_take(L, handle);
  if (req == NULL) return net_fail(L, UV_ENOMEM);
  unsigned held = net_descriptors_hold();
  status = uv_tcp_connect(&req->uv.connect, &handle->uv.tcp, (const struct sockaddr *)&address,
                          net_listener_on_connect);
  net_descriptors_release(held);
  if (status < 0) net_req_give_back(L, req);
  return net_done(L, status);
}

typedef int (*name_of)(const uv_tcp_t *tcp, struct sockaddr *name, int *length);

static int push_name(lua_State *L, name_of get) {
  net_handle *handle = check_tcp(L);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  struct sockaddr_storage address;
  int length = (int)sizeof address;
  int status = get(&handle->uv.tcp, (struct sockaddr *)&address, &length);
  if (status < 0) return net_fail(L, status);
  return net_addr_push(L, (const struct sockaddr *)&address);
}

/* sockname() and peername() -> address, port, family */
static int tcp_sockname(lua_State *L) { return push_name(L, uv_tcp_getsockname); }
static int tcp_peername(lua_State *L) { return push_name(L, uv_tcp_getpeername); }

/* nodelay(boolean) */
static int tcp_nodelay(lua_State *L) {
  net_handle *handle = check_tcp(L);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  return net_done(L, uv_tcp_nodelay(&handle->uv.tcp, lua_toboolean(L, 2)));
}

static int set_option(const net_handle *handle, int option, const void *value, size_t size) {
  uv_os_fd_t fd;
  int status = uv_fileno(&handle->uv.handle, &fd);
  if (status < 0) return status;
#ifdef _WIN32
  if (setsockopt((SOCKET)fd, SOL_SOCKET, option, (const char *)value, (int)size) == 0) return 0;
  return uv_translate_sys_error(WSAGetLastError());
#else
  if (setsockopt(fd, SOL_SOCKET, option, value, (socklen_t)size) == 0) return 0;
  return uv_translate_sys_error(errno);
#endif
}

/* keepalive(boolean, seconds): 0 leaves the system's delay, which newer libuv does not take for an answer. */
static int tcp_keepalive(lua_State *L) {
  net_handle *handle = check_tcp(L);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  int on = lua_toboolean(L, 2);
  lua_Integer delay = luaL_optinteger(L, 3, 0);
  if (delay > 0) return net_done(L, uv_tcp_keepalive(&handle->uv.tcp, on, (unsigned)delay));
  return net_done(L, set_option(handle, SO_KEEPALIVE, &on, sizeof on));
}

/* linger(): what close will send is RST, not FIN. */
static int tcp_linger(lua_State *L) {
  net_handle *handle = check_tcp(L);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  struct linger linger = {1, 0};
  return net_done(L, set_option(handle, SO_LINGER, &linger, sizeof linger));
}

/* isTcp() */
static int handle_is_tcp(lua_State *L) {
  lua_pushboolean(L, check_tcp(L) != NULL);
  return 1;
}

const luaL_Reg net_tcp_methods[] = {
    {"bind", tcp_bind},         {"connect", tcp_connect}, {"sockname", tcp_sockname},
    {"peername", tcp_peername}, {"nodelay", tcp_nodelay}, {"keepalive", tcp_keepalive},
    {"linger", tcp_linger},     {"isTcp", handle_is_tcp}, {NULL, NULL},
};
