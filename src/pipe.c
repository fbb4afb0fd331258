/* Unix domain sockets, and named pipes on Windows.
 * Floor 7.
 * Owns no memory. */
#include "pipe.h"

#include <string.h>
#ifndef _WIN32
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#endif

#include "descriptors.h"
#include "fail.h"
#include "fd.h"
#include "listener.h"
#include "req.h"

static int init_pipe(net_loop *loop, net_handle *handle, const void *ipc) {
  net_stream_note_active(net_stream_of(handle), uv_now(loop->uv));
  return uv_pipe_init(loop->uv, &net_stream_of(handle)->uv.pipe, ipc != NULL && *(const int *)ipc);
}

static int pipe_create(lua_State *L) {
  int ipc = lua_toboolean(L, 1);
  return net_box_new(L, net_loop_upvalue(L), net_type_upvalue(L), &ipc);
}

static int open_pipe(net_handle *handle, lua_Integer fd) {
  net_stream *stream = net_stream_of(handle);
  net_stream_touch(stream, NET_TRAFFIC_READ);
  return uv_pipe_open(&stream->uv.pipe, (uv_file)fd);
}

static net_stream *check_pipe(lua_State *L) {
  return net_stream_of(net_handle_check_type(L, 1, &net_pipe_type));
}

/* ---- where it is ---- */

/* A path, or on Linux an abstract name: that begins with a NUL, has no file, and is all of its bytes. */
static int is_abstract(const char *path, size_t length) { return length > 0 && path[0] == '\0'; }

/* libuv cuts a path that is too long, and so would make or meet another file. */
static int check_path(const char *path, size_t length) {
  if (is_abstract(path, length)) {
#ifdef __linux__
    struct sockaddr_un address;
    return length > 1 && length <= sizeof address.sun_path ? 0 : UV_EINVAL;
#else
    return UV_EINVAL;
#endif
  }
  if (length == 0 || strlen(path) != length) return UV_EINVAL;
#ifndef _WIN32
  struct sockaddr_un address;
  if (length >= sizeof address.sun_path) return UV_ENAMETOOLONG;
#endif
  return 0;
}

#ifdef __linux__

typedef int (*use_of_address)(int fd, const struct sockaddr *address, socklen_t length);

/* libuv takes abstract names from 1.46 on; this does it for all versions. The handle gets a socket that is bound or
 * connected by `use`. Nothing here waits: whether a local socket can be connected is known at once. */
static int use_abstract(net_stream *stream, const char *name, size_t length, use_of_address use) {
  struct sockaddr_un address;
  uv_os_fd_t open;
  if (uv_fileno((const uv_handle_t *)&stream->uv, &open) == 0) return UV_EINVAL;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path, name, length);
  unsigned held = net_descriptors_hold();
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  net_descriptors_release(held);
  if (fd < 0) return uv_translate_sys_error(errno);
  int status = use(fd, (const struct sockaddr *)&address,
                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
  status = status == 0 ? uv_pipe_open(&stream->uv.pipe, fd) : uv_translate_sys_error(errno);
  if (status < 0) close(fd);
  return status;
}

#else

#define use_abstract(stream, name, length, use) UV_EINVAL

#endif

/* bindPath(path) */
static int pipe_bind(lua_State *L) {
  net_stream *stream = check_pipe(L);
  size_t length;
  const char *path = luaL_checklstring(L, 2, &length);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int status = check_path(path, length);
  if (status < 0) return net_fail(L, status);
  if (is_abstract(path, length)) return net_done(L, use_abstract(stream, path, length, bind));
  unsigned held = net_descriptors_hold();
  status = uv_pipe_bind(&stream->uv.pipe, path);
  net_descriptors_release(held);
  return net_done(L, status);
}

/* connectPath(path): _onconnected says when. To an abstract name it is over at once: "done", and if it failed code, errno,
 * sentence; what follows is the caller's. */
static int pipe_connect(lua_State *L) {
  net_stream *stream = check_pipe(L);
  size_t length;
  const char *path = luaL_checklstring(L, 2, &length);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (stream->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int status = check_path(path, length);
  if (status < 0) return net_fail(L, status);
  if (is_abstract(path, length)) {
    status = use_abstract(stream, path, length, connect);
    net_stream_touch(stream, NET_TRAFFIC_READ);
    lua_pushliteral(L, "done");
    return 1 + (status < 0 ? net_fail_push(L, status) : 0);
  }
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

/* ---- who may connect ---- */

#ifdef _WIN32

static int allow(net_stream *stream, int readable, int writable) {
  return uv_pipe_chmod(&stream->uv.pipe, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0));
}

#else

/* As uv_pipe_chmod was up to 1.4x: later ones take from the owner's own rights what is not asked for here. */
static int allow(net_stream *stream, int readable, int writable) {
  char path[sizeof(struct sockaddr_un) + 1];
  size_t size = sizeof path - 1;
  struct stat file;
  int status = uv_pipe_getsockname(&stream->uv.pipe, path, &size);
  if (status < 0) return status;
  if (size == 0 || is_abstract(path, size)) return 0; /* there is no file */
  path[size] = '\0';
  mode_t mode = (readable ? S_IRUSR | S_IRGRP | S_IROTH : 0) | (writable ? S_IWUSR | S_IWGRP | S_IWOTH : 0);
  if (stat(path, &file) != 0 || chmod(path, file.st_mode | mode) != 0) return uv_translate_sys_error(errno);
  return 0;
}

#endif

/* chmod(readable, writable): who may connect besides the owner. */
static int pipe_chmod(lua_State *L) {
  net_stream *stream = check_pipe(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int readable = lua_toboolean(L, 2), writable = lua_toboolean(L, 3);
  return net_done(L, readable || writable ? allow(stream, readable, writable) : 0);
}

static const luaL_Reg pipe_methods[] = {{"bindPath", pipe_bind},
                                        {"connectPath", pipe_connect},
                                        {"chmod", pipe_chmod},

                                        {NULL, NULL}};

static const luaL_Reg *const methods[] = {
    net_stream_methods,
    net_stream_idle_methods,
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
