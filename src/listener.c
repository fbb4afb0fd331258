/* Listening, and the outcome of connecting.
 * Floor 6.
 * Owns an accepted handle from the accept until a box has it. */
#include "listener.h"

#include "fail.h"
#include "fd.h"
#include "req.h"

struct connection_event {
  net_event event;
  net_stream *client; /* NULL once a box has it */
  int status;
};

static int push_connection(lua_State *L, net_event *event) {
  struct connection_event *connection = (struct connection_event *)event;
  if (connection->status < 0) return net_fail(L, connection->status);
  net_handle *client = &connection->client->handle;
  net_box_take(net_box_push(L, client->type), client);
  connection->client = NULL;
  return 1;
}

/* Takes the connection that libuv has announced. NULL and a status if that fails. */
static net_handle *take(net_stream *server, int *status) {
  net_handle *client = net_handle_new(net_stream_loop(server), server->handle.type, NULL, status);
  if (client == NULL) return NULL;
  *status = uv_accept(&server->uv.stream, &net_stream_of(client)->uv.stream);
  if (*status == 0) {
    *status = net_fd_lift(&client);
  } else {
    net_handle_close(client, NET_TELL_NOBODY);
    return NULL;
  }
  if (client != NULL) net_stream_touch(net_stream_of(client));
  return client;
}

/* Accepts before Lua is asked for anything: libuv stops listening until a connection that it has announced is taken. That
 * is what a server that is held makes use of: the connections wait in the system's queue. */
static void on_connection(uv_stream_t *uv, int status) {
  net_stream *server = net_stream_from(uv);
  struct connection_event connection = {{&server->handle, NET_ON_CONNECTION, push_connection}, NULL, status};
  net_handle *client = NULL;
  if (status == 0 && server->flags & NET_HELD) {
    server->flags |= NET_ANNOUNCED;
    return;
  }
  if (status == 0) client = take(server, &connection.status);
  connection.client = net_stream_of(client);
  net_handle_tell(&connection.event);
  /* A connection that nobody has taken, for want of memory. The handle, closing or not, is there until this callback is
   * over. */
  if (client != NULL && client->ref == LUA_NOREF) net_handle_close(client, NET_TELL_NOBODY);
}

/* hold(held): does the server leave connections in the system's queue? Gives back the handle of one that was announced
 * while it did, if it does no more; or nil, code, errno if that cannot be taken. */
static int stream_hold(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return 0;
  stream->flags &= (uint16_t)~NET_HELD;
  if (lua_toboolean(L, 2)) stream->flags |= NET_HELD;
  if (stream->flags & NET_HELD || !(stream->flags & NET_ANNOUNCED)) return 0;
  net_box *box = net_box_push(L, stream->handle.type); /* first, for this may raise */
  stream->flags &= (uint16_t)~NET_ANNOUNCED;
  int status = 0;
  net_handle *client = take(stream, &status);
  if (status < 0 || client == NULL) return net_fail(L, status);
  net_box_take(box, client);
  return 1;
}

/* listen(backlog) */
static int stream_listen(lua_State *L) {
  net_stream *stream = net_stream_check(L, 1);
  if (stream == NULL) return net_fail(L, UV_EBADF);
  if (stream->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int backlog = (int)luaL_checkinteger(L, 2);
  /* Of a named pipe that listens, libuv would count its requests twice on Windows, and never be done with closing it. */
  if (stream->flags & NET_LISTENING) return net_done(L, 0);
  int status = uv_listen(&stream->uv.stream, backlog, on_connection);
  if (status == 0 && stream->uv.stream.type == UV_NAMED_PIPE) stream->flags |= NET_LISTENING;
  return net_done(L, status);
}

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
  net_stream_touch(stream);
  stream->flags &= (uint16_t)~NET_CONNECTING;
  /* Closed meanwhile: whoever closed it knows. */
  if (stream->handle.box != NULL) net_handle_tell(&connected.event);
}

const luaL_Reg net_listener_methods[] = {{"listen", stream_listen}, {"hold", stream_hold}, {NULL, NULL}};
