/* TCP: binding, connecting, names, socket options.
 * Floor 7.
 * Owns no memory. */
#include "tcp.h"

#ifndef _WIN32
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#endif
#include <string.h>

#include "addr.h"
#include "descriptors.h"
#include "fail.h"
#include "fd.h"
#include "listener.h"
#include "req.h"

static int init_tcp(net_loop *loop, net_handle *handle, const void *argument) {
  (void)argument;
  net_stream_note_active(net_stream_of(handle), uv_now(loop->uv));
  return uv_tcp_init(loop->uv, &net_stream_of(handle)->uv.tcp);
}

static int open_tcp(net_handle *handle, lua_Integer fd) {
  net_stream *stream = net_stream_of(handle);
  net_stream_touch(stream, NET_TRAFFIC_READ);
  return uv_tcp_open(&stream->uv.tcp, (uv_os_sock_t)fd);
}

static net_stream *check_tcp(lua_State *L) {
  return net_stream_of(net_handle_check_type(L, 1, &net_tcp_type));
}

/* The address at the stack's 2 and 3. */
static int address_of(lua_State *L, struct sockaddr_storage *address) {
  size_t length;
  const char *ip = luaL_checklstring(L, 2, &length);
  int port = net_check_int(L, 3);
  return strlen(ip) == length ? net_addr_parse(ip, port, address) : UV_EINVAL;
}

/* Has others bind to the same address and port, the system sharing out connections among them. To be called before the
 * bind; libuv does it itself from 1.49 on, where the system can. */
static int share_port(net_stream *stream, int family, unsigned *flags) {
#if UV_VERSION_HEX >= 0x013100
  (void)stream;
  (void)family;
  *flags |= UV_TCP_REUSEPORT;
  return 0;
#elif defined(__linux__)
  int on = 1;
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  (void)flags;
  if (fd < 0) return uv_translate_sys_error(errno);
  int status = 0;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) status = uv_translate_sys_error(errno);
  if (status == 0) status = uv_tcp_open(&stream->uv.tcp, fd);
  if (status < 0) close(fd);
  return status;
#else
  (void)stream;
  (void)family;
  (void)flags;
  return UV_ENOTSUP;
#endif
}

/* bind(ip, port, ipv6only, reuseport) */
static int tcp_bind(lua_State *L) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  struct sockaddr_storage address;
  int status = address_of(L, &address);
  unsigned flags = lua_toboolean(L, 4) ? UV_TCP_IPV6ONLY : 0;
  if (status < 0) return net_fail(L, status);
  unsigned held = net_descriptors_hold();
  if (lua_toboolean(L, 5)) status = share_port(stream, address.ss_family, &flags);
  if (status == 0) status = uv_tcp_bind(&stream->uv.tcp, (const struct sockaddr *)&address, flags);
  net_descriptors_release(held);
  return net_done(L, status);
}

/* connect(ip, port): _onconnected says when. */
static int tcp_connect(lua_State *L) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (stream->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  struct sockaddr_storage address;
  int status = address_of(L, &address);
  if (status < 0) return net_fail(L, status);
  lua_pushnil(L);
  net_req *req = net_req_take(L, &stream->handle);
  if (req == NULL) return net_fail(L, UV_ENOMEM);
  unsigned held = net_descriptors_hold();
  status = uv_tcp_connect(&req->uv.connect, &stream->uv.tcp, (const struct sockaddr *)&address,
                          net_listener_on_connect);
  net_descriptors_release(held);
  if (status < 0) net_req_give_back(L, req);
  return net_done(L, status);
}

typedef int (*name_of)(const uv_tcp_t *tcp, struct sockaddr *name, int *length);

static int push_name(lua_State *L, name_of get) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  struct sockaddr_storage address;
  int length = (int)sizeof address;
  int status = get(&stream->uv.tcp, (struct sockaddr *)&address, &length);
  if (status < 0) return net_fail(L, status);
  return net_addr_push(L, (const struct sockaddr *)&address);
}

/* sockname() and peername() -> address, port, family */
static int tcp_sockname(lua_State *L) { return push_name(L, uv_tcp_getsockname); }
static int tcp_peername(lua_State *L) { return push_name(L, uv_tcp_getpeername); }

static const luaL_Reg tcp_methods[] = {
    {"bind", tcp_bind}, {"connect", tcp_connect}, {"sockname", tcp_sockname}, {"peername", tcp_peername},
    {NULL, NULL},
};

static const luaL_Reg *const methods[] = {
    net_stream_methods,      net_stream_idle_methods,
    net_stream_read_methods, net_stream_write_methods,
    net_stream_lazy_methods, net_listener_methods,
    net_fd_methods,          tcp_methods,
    net_tcp_option_methods,  NULL,
};

const net_type net_tcp_type = {
    .name = "tcp",
    .size = offsetof(net_stream, uv) + sizeof(uv_tcp_t),
    .uv = offsetof(net_stream, uv),
    .is_stream = 1,
    .init = init_tcp,
    .leave = net_stream_leave,
    .open = open_tcp,
    .methods = methods,
};
