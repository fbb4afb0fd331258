/* A pipe between processes that carries handles beside the bytes.
 * Floor 8.
 * Owns a handle that has arrived until a box has it. */
#include "channel.h"

#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#endif

#include "descriptors.h"
#include "fail.h"
#include "fd.h"
#include "inherit.h"
#include "pipe.h"
#include "req.h"
#include "tcp.h"

/* ---- receiving ---- */

enum { HANDLES_MAX = 16 }; /* that arrive with one read; libuv's writers send one at a time */

struct received {
  net_event event;
  const char *data;
  ssize_t size; /* or a status */
  int count;
  net_handle *handles[HANDLES_MAX]; /* NULL once a box has it */
};

/* _onread(chunk, handle...), or nil, code, errno, sentence. */
static int push_received(lua_State *L, net_event *event) {
  struct received *received = (struct received *)event;
  if (received->size < 0) return net_fail(L, (int)received->size);
  luaL_checkstack(L, HANDLES_MAX + LUA_MINSTACK, NULL);
  lua_pushlstring(L, received->data, (size_t)received->size);
  for (int i = 0; i < received->count; i++) {
    net_handle *handle = received->handles[i];
    net_box *box = net_box_push(L, net_handle_type(handle));
    received->handles[i] = NULL;
    net_box_take(box, handle);
  }
  return 1 + received->count;
}

static const net_type *type_of(uv_handle_type type) {
  if (type == UV_TCP) return &net_tcp_type;
  return type == UV_NAMED_PIPE ? &net_pipe_type : NULL;
}

/* What is of no use to us has to be taken all the same: libuv reads no further before that. It is closed at once. (Without
 * memory it waits for the next read.) */
struct plain_handle {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
    uv_udp_t udp;
  } uv;
};

static void free_plain(uv_handle_t *uv) { free(uv); }

static int refuse_handle(net_loop *loop, uv_stream_t *channel, uv_handle_type type) {
  struct plain_handle *plain = (struct plain_handle *)calloc(1, sizeof *plain);
  if (plain == NULL) return UV_ENOMEM;
  int status = UV_EINVAL;
  if (type == UV_TCP) status = uv_tcp_init(loop->uv, &plain->uv.tcp);
  if (type == UV_NAMED_PIPE) status = uv_pipe_init(loop->uv, &plain->uv.pipe, 0);
  if (type == UV_UDP) status = uv_udp_init(loop->uv, &plain->uv.udp);
  if (status < 0) {
    free(plain);
    return status;
  }
  plain->uv.handle.data = NULL;
  status = uv_accept(channel, &plain->uv.stream);
  uv_close(&plain->uv.handle, free_plain);
  return status;
}

static void accept_all(net_loop *loop, uv_stream_t *channel, struct received *received) {
  uv_pipe_t *pipe = (uv_pipe_t *)channel;
  while (uv_pipe_pending_count(pipe) > 0) {
    uv_handle_type type = uv_pipe_pending_type(pipe);
    const net_type *ours = type_of(type);
    int status = UV_ENOMEM;
    net_handle *handle = NULL;
    if (ours != NULL && received->count < HANDLES_MAX) handle = net_handle_new(loop, ours, NULL, &status);
    if (handle == NULL) {
      if (refuse_handle(loop, channel, type) < 0) return;
      continue;
    }
    if (uv_accept(channel, &net_stream_of(handle)->uv.stream) < 0) {
      net_handle_close(handle, NET_TELL_NOBODY);
      return;
    }
    if (net_fd_lift(&handle) < 0) continue; /* it is closed */
    net_stream_touch(net_stream_of(handle), NET_TRAFFIC_READ);
    received->handles[received->count++] = handle;
  }
}

static void on_alloc(uv_handle_t *uv, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  net_stream_lend_buffer(net_stream_loop(net_stream_from((uv_stream_t *)uv)), buffer);
}

static void on_read(uv_stream_t *uv, ssize_t size, const uv_buf_t *buffer) {
  net_stream *stream = net_stream_from(uv);
  struct received received = {{&stream->handle, NET_ON_READ, push_received}, buffer->base, size, 0, {NULL}};
  if (size > 0) accept_all(net_stream_loop(stream), uv, &received);
  if (size != 0) net_handle_tell(&received.event);
  for (int i = 0; i < received.count; i++) {
    if (received.handles[i] != NULL)
      net_handle_close(received.handles[i], NET_TELL_NOBODY); /* nobody was told of it */
  }
  net_stream_give_buffer_back(net_stream_loop(stream), buffer);
}

/* openChannel(fd): the end that this process was given. Its own children do not get it. */
static int channel_open(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  uv_file fd = net_check_int(L, 2);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  int status = uv_pipe_open(&stream->uv.pipe, fd);
  if (status == 0) net_inherit_keep_from_children(fd);
  return net_done(L, status);
}

/* receive(): as readStart, with handles. */
static int channel_receive(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (stream->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int status = uv_read_start(&stream->uv.stream, on_alloc, on_read);
  return net_done(L, status == UV_EALREADY ? 0 : status);
}

/* ---- sending ---- */

/* Behind a request: a handle that is open until libuv has sent it, or NULL. */
static uv_stream_t **copy_in(net_req *req) { return (uv_stream_t **)(void *)net_req_bytes(req); }

/* A handle of its own for the same socket, for a write that has to wait: the one that was given may be closed meanwhile,
 * which libuv does not bear. On Windows it takes what it needs at once. */
#ifndef _WIN32
static uv_stream_t *copy_of(const net_stream *stream, int *status) {
  uv_os_fd_t fd;
  *status = uv_fileno((const uv_handle_t *)&stream->uv.stream, &fd);
  if (*status < 0) return NULL;
  struct plain_handle *copy = (struct plain_handle *)calloc(1, sizeof *copy);
  if (copy == NULL) {
    *status = UV_ENOMEM;
    return NULL;
  }
  uv_loop_t *loop = stream->uv.stream.loop;
  int other = fcntl(fd, F_DUPFD_CLOEXEC, NET_DESCRIPTORS_OURS);
  if (other < 0) {
    *status = uv_translate_sys_error(errno);
    free(copy);
    return NULL;
  }
  int is_tcp = stream->uv.stream.type == UV_TCP;
  *status = is_tcp ? uv_tcp_init(loop, &copy->uv.tcp) : uv_pipe_init(loop, &copy->uv.pipe, 0);
  if (*status < 0) {
    close(other);
    free(copy);
    return NULL;
  }
  copy->uv.handle.data = NULL;
  *status = is_tcp ? uv_tcp_open(&copy->uv.tcp, other) : uv_pipe_open(&copy->uv.pipe, other);
  if (*status < 0) {
    close(other);
    uv_close(&copy->uv.handle, free_plain);
    return NULL;
  }
  uv_unref(&copy->uv.handle);
  return &copy->uv.stream;
}
#endif

struct sent {
  net_event event;
  int status;
};

/* _onwritten(true), or nil, code, errno, sentence. */
static int push_sent(lua_State *L, net_event *event) {
  const struct sent *sent = (const struct sent *)event;
  return net_done(L, sent->status);
}

static void on_sent(uv_write_t *uv, int status) {
  net_req *req = net_req_from(uv);
  uv_stream_t *copy = *copy_in(req);
  if (copy != NULL) uv_close((uv_handle_t *)copy, free_plain);
  net_stream *channel = net_stream_of(net_req_release(req));
  channel->writes--;
  struct sent sent = {{&channel->handle, NET_ON_WRITTEN, push_sent}, status};
  net_handle_tell(&sent.event);
}

/* Queues the rest of the string at index 2, which is anchored. */
static int queue(lua_State *L, net_stream *channel, const uv_buf_t *rest, net_stream *handle) {
  lua_pushvalue(L, 2);
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  net_req *req = net_req_new(&channel->handle, sizeof(uv_stream_t *));
  if (req == NULL) {
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    return UV_ENOMEM;
  }
  req->ref = ref;
  uv_stream_t *sent = NULL;
  *copy_in(req) = NULL;
  int status = 0;
  if (handle != NULL) {
#ifdef _WIN32
    sent = &handle->uv.stream;
#else
    sent = *copy_in(req) = copy_of(handle, &status);
#endif
  }
  if (status == 0) {
    status = sent != NULL ? uv_write2(&req->uv.write, &channel->uv.stream, rest, 1, sent, on_sent)
                          : uv_write(&req->uv.write, &channel->uv.stream, rest, 1, on_sent);
  }
  if (status < 0) {
    if (*copy_in(req) != NULL) uv_close((uv_handle_t *)*copy_in(req), free_plain);
    net_req_give_back(L, req);
    return status;
  }
  channel->writes++;
  channel->bytes_written += rest->len;
  return 0;
}

/* send(data[, handle]): as write, and the handle goes with it. True: the system has all; false: _onwritten will say. */
static int channel_send(lua_State *L) {
  net_stream *channel = net_stream_check(L, 1);
  net_stream *handle = lua_isnoneornil(L, 3) ? NULL : net_stream_check(L, 3);
  size_t size;
  uv_buf_t rest;
  rest.base = (char *)luaL_checklstring(L, 2, &size);
  rest.len = size;
  if (channel == NULL || (handle == NULL && !lua_isnoneornil(L, 3))) return net_fail(L, UV_EBADF);
  /* cppcheck-suppress knownConditionTrueFalse ; on Windows a length has 32 bits */
  if (rest.len != size) return net_fail(L, UV_E2BIG);
  lua_settop(L, 2);
  if (channel->writes == 0) {
    int written = handle == NULL ? uv_try_write(&channel->uv.stream, &rest, 1)
                                 : uv_try_write2(&channel->uv.stream, &rest, 1, &handle->uv.stream);
    if (written < 0 && written != UV_EAGAIN && written != UV_ENOSYS) return net_fail(L, written);
    if (written > 0) {
      channel->bytes_written += (uint64_t)written;
      if ((size_t)written == size) return net_done(L, 0);
      rest.base += written;
      rest.len -= (size_t)written;
      handle = NULL; /* it went with the first byte */
    }
  }
  int status = queue(L, channel, &rest, handle);
  if (status < 0) return net_fail(L, status);
  lua_pushboolean(L, 0);
  return 1;
}

static const luaL_Reg channel_methods[] = {
    {"openChannel", channel_open}, {"receive", channel_receive}, {"send", channel_send}, {NULL, NULL}};

static const luaL_Reg *const methods[] = {
    net_stream_methods,
    net_stream_idle_methods,
    net_stream_read_methods,
    net_stream_write_methods,
    net_stream_lazy_methods,
    channel_methods,
    NULL,
};

static int init_channel(net_loop *loop, net_handle *handle, const void *argument) {
  (void)argument;
  return uv_pipe_init(loop->uv, &net_stream_of(handle)->uv.pipe, 1);
}

const net_type net_channel_type = {
    .name = "channel",
    .size = offsetof(net_stream, uv) + sizeof(uv_pipe_t),
    .uv = offsetof(net_stream, uv),
    .is_stream = 1,
    .init = init_channel,
    .leave = net_stream_leave,
    .methods = methods,
};
