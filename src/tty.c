/* Terminals.
 * Floor 7.
 * Owns no memory. */
#include "tty.h"

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

#include "descriptors.h"
#include "fail.h"

static net_stream *check_tty(lua_State *L) {
  return net_stream_of(net_handle_check_type(L, 1, &net_tty_type));
}

/* libuv puts a descriptor of its own in the place of standard input or output, one that is closed for who is started by
 * other ways than ours (os.execute). */
static void leave_to_others(uv_file fd) {
#ifndef _WIN32
  if (fd <= STDERR_FILENO) fcntl(fd, F_SETFD, 0);
#else
  (void)fd;
#endif
}

static int init_tty(net_loop *loop, net_handle *handle, const void *argument) {
  uv_file fd = *(const uv_file *)argument;
  unsigned held = net_descriptors_hold(); /* libuv opens the terminal again */
  int status = uv_tty_init(loop->uv, &net_stream_of(handle)->uv.tty, fd, 0);
  net_descriptors_release(held);
  if (status == 0) leave_to_others(fd);
  return status;
}

/* tty(fd) */
static int tty_create(lua_State *L) {
  uv_file fd = net_check_int(L, 1);
  return net_box_new(L, net_loop_upvalue(L), net_type_upvalue(L), &fd);
}

/* windowSize() -> columns, rows */
static int tty_window_size(lua_State *L) {
  net_stream *stream = check_tty(L);
  int columns, rows;
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int status = uv_tty_get_winsize(&stream->uv.tty, &columns, &rows);
  if (status < 0) return net_fail(L, status);
  lua_pushinteger(L, columns);
  lua_pushinteger(L, rows);
  return 2;
}

/* setRawMode(boolean) */
static int tty_set_raw_mode(lua_State *L) {
  net_stream *stream = check_tty(L);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  return net_done(
      L, uv_tty_set_mode(&stream->uv.tty, lua_toboolean(L, 2) ? UV_TTY_MODE_RAW : UV_TTY_MODE_NORMAL));
}

static const luaL_Reg tty_methods[] = {
    {"windowSize", tty_window_size}, {"setRawMode", tty_set_raw_mode}, {NULL, NULL}};

static const luaL_Reg *const methods[] = {
    net_stream_methods,
    net_stream_idle_methods,
    net_stream_lazy_methods,
    net_stream_read_methods,
    net_stream_write_methods,
    tty_methods,
    NULL,
};

const net_type net_tty_type = {
    .name = "tty",
    .size = offsetof(net_stream, uv) + sizeof(uv_tty_t),
    .uv = offsetof(net_stream, uv),
    .is_stream = 1,
    .init = init_tty,
    .leave = net_stream_leave,
    .methods = methods,
    .create = tty_create,
};

static void reset_mode(net_loop *loop) {
  (void)loop;
  uv_tty_reset_mode();
}

void net_tty_open(net_loop *loop) { net_loop_at_end(loop, reset_mode); }
