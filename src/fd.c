/* A file descriptor that exists becomes a handle.
 * Floor 4.
 * Owns no memory; an opened descriptor is its handle's. */
#include "fd.h"

#ifndef _WIN32
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#endif

#include "blocking.h"
#include "descriptors.h"
#include "fail.h"

int net_fd_type(lua_State *L) {
  const char *name = "UNKNOWN";
  switch (uv_guess_handle(net_check_int(L, 1))) {
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

static int open_descriptor(net_handle *handle, lua_Integer fd) {
  unsigned held = net_descriptors_hold(); /* macOS may need descriptors of its own for it */
  int status = net_handle_type(handle)->open(handle, fd);
  net_descriptors_release(held);
  return status;
}

#ifdef _WIN32

int net_fd_lift(net_handle **handle) {
  (void)handle;
  return 0;
}

#else

int net_fd_lift(net_handle **handle) {
  net_handle *low = *handle;
  uv_os_fd_t fd;
  int status = uv_fileno(net_handle_uv(low), &fd);
  if (status < 0 || fd >= NET_DESCRIPTORS_OURS) return 0;
  int lifted = fcntl(fd, F_DUPFD_CLOEXEC, NET_DESCRIPTORS_OURS);
  *handle = NULL;
  if (lifted < 0) {
    status = uv_translate_sys_error(errno);
  } else {
    *handle = net_handle_new(net_handle_loop(low), net_handle_type(low), NULL, &status);
    if (*handle != NULL) status = open_descriptor(*handle, lifted);
    if (*handle == NULL || status < 0) close(lifted);
    if (*handle != NULL && status < 0) {
      net_handle_close(*handle, NET_TELL_NOBODY);
      *handle = NULL;
    }
  }
  net_handle_close(low, NET_TELL_NOBODY);
  close(fd); /* which libuv does not do */
  return status;
}

#endif

/* open(fd): it is the handle's from now on. */
static int handle_open(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  int fd = net_check_int(L, 2);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  int status = net_blocking_note((int)fd);
  if (status == 0) {
    status = open_descriptor(handle, fd);
    if (status == 0) {
      handle->handed = 1;
    } else {
      net_blocking_restore((int)fd);
    }
  }
  return net_done(L, status);
}

const luaL_Reg net_fd_methods[] = {{"open", handle_open}, {NULL, NULL}};
