/* The reading side of streams.
 * Floor 5.
 * Owns a net_link (malloc) for each stream in a pipe, until it is in none; the read buffer is the loop's, or malloc'd
 * while that is lent (where reads overlap). */
#include <stdlib.h>
#ifndef _WIN32
#include <errno.h>
#include <sys/socket.h>
#endif

#include "fail.h"
#include "stream.h"

static int push_chunk(lua_State *L, net_event *event) {
  struct net_chunk *chunk = (struct net_chunk *)event;
  if (chunk->size < 0) {
    int count = net_fail(L, (int)chunk->size);
    chunk->is_given = 1;
    return count;
  }
  lua_pushlstring(L, chunk->data, (size_t)chunk->size);
  chunk->is_given = 1;
  return 1;
}

/* Of a turn that ends, because something was raised or net.stop was called, the rest would be all that busy peers send
 * meanwhile: it stays with the system until the next run. */
static int is_ending(const net_loop *loop) { return loop->errors > 0 || loop->stopping; }

/* But whoever ends each turn must not keep the others from ever being read: in the run after one that has refused, each
 * may be read once. */
static int is_refused(net_loop *loop, const net_stream *stream) {
  if (!is_ending(loop) || (loop->fair && stream->handle.read_in != (loop->run & 3u))) return 0;
  loop->refusing = 1;
  return 1;
}

void net_stream_lend_buffer(net_loop *loop, uv_buf_t *buffer) {
  if (!loop->lent) {
    loop->lent = 1;
    buffer->base = loop->buffer;
    buffer->len = NET_READ_SIZE;
  } else {
    buffer->base = (char *)malloc(NET_READ_SIZE);
    buffer->len = buffer->base == NULL ? 0 : NET_READ_SIZE;
  }
}

static void on_alloc(uv_handle_t *uv, size_t suggested, uv_buf_t *buffer) {
  net_stream *stream = net_stream_from(uv);
  net_loop *loop = net_stream_loop(stream);
  (void)suggested;
  if (is_refused(loop, stream)) {
    buffer->base = NULL;
    buffer->len = 0;
    return;
  }
  if (loop->fair) stream->handle.read_in = loop->run & 3u;
  net_stream_lend_buffer(loop, buffer);
}

void net_stream_give_buffer_back(net_loop *loop, const uv_buf_t *buffer) {
  if (buffer->base == loop->buffer) {
    loop->lent = 0;
  } else {
    free(buffer->base);
  }
}

/* Where the peer has hung up, libuv takes it for the end of what was read last, and older versions do so even if it was
 * a reset: a message that was cut off must not look like one that is whole. */
static ssize_t end_or_reset(const net_stream *stream) {
#ifndef _WIN32
  uv_os_fd_t fd;
  char byte;
  if (uv_fileno((const uv_handle_t *)&stream->uv, &fd) == 0 &&
      recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == ECONNRESET)
    return UV_ECONNRESET;
#else
  (void)stream;
#endif
  return UV_EOF;
}

/* How often it is tried to tell what there was no memory for. Each time, Lua has collected all that it can. */
enum { TRIES = 3 };

/* Tells the owner, who may have closed the handle then: whether the delivery itself has failed, for want of memory. */
static int tell_owner(struct net_chunk *chunk) {
  int status = LUA_ERRMEM;
  chunk->is_given = 0;
  for (int i = 0; i < TRIES && status == LUA_ERRMEM && !chunk->is_given; i++)
    status = net_handle_tell(&chunk->event);
  return status == LUA_ERRMEM;
}

/* Bytes that the owner has not got, or could not keep, must not be missed by nobody: for it, the connection has failed.
 * Until it has heard that, it gets no more of them. */
static void lose(net_stream *stream) {
  struct net_chunk failure = {{&stream->handle, NET_ON_READ, push_chunk}, NULL, UV_ENOMEM, 0};
  if (stream->handle.closing) return;
  stream->flags |= NET_LOST;
  if (!tell_owner(&failure)) stream->flags &= (uint16_t)~NET_LOST;
}

static void take_chunk(net_stream *stream, const char *data, ssize_t size) {
  struct net_chunk chunk = {{&stream->handle, NET_ON_READ, push_chunk}, data, size, 0};
  net_stream_touch(stream, NET_TRAFFIC_READ);
  stream->bytes_read += (uint64_t)size;
  int done =
      net_stream_is_direct(stream) ? net_stream_give(stream, &chunk) : net_stream_read_fast(stream, &chunk);
  if (!done && tell_owner(&chunk)) lose(stream);
}

static void take_end(net_stream *stream, ssize_t status) {
  if (status == UV_ENOBUFS && is_ending(net_stream_loop(stream))) return;
  if (status == UV_EOF) status = end_or_reset(stream);
  struct net_chunk chunk = {{&stream->handle, NET_ON_READ, push_chunk}, NULL, status, 0};
  net_stream_touch(stream, NET_TRAFFIC_READ); /* the peer's end is traffic, too */
  if (status == UV_EOF && net_stream_end_lazily(stream)) return;
  if (tell_owner(&chunk)) lose(stream);
}

static void on_read(uv_stream_t *uv, ssize_t size, const uv_buf_t *buffer) {
  net_stream *stream = net_stream_from(uv);
  if (size != 0 && (stream->flags & NET_LOST)) {
    lose(stream);
  } else if (size > 0) {
    take_chunk(stream, buffer->base, size);
  } else if (size < 0) {
    take_end(stream, size);
  }
  net_stream_give_buffer_back(net_loop_from(uv->loop), buffer);
}

int net_stream_start(net_stream *stream) {
  int status = uv_read_start(&stream->uv.stream, on_alloc, on_read);
  return status == UV_EALREADY ? 0 : status;
}

/* readStart(): what comes is told by _onread */
static int stream_read_start(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (stream->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  return net_done(L, net_stream_start(stream));
}

/* readStop() */
static int stream_read_stop(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  return net_done(L, uv_read_stop(&stream->uv.stream));
}

/* directRead(open[, text]): whether chunks go straight to the `data` listener, or those that are whole UTF-8. */
static int stream_direct_read(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return 0;
  stream->flags &= (uint16_t) ~(NET_READ_FAST | NET_READ_TEXT | NET_READ_TASK);
  if (lua_toboolean(L, 2)) stream->flags |= NET_READ_FAST;
  if (lua_toboolean(L, 3)) stream->flags |= NET_READ_TEXT;
  return 0;
}

/* isDirectRead() */
static int stream_is_direct_read(lua_State *L) {
  const net_stream *stream = net_stream_check(L, 1);
  lua_pushboolean(L, stream != NULL && (stream->flags & NET_READ_FAST));
  return 1;
}

/* directTask(open): whether chunks go straight to who waits. */
static int stream_direct_task(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return 0;
  stream->flags &= (uint16_t)~NET_READ_TASK;
  if (lua_toboolean(L, 2)) stream->flags |= NET_READ_TASK;
  return 0;
}

static net_link *link_of(net_stream *stream) {
  if (stream->flags & NET_LINKED) return stream->more.link;
  net_link *link = (net_link *)calloc(1, sizeof *link);
  if (link == NULL) return NULL;
  link->idle = stream->more.idle;
  stream->more.link = link;
  stream->flags |= NET_LINKED;
  return link;
}

static void unlink_if_done(net_stream *stream) {
  if (!(stream->flags & NET_LINKED)) return;
  net_link *link = stream->more.link;
  if (link->to != NULL || link->from != NULL) return;
  stream->flags &= (uint16_t)~NET_LINKED;
  stream->more.idle = link->idle;
  free(link);
}

void net_stream_unpipe(net_stream *stream) {
  if (!(stream->flags & NET_LINKED)) return;
  net_stream *to = stream->more.link->to;
  if (to == NULL) return;
  stream->more.link->to = NULL;
  to->more.link->from = NULL;
  unlink_if_done(to);
  unlink_if_done(stream);
}

/* pipeTo(handle or nil): what is read goes there first; what that does not take at once takes the usual way, as does
 * all of it without the memory for the link. */
static int stream_pipe_to(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  net_stream *to = lua_isnoneornil(L, 2) ? NULL : net_stream_check(L, 2);
  if (stream == NULL) return 0;
  if (to != NULL && (stream->flags & NET_LINKED) && stream->more.link->to == to) return 0;
  net_stream_unpipe(stream);
  if (to == NULL || ((to->flags & NET_LINKED) && to->more.link->from != NULL)) return 0;
  net_link *ours = link_of(stream), *theirs = link_of(to);
  if (ours != NULL && theirs != NULL) {
    ours->to = to;
    theirs->from = stream;
  }
  unlink_if_done(to);
  unlink_if_done(stream);
  return 0;
}

const luaL_Reg net_stream_read_methods[] = {
    {"readStart", stream_read_start},
    {"readStop", stream_read_stop},
    {"directRead", stream_direct_read},
    {"isDirectRead", stream_is_direct_read},
    {"directTask", stream_direct_task},
    {"pipeTo", stream_pipe_to},
    {NULL, NULL},
};
