/* Listening, and the outcome of connecting.
 * Floor 5.
 * Owns an accepted handle from the accept until a box has it. */
#include "listener.h"

#include "fail.h"
#include "fd.h"
#include "req.h"

struct connection_event {
  net_handle *server;
  net_handle *client; /* NULL once a box has it */
  int status;
};

/* The hook gets the object and a handle, or nil, code, errno. */
static int deliver_connection(lua_State *L) {
  struct connection_event *event = (struct connection_event *)lua_touserdata(L, 1);
  net_loop_push_hook(L, NET_DOOR_CONNECTION);
  lua_rawgeti(L, lua_upvalueindex(NET_UP_OBJECTS), event->server->ref);
  int count = 1;
  if (event->status < 0) {
    count = net_fail(L, event->status);
  } else {
    net_box_take(net_box_push(L), event->client);
    event->client = NULL;
  }
  lua_call(L, 1 + count, 0);
  return 0;
}

/* Accepts before Lua is asked for anything: libuv stops listening until a connection that it has announced is taken. */
static void on_connection(uv_stream_t *uv, int status) {
  net_handle *server = net_handle_from(uv);
  net_loop *loop = net_handle_loop(server);
  struct connection_event event = {server, NULL, status};
  if (status == 0) {
    event.client = net_handle_new(loop, uv->type, &event.status);
    if (event.client != NULL) {
      event.status = uv_accept(uv, &event.client->uv.stream);
      if (event.status < 0) {
        net_handle_close(event.client, 0);
        event.client = NULL;
      } else {
        event.status = net_fd_lift(&event.client);
      }
      if (event.client != NULL) net_handle_touch(event.client);
    }
  }
  net_handle *client = event.client; /* closing or not, it is there until this callback is over */
  net_enter(loop, NET_DOOR_CONNECTION, &event);
  /* A connection that nobody has taken, for want of memory. */
  if (client != NULL && client->ref == LUA_NOREF) net_handle_close(client, 0);
}

/* listen(backlog) */
static int handle_listen(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  if (handle->ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  int backlog = (int)luaL_checkinteger(L, 2);
  /* Of a named pipe that listens, libuv would count its requests twice on Windows, and never be done with closing it. */
  if (handle->flags & NET_LISTENING) return net_done(L, 0);
  int status = uv_listen(&handle->uv.stream, backlog, on_connection);
  if (status == 0 && handle->uv.handle.type == UV_NAMED_PIPE) handle->flags |= NET_LISTENING;
  return net_done(L, status);
}

struct connected_event {
  net_handle *handle;
  int status;
};

/* The hook gets the object, and if it failed code and errno. */
static int deliver_connected(lua_State *L) {
  struct connected_event *event = (struct connected_event *)lua_touserdata(L, 1);
  net_loop_push_hook(L, NET_DOOR_CONNECTED);
  lua_rawgeti(L, lua_upvalueindex(NET_UP_OBJECTS), event->handle->ref);
  int count = event->status < 0 ? net_fail_push(L, event->status) : 0;
  lua_call(L, 1 + count, 0);
  return 0;
}

void net_listener_on_connect(uv_connect_t *uv, int status) {
  struct connected_event event = {net_req_release(net_req_from(uv)), status};
  net_handle_touch(event.handle);
  event.handle->flags &= (uint16_t)~NET_CONNECTING;
  /* Closed meanwhile: whoever closed it knows. */
  if (event.handle->box != NULL && event.handle->ref != LUA_NOREF) {
    net_enter(net_handle_loop(event.handle), NET_DOOR_CONNECTED, &event);
  }
}

const luaL_Reg net_listener_methods[] = {{"listen", handle_listen}, {NULL, NULL}};

void net_listener_open(lua_State *L) {
  net_loop_set_door(L, NET_DOOR_CONNECTION, deliver_connection);
  net_loop_set_door(L, NET_DOOR_CONNECTED, deliver_connected);
}
