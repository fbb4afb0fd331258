/* Idle time and deadlines of streams.
 * Floor 5.
 * Owns a net_idle (malloc) for each, from when it is set until it is taken away or the stream closes. */
#include <stdlib.h>

#include "fail.h"
#include "stream.h"

/* Of a net_idle `what` says which traffic puts it off; a deadline is put off by none. */
enum { DEADLINE = 0, ALL = NET_TRAFFIC_READ | NET_TRAFFIC_WRITE };

void net_stream_put_off(net_stream *stream, unsigned traffic) {
  uint64_t now = uv_hrtime();
  for (net_idle *idle = *net_stream_idles(stream); idle != NULL; idle = idle->other) {
    if (!(idle->what & traffic)) continue;
    if (idle->next != NULL) {
      net_idle_put_off(idle, now);
    } else {
      net_loop *loop = net_stream_loop(stream);
      net_idle_wake(&loop->idle, idle, now);
      net_loop_wait_till(loop, now / NET_NS_PER_MS + idle->list->duration);
    }
  }
}

/* Traffic asks for no more than the flag. */
static void note(net_stream *stream) {
  stream->flags &= (uint16_t)~NET_TIMED;
  if (*net_stream_idles(stream) != NULL) stream->flags |= NET_TIMED;
}

static void remove_one(net_loop *loop, net_idle **link) {
  net_idle *idle = *link;
  *link = idle->other;
  net_idle_remove(&loop->idle, idle);
  free(idle);
}

void net_stream_forget_idle(net_stream *stream) {
  net_idle **link = net_stream_idles(stream);
  while (*link != NULL) remove_one(net_stream_loop(stream), link);
  note(stream);
}

/* Is the system taking what is queued, if slowly? Then the connection is not idle. */
static int is_sending(net_idle *idle, const net_stream *stream) {
  size_t pending = uv_stream_get_write_queue_size(&stream->uv.stream);
  if (!(idle->what & NET_TRAFFIC_WRITE) || pending == idle->pending) return 0;
  idle->pending = pending;
  return pending > 0;
}

static int push_nothing(lua_State *L, net_event *event) {
  (void)L;
  (void)event;
  return 0;
}

/* After its time it rests, until there is traffic. */
static void on_due(net_loop *loop, net_idle *idle) {
  net_stream *stream = (net_stream *)idle->owner;
  if (is_sending(idle, stream)) {
    net_idle_wake(&loop->idle, idle, uv_hrtime());
    return;
  }
  net_event event = {&stream->handle, idle->what == DEADLINE ? NET_ON_DEADLINE : NET_ON_IDLE, push_nothing};
  net_handle_tell(&event);
}

static net_idle **find(net_stream *stream, int deadline) {
  net_idle **link = net_stream_idles(stream);
  while (*link != NULL && ((*link)->what == DEADLINE) != deadline) link = &(*link)->other;
  return link;
}

static int set(lua_State *L, unsigned what) {
  int deadline = what == DEADLINE;
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  net_loop *loop = net_stream_loop(stream);
  lua_Number ms = luaL_checknumber(L, 2);
  net_idle **link = find(stream, deadline);
  if (*link != NULL) remove_one(loop, link);
  note(stream);
  if (!(ms > 0)) return net_done(L, 0);
  net_idle *idle = (net_idle *)calloc(1, sizeof *idle);
  if (idle == NULL || !net_idle_init(&loop->idle, idle, (uint64_t)ms)) {
    free(idle);
    return net_fail(L, UV_ENOMEM);
  }
  idle->owner = stream;
  idle->what = what & ALL;
  link = net_stream_idles(stream);
  idle->other = *link;
  *link = idle;
  note(stream);
  uint64_t now = uv_hrtime();
  net_idle_wake(&loop->idle, idle, now);
  net_loop_wait_till(loop, now / NET_NS_PER_MS + idle->list->duration);
  return net_done(L, 0);
}

/* setIdle(ms[, read]): after so long without traffic, or without any from the peer, the owner's _onidle is called, once
 * until there is some again. setDeadline(ms): then _ondeadline is called. 0 takes either away. */
static int stream_set_idle(lua_State *L) { return set(L, lua_toboolean(L, 3) ? NET_TRAFFIC_READ : ALL); }
static int stream_set_deadline(lua_State *L) { return set(L, DEADLINE); }

/* moment() -> ms on the loop's clock of the last traffic, or of when it was made */
static int stream_moment(lua_State *L) {
  const net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return 0;
  net_pushsize(L, net_stream_active(stream));
  return 1;
}

/* touch(): as if there were traffic. */
static int stream_touch(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream != NULL && (stream->flags & NET_TIMED)) net_stream_put_off(stream, ALL);
  return 0;
}

int net_stream_push_idle(lua_State *L, net_stream *stream) {
  const net_idle *idle = *net_stream_idles(stream);
  while (idle != NULL && idle->what == DEADLINE) idle = idle->other;
  if (idle == NULL) return 0;
  net_pushsize(L, idle->list->duration);
  return 1;
}

/* idle() -> its idle time in ms, or nil */
static int stream_idle(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  return stream == NULL ? 0 : net_stream_push_idle(L, stream);
}

/* giveIdle(other): what has been set of this stream, that one has from now on. */
static int stream_give_idle(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  net_stream *other = stream == NULL ? NULL : net_stream_check(L, 2);
  if (other == NULL || stream == other) return 0;
  net_stream_forget_idle(other);
  *net_stream_idles(other) = *net_stream_idles(stream);
  *net_stream_idles(stream) = NULL;
  note(other);
  note(stream);
  for (net_idle *idle = *net_stream_idles(other); idle != NULL; idle = idle->other) idle->owner = other;
  return 0;
}

const luaL_Reg net_stream_idle_methods[] = {{"setIdle", stream_set_idle},
                                            {"setDeadline", stream_set_deadline},
                                            {"touch", stream_touch},
                                            {"idle", stream_idle},
                                            {"giveIdle", stream_give_idle},
                                            {"moment", stream_moment},
                                            {NULL, NULL}};

void net_stream_open_idle(net_loop *loop) { loop->idle_due = on_due; }
