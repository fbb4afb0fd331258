/* Listening, and the outcome of connecting.
 * Floor 6.
 * Owns an accepted handle from the accept until a box has it. */
#include "listener.h"

#include <limits.h>
#include <stdlib.h>
#ifndef _WIN32
#include <sys/resource.h>
#endif

#include "fail.h"
#include "fd.h"
#include "req.h"

/* ---- accepting ---- */

struct connection_event {
  net_event event;
  net_stream *client; /* NULL once a box has it */
  int status;
};

/* A connection; one that is to be dropped, and the code of why; or nil, and why there is none. */
static int push_connection(lua_State *L, net_event *event) {
  struct connection_event *connection = (struct connection_event *)event;
  if (connection->client == NULL) return net_fail(L, connection->status);
  net_handle *client = &connection->client->handle;
  net_box_take(net_box_push(L, net_handle_type(client)), client);
  connection->client = NULL;
  return 1 + (connection->status < 0 ? net_fail_push(L, connection->status) : 0);
}

/* Memory for the next connection, in case there is none then. */
static int keep_spare(net_loop *loop) {
  if (loop->spare == NULL) loop->spare = malloc(sizeof(net_stream));
  return loop->spare == NULL ? UV_ENOMEM : 0;
}

static net_handle *new_client(net_loop *loop, const net_type *type, int *status) {
  net_handle *client = net_handle_new(loop, type, NULL, status);
  if (client == NULL && *status == UV_ENOMEM && loop->spare != NULL) {
    client = net_handle_new_in(loop->spare, loop, type, NULL, status);
    if (client != NULL) loop->spare = NULL;
  }
  keep_spare(loop);
  return client;
}

/* Unix is deaf until a connection that it has announced is taken; Windows announces one after the other. */
#ifdef _WIN32
enum { SEVERAL = 1 };
#else
enum { SEVERAL = 0 };
#endif

static int accept_one(uv_stream_t *uv, int status);

static void accept_waiting(uv_handle_t *uv, void *argument) {
  (void)argument;
  if (uv->data == NULL || uv_is_closing(uv) || !net_handle_type(net_handle_from(uv))->is_stream) return;
  net_stream *server = net_stream_from(uv);
  if (!(server->flags & NET_WAITING)) return;
  server->flags = (uint16_t)(server->flags & ~(unsigned)NET_WAITING);
  while (accept_one(&server->uv.stream, 0) && SEVERAL && !server->handle.closing) {
  }
}

static void on_turned_away(uv_handle_t *uv) {
  net_loop *loop = net_loop_from(uv->loop);
  loop->turning = 0;
  if (loop->L != NULL) uv_walk(uv->loop, accept_waiting, NULL);
}

/* Without memory for a handle the connection is accepted all the same, and closed: libuv does not listen until one that
 * it has announced is taken. There is one handle for that; who comes while it is closing waits for it. Gives back whether
 * the connection has been taken. */
static int turn_away(net_stream *server) {
  net_loop *loop = net_stream_loop(server);
  uv_stream_t *client = &loop->own->turned_away.stream;
  if (loop->turning) {
    server->flags |= NET_WAITING;
    return 0;
  }
  int status = server->uv.stream.type == UV_TCP ? uv_tcp_init(loop->uv, &loop->own->turned_away.tcp)
                                                : uv_pipe_init(loop->uv, &loop->own->turned_away.pipe, 0);
  if (status < 0) return 1;
  client->data = NULL;
  uv_accept(&server->uv.stream, client);
  loop->turning = 1;
  uv_close(&loop->own->turned_away.handle, on_turned_away);
  return 1;
}

/* Has the connection got the last descriptor that the process may have? The next one would not get any, and libuv would
 * close those that wait without a word; so this one is dropped, which is told, and the descriptor stays free. */
static int is_last_descriptor(net_loop *loop, const net_handle *client) {
#ifdef _WIN32
  (void)loop;
  (void)client;
  return 0;
#else
  uv_os_fd_t fd;
  struct rlimit limit;
  if (uv_fileno(net_handle_uv(client), &fd) < 0 || fd + 1 < loop->descriptor_limit) return 0;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  loop->descriptor_limit = limit.rlim_cur < INT_MAX ? (int)limit.rlim_cur : INT_MAX;
  return fd + 1 >= loop->descriptor_limit;
#endif
}

/* Takes the connection that libuv has announced. NULL and a status if that fails; a connection and a status if it is to
 * be dropped. */
static net_handle *take(net_stream *server, int *status) {
  net_loop *loop = net_stream_loop(server);
  net_handle *client = new_client(loop, net_handle_type(&server->handle), status);
  if (client == NULL) return NULL;
  *status = uv_accept(&server->uv.stream, &net_stream_of(client)->uv.stream);
  if (*status == 0) {
    *status = net_fd_lift(&client);
  } else {
    net_handle_close(client, NET_TELL_NOBODY);
    return NULL;
  }
  if (client == NULL) return NULL;
  if (is_last_descriptor(loop, client)) *status = UV_EMFILE;
  net_stream_touch(net_stream_of(client), NET_TRAFFIC_READ);
  return client;
}

/* Accepts before Lua is asked for anything: libuv stops listening until a connection that it has announced is taken. That
 * is what a server that is held makes use of: the connections wait in the system's queue. Gives back whether there was one
 * and it is taken. */
static int accept_one(uv_stream_t *uv, int status) {
  net_stream *server = net_stream_from(uv);
  struct connection_event connection = {{&server->handle, NET_ON_CONNECTION, push_connection}, NULL, status};
  net_handle *client = NULL;
  if (status == 0 && server->flags & NET_HELD) {
    server->flags |= NET_ANNOUNCED;
    return 0;
  }
  if (status == 0) client = take(server, &connection.status);
  if (status == 0 && client == NULL && connection.status == UV_ENOMEM && !turn_away(server)) return 0;
  if (SEVERAL && connection.status == UV_EAGAIN) return 0; /* they have been taken */
  /* cppcheck-suppress unreadVariable ; push_connection reads it */
  connection.client = net_stream_of(client);
  net_handle_tell(&connection.event);
  /* A connection that nobody has taken, for want of memory. The handle, closing or not, is there until this callback is
   * over. */
  if (client != NULL && client->ref == LUA_NOREF) net_handle_close(client, NET_TELL_NOBODY);
  return 1;
}

static void on_connection(uv_stream_t *uv, int status) { accept_one(uv, status); }

/* hold(held): does the server leave connections in the system's queue? Gives back the handle of one that was announced
 * while it did, if it does no more; or nil, code, errno if that cannot be taken. There may be others: asked again, it gives
 * back the next. */
static int stream_hold(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return 0;
  stream->flags &= (uint16_t)~NET_HELD;
  if (lua_toboolean(L, 2)) stream->flags |= NET_HELD;
  if (stream->flags & NET_HELD || !(stream->flags & NET_ANNOUNCED)) return 0;
  net_box *box = net_box_push(L, net_handle_type(&stream->handle)); /* first, for this may raise */
  stream->flags &= (uint16_t)~NET_ANNOUNCED;
  int status = 0;
  net_handle *client = take(stream, &status);
  if (SEVERAL && status == UV_EAGAIN) return 0; /* that was the last one */
  if (SEVERAL) stream->flags |= NET_ANNOUNCED;
  if (client == NULL && status == UV_ENOMEM) turn_away(stream);
  if (client != NULL && status < 0) net_handle_close(client, NET_TELL_NOBODY);
  if (status < 0 || client == NULL) return net_fail(L, status);
  net_box_take(box, client);
  return 1;
}

/* listen(backlog) */
static int stream_listen(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (stream->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int backlog = net_check_int(L, 2);
  /* Of a named pipe that listens, libuv would count its requests twice on Windows, and never be done with closing it. */
  if (stream->flags & NET_LISTENING) return net_done(L, 0);
  int status = keep_spare(net_stream_loop(stream));
  if (status == 0) status = uv_listen(&stream->uv.stream, backlog, on_connection);
  if (status == 0 && stream->uv.stream.type == UV_NAMED_PIPE) stream->flags |= NET_LISTENING;
  return net_done(L, status);
}

/* ---- connecting ---- */

struct connected_event {
  net_event event;
  int status;
};

static int push_connected(lua_State *L, net_event *event) {
  int status = ((struct connected_event *)event)->status;
  return status < 0 ? net_fail_push(L, status) : 0;
}

void net_listener_on_connect(uv_connect_t *uv, int status) {
  net_stream *stream = net_stream_of(net_req_release(net_req_from(uv)));
  struct connected_event connected = {{&stream->handle, NET_ON_CONNECTED, push_connected}, status};
  net_stream_touch(stream, NET_TRAFFIC_READ);
  stream->flags &= (uint16_t)~NET_CONNECTING;
  /* Closed meanwhile: whoever closed it knows. */
  if (stream->handle.box != NULL) net_handle_tell(&connected.event);
}

const luaL_Reg net_listener_methods[] = {{"listen", stream_listen}, {"hold", stream_hold}, {NULL, NULL}};
