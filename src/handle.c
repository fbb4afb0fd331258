/* Stream handles: the userdata, the libuv handle apart from it, their ties and their end.
 * Floor 3.
 * Owns each net_handle (malloc), freed in its close callback and nowhere else. */
#include "handle.h"

#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "descriptors.h"
#include "fail.h"

static const char box_mark = 0; /* its address marks our userdata, and is the key of their metatable */

net_handle *net_handle_new(net_loop *loop, uv_handle_type type, int *status) {
  if (!loop->open) {
    *status = UV_ECANCELED;
    return NULL;
  }
  size_t size = offsetof(net_handle, uv) + (type == UV_TCP ? sizeof(uv_tcp_t) : sizeof(uv_pipe_t));
  net_handle *handle = (net_handle *)malloc(size);
  if (handle == NULL) {
    *status = UV_ENOMEM;
    return NULL;
  }
  memset(handle, 0, size);
  handle->ref = LUA_NOREF;
  /* With its first stream a loop opens a descriptor to spare. */
  unsigned held = loop->begun ? 0 : net_descriptors_hold();
  if (type == UV_TCP) {
    *status = uv_tcp_init(loop->uv, &handle->uv.tcp);
  } else {
    *status = uv_pipe_init(loop->uv, &handle->uv.pipe, 0);
  }
  net_descriptors_release(held);
  loop->begun = 1;
  if (*status < 0) {
    free(handle);
    return NULL;
  }
  loop->handles++;
  return handle;
}

net_box *net_box_push(lua_State *L) {
  net_box *box = (net_box *)net_newuserdata(L, sizeof *box);
  box->handle = NULL;
  box->mark = &box_mark;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &box_mark);
  lua_setmetatable(L, -2);
  return box;
}

void net_box_take(net_box *box, net_handle *handle) {
  box->handle = handle;
  handle->box = box;
}

int net_box_new(lua_State *L, net_loop *loop, uv_handle_type type) {
  net_box *box = net_box_push(L);
  int status = 0;
  net_handle *handle = net_handle_new(loop, type, &status);
  if (handle == NULL) return net_fail(L, status);
  net_box_take(box, handle);
  return 1;
}

void net_box_push_kind(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &box_mark);
  lua_getfield(L, -1, "__metatable");
  lua_remove(L, -2);
}

net_handle *net_box_handle(const net_box *box) {
  return box != NULL && box->mark == &box_mark ? box->handle : NULL;
}

static net_box *test_box(lua_State *L, int index) {
  net_box *box = (net_box *)lua_touserdata(L, index);
  if (box == NULL || lua_rawlen(L, index) != sizeof *box)
    return NULL; /* of a light userdata the length is 0 */
  return box->mark == &box_mark ? box : NULL;
}

net_handle *net_handle_test(lua_State *L, int index) {
  net_box *box = test_box(L, index);
  return box != NULL ? box->handle : NULL;
}

net_handle *net_handle_check(lua_State *L, int index) {
  net_box *box = test_box(L, index);
  if (box == NULL) luaL_argerror(L, index, "handle expected");
  return box->handle;
}

/* ---- the end ---- */

/* Releases the anchor first, then tells the object. The event is the pointer to the handle. */
static int deliver_closed(lua_State *L) {
  net_handle *handle = *(net_handle **)lua_touserdata(L, 1);
  net_loop_push_hook(L, NET_DOOR_CLOSED);
  lua_rawgeti(L, lua_upvalueindex(NET_UP_OBJECTS), handle->ref);
  luaL_unref(L, lua_upvalueindex(NET_UP_OBJECTS), handle->ref);
  handle->ref = LUA_NOREF;
  if (handle->flags & NET_TELL_CLOSED) lua_call(L, 1, 0);
  return 0;
}

static void on_close(uv_handle_t *uv) {
  net_handle *handle = net_handle_from(uv);
  net_loop *loop = net_handle_loop(handle);
  loop->handles--;
  if (handle->ref != LUA_NOREF) net_enter(loop, NET_DOOR_CLOSED, &handle);
  free(handle);
}

void net_handle_unpipe(net_handle *handle) {
  if (handle->pipe_to != NULL) handle->pipe_to->pipe_from = NULL;
  if (handle->pipe_from != NULL) handle->pipe_from->pipe_to = NULL;
  handle->pipe_to = NULL;
  handle->pipe_from = NULL;
}

void net_handle_close(net_handle *handle, int tell) {
  if (handle->box != NULL) {
    handle->box->handle = NULL;
    handle->box = NULL;
  }
  net_handle_unpipe(handle);
  net_loop *loop = net_handle_loop(handle);
  if (net_loop_is_forked(loop)) net_loop_take_over(loop, 1);
  if (loop->refused == handle) loop->refused = NULL;
  if (loop->reading == handle) loop->reading = NULL;
  uv_os_fd_t fd;
  if ((handle->flags & NET_HANDED) && uv_fileno(&handle->uv.handle, &fd) == 0)
    net_blocking_restore((int)(intptr_t)fd);
  handle->flags = tell ? NET_TELL_CLOSED : 0;
  if (!uv_is_closing(&handle->uv.handle)) uv_close(&handle->uv.handle, on_close);
}

static void close_walked(uv_handle_t *uv, void *argument) {
  (void)argument;
  if ((uv->type == UV_TCP || uv->type == UV_NAMED_PIPE) && !uv_is_closing(uv)) {
    net_handle_close(net_handle_from(uv), 0);
  }
}

static void close_all(net_loop *loop) { uv_walk(loop->uv, close_walked, NULL); }

/* ---- methods that every handle has ---- */

static int box_gc(lua_State *L) {
  net_handle *handle = net_handle_test(L, 1);
  if (handle != NULL) net_handle_close(handle, 0);
  return 0;
}

/* close([tell]) -> what the requests that end with it name it by */
static int handle_close(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return 0;
  net_handle_close(handle, lua_toboolean(L, 2));
  lua_pushlightuserdata(L, handle);
  return 1;
}

/* attach(object): pins the handle, its events are the object's from now on. */
static int handle_attach(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  lua_settop(L, 2);
  net_loop_push_objects(L);
  lua_pushvalue(L, 2);
  if (handle->ref != LUA_NOREF) {
    lua_rawseti(L, 3, handle->ref);
  } else {
    handle->ref = luaL_ref(L, 3);
  }
  handle->uv.handle.data = (void *)lua_topointer(L, 2);
  lua_pushboolean(L, 1);
  return 1;
}

static int handle_ref(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle != NULL) uv_ref(&handle->uv.handle);
  return 0;
}

static int handle_unref(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle != NULL) uv_unref(&handle->uv.handle);
  return 0;
}

static int handle_has_ref(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  lua_pushboolean(L, handle != NULL && uv_has_ref(&handle->uv.handle));
  return 1;
}

/* The field fd, or a method. Upvalue 1 is the table of methods. */
static int box_index(lua_State *L) {
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  if (!lua_isnil(L, -1)) return 1;
  if (lua_type(L, 2) != LUA_TSTRING || strcmp(lua_tostring(L, 2), "fd") != 0) return 1;
  net_handle *handle = net_handle_check(L, 1);
  uv_os_fd_t fd;
  if (handle == NULL || uv_fileno(&handle->uv.handle, &fd) < 0) {
    lua_pushinteger(L, -1);
  } else {
    lua_pushinteger(L, (lua_Integer)(intptr_t)fd);
  }
  return 1;
}

static int box_tostring(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) {
    lua_pushliteral(L, "handle (closed)");
  } else {
    lua_pushfstring(L, "handle (%s): %p", uv_handle_type_name(handle->uv.handle.type), (void *)handle);
  }
  return 1;
}

void net_handle_open(lua_State *L, net_loop *loop, const luaL_Reg *const *methods) {
  static const luaL_Reg common[] = {
      {"close", handle_close}, {"attach", handle_attach},  {"ref", handle_ref},
      {"unref", handle_unref}, {"hasRef", handle_has_ref}, {NULL, NULL},
  };
  lua_createtable(L, 0, 4);
  lua_newtable(L);
  net_setfuncs(L, common, 0);
  for (; *methods != NULL; methods++) net_setfuncs(L, *methods, 0);
  lua_pushcclosure(L, box_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, box_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, box_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_newtable(L);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &box_mark);
  net_loop_at_end(loop, close_all);
  net_loop_set_door(L, NET_DOOR_CLOSED, deliver_closed);
}
