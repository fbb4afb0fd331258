/* The reading side of streams: reading, and two lanes past the slow one.
 * Floor 6.
 * Owns no memory; the read buffer is the loop's, or malloc'd while that is lent (where reads overlap). */
#include "reader.h"

#include <stdlib.h>

#include "codec.h"
#include "fail.h"
#include "writer.h"

struct read_event {
  net_handle *handle;
  const char *data;
  ssize_t size; /* bytes, or a libuv status */
};

/* The hook gets the object and the chunk, or nil, code, errno. */
static int deliver_read(lua_State *L) {
  struct read_event *event = (struct read_event *)lua_touserdata(L, 1);
  net_loop_push_hook(L, NET_DOOR_READ);
  lua_rawgeti(L, lua_upvalueindex(NET_UP_OBJECTS), event->handle->ref);
  if (event->size < 0) {
    lua_call(L, 1 + net_fail(L, (int)event->size), 0);
    return 0;
  }
  lua_pushlstring(L, event->data, (size_t)event->size);
  lua_call(L, 2, 0);
  return 0;
}

/* The direct lane: the object's one plain `data` listener gets the chunk. Upvalue 1 is the loop. */
static int deliver_data(lua_State *L) {
  const struct read_event *event = (const struct read_event *)net_loop_upvalue(L)->event;
  lua_pushlstring(L, event->data, (size_t)event->size);
  lua_call(L, 1, 0);
  return 0;
}

static int is_text(const char *data, size_t size) {
  struct net_decoder decoder;
  net_decoder_init(&decoder, NET_UTF8);
  return net_decoder_is_plain(&decoder, data, size);
}

/* Whether the lane is open is for Lua to say; that the listener has changed since is seen by net_enter_data. What is not
 * whole characters closes the lane: Lua opens it again when the decoder holds nothing, and a listener that raises before
 * that must not have the next chunk overtake half a character. */
static int enter_directly(net_handle *handle, struct read_event *event) {
  net_loop *loop = net_handle_loop(handle);
  if (event->size < 0 || !(handle->flags & NET_READ_DIRECT)) return 0;
  if (handle->flags & NET_READ_TEXT && !is_text(event->data, (size_t)event->size)) {
    handle->flags &= (uint16_t)~NET_READ_DIRECT;
    return 0;
  }
  loop->reading = handle;
  int done = net_enter_data(loop, handle->ref, event);
  loop->reading = NULL;
  return done;
}

/* Of a turn that ends, because something was raised or net.stop was called, the rest would be all that busy peers send
 * meanwhile: it stays with the system until the next run. */
static int is_ending(const net_loop *loop) { return loop->errors > 0 || loop->stopping; }

/* But whoever ends each turn must not keep the others from ever being read: in the run after one that has refused, each
 * may be read once. */
static int is_refused(net_loop *loop, const net_handle *handle) {
  if (!is_ending(loop) || (loop->fair && handle->read_in != loop->run)) return 0;
  loop->refusing = 1;
  return 1;
}

static void on_alloc(uv_handle_t *uv, size_t suggested, uv_buf_t *buffer) {
  net_loop *loop = net_loop_from(uv->loop);
  (void)suggested;
  buffer->base = NULL;
  buffer->len = 0;
  net_handle *handle = net_handle_from((uv_stream_t *)uv);
  if (is_refused(loop, handle)) return;
  handle->read_in = loop->run;
  buffer->base = loop->lent ? (char *)malloc(NET_READ_SIZE) : loop->buffer;
  buffer->len = buffer->base == NULL ? 0 : NET_READ_SIZE;
  loop->lent = 1;
}

static void give_back(net_loop *loop, const uv_buf_t *buffer) {
  if (buffer->base == loop->buffer) {
    loop->lent = 0;
  } else {
    free(buffer->base);
  }
}

static void on_read(uv_stream_t *uv, ssize_t size, const uv_buf_t *buffer) {
  net_handle *handle = net_handle_from(uv);
  net_loop *loop = net_handle_loop(handle);
  if (size == UV_ENOBUFS && is_ending(loop)) return;
  if (size != 0) {
    struct read_event event = {handle, buffer->base, size};
    net_handle_touch(handle); /* the peer's end is traffic, too */
    if (size > 0) {
      handle->bytes_read += (uint64_t)size;
      net_handle *to = handle->pipe_to;
      if (to != NULL && net_writer_is_direct(to) && net_loop_writes_as_usual(loop, to->ref)) {
        size_t moved = net_writer_offer(to, event.data, (size_t)size);
        if (moved > 0) to->active = ++loop->traffic;
        event.data += moved;
        event.size -= (ssize_t)moved;
      }
    }
    if (event.size != 0 && !enter_directly(handle, &event)) net_enter(loop, NET_DOOR_READ, &event);
  }
  give_back(loop, buffer);
}

/* readStart() */
static int handle_read_start(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  if (handle->ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int status = uv_read_start(&handle->uv.stream, on_alloc, on_read);
  return net_done(L, status == UV_EALREADY ? 0 : status);
}

/* readStop() */
static int handle_read_stop(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  return net_done(L, uv_read_stop(&handle->uv.stream));
}

/* directRead(open[, text]): whether chunks go straight to the `data` listener, or those that are whole UTF-8. */
static int handle_direct_read(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return 0;
  handle->flags &= (uint16_t) ~(NET_READ_DIRECT | NET_READ_TEXT);
  if (lua_toboolean(L, 2)) handle->flags |= NET_READ_DIRECT;
  if (lua_toboolean(L, 3)) handle->flags |= NET_READ_TEXT;
  return 0;
}

/* isDirectRead() */
static int handle_is_direct_read(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  lua_pushboolean(L, handle != NULL && (handle->flags & NET_READ_DIRECT));
  return 1;
}

/* pipeTo(handle or nil): what is read goes there first; what that does not take at once takes the usual way. */
static int handle_pipe_to(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  net_handle *to = lua_isnoneornil(L, 2) ? NULL : net_handle_check(L, 2);
  if (handle == NULL) return 0;
  if (handle->pipe_to != NULL) handle->pipe_to->pipe_from = NULL;
  handle->pipe_to = NULL;
  if (to == NULL || to->pipe_from != NULL) return 0;
  handle->pipe_to = to;
  to->pipe_from = handle;
  lua_pushboolean(L, 1);
  return 1;
}

const luaL_Reg net_reader_methods[] = {
    {"readStart", handle_read_start},   {"readStop", handle_read_stop},
    {"directRead", handle_direct_read}, {"isDirectRead", handle_is_direct_read},
    {"pipeTo", handle_pipe_to},         {NULL, NULL},
};

void net_reader_open(lua_State *L, net_loop *loop) {
  net_loop_set_door(L, NET_DOOR_READ, deliver_read);
  net_loop_set_data_door(L, loop, deliver_data);
}
