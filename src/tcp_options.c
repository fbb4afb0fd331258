/* The options of a TCP socket: Nagle's algorithm, keep-alive, how it ends, type of service.
 * Floor 7.
 * Owns no memory. */
#include <errno.h>
#ifndef _WIN32
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#endif

#include "fail.h"
#include "stream.h"
#include "tcp.h"

enum { MOST_SECONDS = 32767 }; /* of the system's own times */

static net_stream *check_tcp(lua_State *L) {
  return net_stream_of(net_handle_check_type(L, 1, &net_tcp_type));
}

/* nodelay(boolean) */
static int tcp_nodelay(lua_State *L) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  return net_done(L, uv_tcp_nodelay(&stream->uv.tcp, lua_toboolean(L, 2)));
}

static int set_option(const net_stream *stream, int level, int option, const void *value, size_t size) {
  uv_os_fd_t fd;
  int status = uv_fileno((const uv_handle_t *)&stream->uv, &fd);
  if (status < 0) return status;
#ifdef _WIN32
  if (setsockopt((SOCKET)fd, level, option, (const char *)value, (int)size) == 0) return 0;
  return uv_translate_sys_error(WSAGetLastError());
#else
  if (setsockopt(fd, level, option, value, (socklen_t)size) == 0) return 0;
  return uv_translate_sys_error(errno);
#endif
}

static int set_number(const net_stream *stream, int level, int option, int value) {
  return set_option(stream, level, option, &value, sizeof value);
}

/* What stands at `index` as a number that the system takes; 0, which leaves what it has, for what is none. */
static int to_setting(lua_State *L, int index) {
  lua_Integer value = luaL_optinteger(L, index, 0);
  return value < 0 ? 0 : value > MOST_SECONDS ? MOST_SECONDS : (int)value;
}

#ifdef TCP_KEEPIDLE
enum { NET_KEEP_IDLE = TCP_KEEPIDLE };
#elif defined(TCP_KEEPALIVE)
enum { NET_KEEP_IDLE = TCP_KEEPALIVE }; /* macOS, older Windows headers */
#endif

/* keepalive(boolean, seconds until the first probe, seconds between probes, how many): 0 leaves what the system has,
 * which newer libuv does not take for an answer. */
static int tcp_keepalive(lua_State *L) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int on = lua_toboolean(L, 2);
  int idle = to_setting(L, 3);
  int interval = to_setting(L, 4);
  int count = to_setting(L, 5);
  int status = set_number(stream, SOL_SOCKET, SO_KEEPALIVE, on);
  if (!on) return net_done(L, status);
#if defined(TCP_KEEPIDLE) || defined(TCP_KEEPALIVE)
  if (status == 0 && idle > 0) status = set_number(stream, IPPROTO_TCP, NET_KEEP_IDLE, idle);
#else
  if (status == 0 && idle > 0) status = uv_tcp_keepalive(&stream->uv.tcp, 1, (unsigned)idle);
#endif
#ifdef TCP_KEEPINTVL
  if (status == 0 && interval > 0) status = set_number(stream, IPPROTO_TCP, TCP_KEEPINTVL, interval);
#else
  (void)interval;
#endif
#ifdef TCP_KEEPCNT
  if (status == 0 && count > 0) status = set_number(stream, IPPROTO_TCP, TCP_KEEPCNT, count);
#else
  (void)count;
#endif
  return net_done(L, status);
}

/* linger(): what close will send is RST, not FIN. */
static int tcp_linger(lua_State *L) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  struct linger linger = {1, 0};
  return net_done(L, set_option(stream, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

/* Where a socket of its family has its type of service. */
static int find_tos(int *level, const net_stream *stream, int *option) {
  struct sockaddr_storage name;
  int length = (int)sizeof name;
  int status = uv_tcp_getsockname(&stream->uv.tcp, (struct sockaddr *)&name, &length);
  if (status < 0) return status;
  *level = IPPROTO_IP;
  *option = IP_TOS;
  if (name.ss_family != AF_INET6) return 0;
#ifdef IPV6_TCLASS
  *level = IPPROTO_IPV6;
  *option = IPV6_TCLASS;
  return 0;
#else
  return UV_ENOTSUP;
#endif
}

/* setTos(0 to 255) */
static int tcp_set_tos(lua_State *L) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int level = 0;
  int option = 0;
  int value = net_check_int(L, 2);
  int status = find_tos(&level, stream, &option);
  if (status == 0) status = set_number(stream, level, option, value);
  /* What comes mapped into IPv6 has that of IPv4. Not everywhere can both be set. */
  if (status == 0 && level != IPPROTO_IP) set_number(stream, IPPROTO_IP, IP_TOS, value);
  return net_done(L, status);
}

/* tos() -> a number */
static int tcp_tos(lua_State *L) {
  net_stream *stream = check_tcp(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  uv_os_fd_t fd;
  int level = 0;
  int option = 0;
  int value = 0;
  int status = uv_fileno((const uv_handle_t *)&stream->uv, &fd);
  if (status == 0) status = find_tos(&level, stream, &option);
  if (status < 0) return net_fail(L, status);
#ifdef _WIN32
  int size = (int)sizeof value;
  if (getsockopt((SOCKET)fd, level, option, (char *)&value, &size) != 0)
    return net_fail(L, uv_translate_sys_error(WSAGetLastError()));
#else
  socklen_t size = sizeof value;
  if (getsockopt(fd, level, option, &value, &size) != 0) return net_fail(L, uv_translate_sys_error(errno));
#endif
  lua_pushinteger(L, value);
  return 1;
}

const luaL_Reg net_tcp_option_methods[] = {
    {"nodelay", tcp_nodelay}, {"keepalive", tcp_keepalive},
    {"linger", tcp_linger},   {"setTos", tcp_set_tos},
    {"tos", tcp_tos},         {NULL, NULL},
};
