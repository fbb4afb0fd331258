/* Handles: any handle of libuv, the userdata that Lua holds of it, its owner and its end.
 * Floor 3.
 * Owns each net_handle (malloc), freed in its close callback and nowhere else. */
#include "handle.h"

#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "descriptors.h"
#include "fail.h"

static const char *const method_names[NET_METHODS] = {
    [NET_ON_READ] = "_onread",     [NET_ON_WRITTEN] = "_onwritten",     [NET_ON_SHUTDOWN] = "_onshutdown",
    [NET_ON_OVER] = "_onover",     [NET_ON_CONNECTED] = "_onconnected", [NET_ON_CONNECTION] = "_onconnection",
    [NET_ON_CLOSED] = "_onclosed", [NET_ON_EXIT] = "_onexit",           [NET_ON_SIGNAL] = "_onsignal",
    [NET_ON_IDLE] = "_onidle",     [NET_ON_DEADLINE] = "_ondeadline",
};

/* What is at the upvalues of the delivery. */
enum { UP_OBJECTS = 1, UP_CLASS /* "_fields" */, UP_METHODS /* the first of their names */ };

/* What Lua holds. */
struct net_box {
  net_handle *handle; /* NULL once closed */
#if !NET_SMALL_USERDATA
  const void *mark; /* tells our userdata from others; else their metatable does */
#endif
};

static const char box_mark =
    0; /* its address marks our userdata, and is the key of what getmetatable shows of them */

/* ---- making one ---- */

net_handle *net_handle_new_in(void *memory, net_loop *loop, const net_type *type, const void *argument,
                              int *status) {
  net_handle *handle = (net_handle *)memset(memory, 0, type->size);
  handle->uv = type->uv;
  net_handle_uv(handle)->data = (void *)type;
  handle->ref = LUA_NOREF;
  /* With its first stream a loop opens a descriptor to spare. */
  unsigned held = loop->begun ? 0 : net_descriptors_hold();
  *status = type->init(loop, handle, argument);
  net_descriptors_release(held);
  if (type->is_stream) loop->begun = 1;
  if (*status < 0) return NULL;
  net_handle_uv(handle)->data = (void *)type; /* whatever libuv has put there */
  loop->handles++;
  return handle;
}

net_handle *net_handle_new(net_loop *loop, const net_type *type, const void *argument, int *status) {
  void *memory = loop->open ? malloc(type->size) : NULL;
  if (memory == NULL) {
    *status = loop->open ? UV_ENOMEM : UV_ECANCELED;
    return NULL;
  }
  net_handle *handle = net_handle_new_in(memory, loop, type, argument, status);
  if (handle == NULL) free(memory);
  return handle;
}

net_box *net_box_push(lua_State *L, const net_type *type) {
  net_box *box = (net_box *)net_newuserdata(L, sizeof *box);
  box->handle = NULL;
#if !NET_SMALL_USERDATA
  box->mark = &box_mark;
#endif
  lua_rawgetp(L, LUA_REGISTRYINDEX, type);
  lua_setmetatable(L, -2);
  return box;
}

void net_box_take(net_box *box, net_handle *handle) {
  box->handle = handle;
  handle->box = box;
}

int net_box_new(lua_State *L, net_loop *loop, const net_type *type, const void *argument) {
  net_box *box = net_box_push(L, type);
  int status = 0;
  net_handle *handle = net_handle_new(loop, type, argument, &status);
  if (handle == NULL) return net_fail(L, status);
  net_box_take(box, handle);
  return 1;
}

int net_handle_create(lua_State *L) { return net_box_new(L, net_loop_upvalue(L), net_type_upvalue(L), NULL); }

/* ---- whose one is ---- */

void net_box_push_kind(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &box_mark); }

net_handle *net_box_handle(const net_box *box) {
#if NET_SMALL_USERDATA
  (void)box; /* nobody asks: there is no ffi */
  return NULL;
#else
  return box != NULL && box->mark == &box_mark ? box->handle : NULL;
#endif
}

#if NET_SMALL_USERDATA
static net_box *test_box(lua_State *L, int index) {
  net_box *box = (net_box *)lua_touserdata(L, index);
  if (box == NULL || !lua_getmetatable(L, index)) return NULL;
  lua_rawgeti(L, -1, 1);
  int marked = lua_touserdata(L, -1) == &box_mark;
  lua_pop(L, 2);
  return marked ? box : NULL;
}
#else
static net_box *test_box(lua_State *L, int index) {
  net_box *box = (net_box *)lua_touserdata(L, index);
  if (box == NULL || lua_rawlen(L, index) != sizeof *box)
    return NULL; /* of a light userdata the length is 0 */
  return box->mark == &box_mark ? box : NULL;
}
#endif

net_handle *net_handle_test(lua_State *L, int index) {
  net_box *box = test_box(L, index);
  return box != NULL ? box->handle : NULL;
}

net_handle *net_handle_check(lua_State *L, int index) {
  net_box *box = test_box(L, index);
  if (box == NULL) luaL_argerror(L, index, "handle expected");
  return box->handle;
}

/* ---- what its owner is told ---- */

enum { AT_EVENT = 1, AT_OWNER };

/* Pushes the owner's method whose name is at `name`, or nil; what is below it is left there, for to take it away costs more.
 * The objects of our classes have theirs in one table (base/class.lua): there it is found without a call of Lua. */
static int push_method(lua_State *L, int name) {
  lua_pushvalue(L, name);
  if (net_rawget(L, AT_OWNER) != LUA_TNIL) return 1;
  if (lua_getmetatable(L, AT_OWNER)) {
    lua_pushvalue(L, lua_upvalueindex(UP_CLASS));
    if (net_rawget(L, -2) == LUA_TTABLE) {
      lua_pushvalue(L, name);
      if (net_rawget(L, -2) != LUA_TNIL) return 1;
    }
  }
  lua_pushvalue(L, name);
  lua_gettable(L, AT_OWNER);
  return !lua_isnil(L, -1);
}

static int deliver_event(lua_State *L) {
  net_event *event = (net_event *)lua_touserdata(L, AT_EVENT);
  net_handle *handle = event->handle;
  lua_rawgeti(L, lua_upvalueindex(UP_OBJECTS), handle->ref);
  if (!push_method(L, lua_upvalueindex(UP_METHODS + (int)event->method)))
    return luaL_error(L, "the owner of a handle has no method %s", method_names[event->method]);
  lua_pushvalue(L, AT_OWNER);
  int count = event->push(L, event);
  lua_call(L, 1 + count, 0);
  return 0;
}

int net_handle_tell(net_event *event) {
  int ref = event->handle->ref;
  return ref != LUA_NOREF ? net_enter_for(net_handle_loop(event->handle), NET_ENTRY_EVENT, ref, event)
                          : LUA_OK;
}

/* ---- the end ---- */

static int push_nothing(lua_State *L, net_event *event) {
  (void)L;
  (void)event;
  return 0;
}

static void on_close(uv_handle_t *uv) {
  net_handle *handle = net_handle_from(uv);
  net_loop *loop = net_handle_loop(handle);
  loop->handles--;
  if (handle->known) net_loop_drop_listener(loop, handle->ref);
  if (handle->tell_closed == NET_TELL_LISTENER &&
      !net_loop_listens(NET_PLACE_CLOSE, NET_PLACE_CLOSE, loop, handle->ref))
    handle->tell_closed = NET_TELL_NOBODY;
  if (handle->tell_closed != NET_TELL_NOBODY) {
    net_event event = {handle, NET_ON_CLOSED, push_nothing};
    net_handle_tell(&event);
  }
  if (handle->ref != LUA_NOREF) net_loop_forget_object(loop, handle->ref);
  free(handle);
}

static void close_now(net_handle *handle) {
  uv_handle_t *uv = net_handle_uv(handle);
  uv_os_fd_t fd;
  if (handle->handed && uv_fileno(uv, &fd) == 0) net_blocking_restore((int)(intptr_t)fd);
  uv_close(uv, on_close);
}

static void leave(net_handle *handle) {
  const net_type *type = net_handle_type(handle);
  if (type->leave != NULL) type->leave(handle);
}

void net_handle_close(net_handle *handle, enum net_handle_tells tell) {
  if (handle->box != NULL) {
    handle->box->handle = NULL;
    handle->box = NULL;
  }
  net_loop *loop = net_handle_loop(handle);
  if (net_loop_is_forked(loop)) net_loop_take_over(loop, 1);
  leave(handle);
  handle->tell_closed = tell & 3u;
  if (handle->closing) return;
  handle->closing = 1;
  if (handle->held == 0) close_now(handle);
}

void net_handle_release(net_handle *handle) {
  if (--handle->held == 0 && handle->closing) close_now(handle);
}

/* The loop's own handles have no data. */
static void close_walked(uv_handle_t *uv, void *argument) {
  (void)argument;
  if (uv->data != NULL && !net_handle_from(uv)->closing)
    net_handle_close(net_handle_from(uv), NET_TELL_NOBODY);
}

/* libuv has a list of the loop's handles already: one of ours would cost each connection two pointers more. */
static void close_all(net_loop *loop) { uv_walk(loop->uv, close_walked, NULL); }

/* ---- methods that every handle has ---- */

static int box_gc(lua_State *L) {
  net_handle *handle = net_handle_test(L, 1);
  if (handle != NULL) net_handle_close(handle, NET_TELL_NOBODY);
  return 0;
}

/* close([tell]) -> what the requests that end with it name it by */
static int handle_close(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return 0;
  net_handle_close(handle, lua_toboolean(L, 2) ? NET_TELL_OWNER : NET_TELL_NOBODY);
  lua_pushlightuserdata(L, handle);
  return 1;
}

void net_handle_forget_listener(lua_State *L, net_handle *handle) {
  if (handle->known) net_loop_forget_listener(L, handle->ref);
  handle->known = handle->met = 0;
}

void net_handle_attach(lua_State *L, net_handle *handle, int index) {
  net_loop_push_objects(L);
  lua_pushvalue(L, index);
  if (handle->ref != LUA_NOREF) {
    lua_rawseti(L, -2, handle->ref);
  } else {
    handle->ref = luaL_ref(L, -2);
  }
  lua_pop(L, 1);
  const void *owner = lua_topointer(L, index);
  if (handle->owner != owner) leave(handle);
  if (handle->owner != owner) net_handle_forget_listener(L, handle);
  handle->owner = owner;
}

/* attach(object): pins the handle, its events are the object's from now on. A stream that gets another owner leaves its
 * fast paths: they were the former owner's. */
static int handle_attach(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (handle == NULL) return net_fail(L, UV_EBADF);
  net_handle_attach(L, handle, 2);
  lua_pushboolean(L, 1);
  return 1;
}

static int handle_ref(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle != NULL) uv_ref(net_handle_uv(handle));
  return 0;
}

static int handle_unref(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  if (handle != NULL) uv_unref(net_handle_uv(handle));
  return 0;
}

static int handle_has_ref(lua_State *L) {
  net_handle *handle = net_handle_check(L, 1);
  lua_pushboolean(L, handle != NULL && uv_has_ref(net_handle_uv(handle)));
  return 1;
}

/* type() -> the name of its type, or nil once it is closed */
static int handle_type(lua_State *L) {
  const net_handle *handle = net_handle_check(L, 1);
  if (handle == NULL) return 0;
  lua_pushstring(L, net_handle_type(handle)->name);
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
  if (handle == NULL || uv_fileno(net_handle_uv(handle), &fd) < 0) {
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
    lua_pushfstring(L, "handle (%s): %p", net_handle_type(handle)->name, (void *)handle);
  }
  return 1;
}

/* ---- beginning ---- */

/* The metatable of a type's boxes. */
static void make_metatable(lua_State *L, const net_type *type) {
  static const luaL_Reg common[] = {
      {"close", handle_close},    {"attach", handle_attach}, {"ref", handle_ref}, {"unref", handle_unref},
      {"hasRef", handle_has_ref}, {"type", handle_type},     {NULL, NULL},
  };
  lua_createtable(L, 1, 4);
#if NET_SMALL_USERDATA
  lua_pushlightuserdata(L, (void *)&box_mark);
  lua_rawseti(L, -2, 1);
#endif
  lua_newtable(L);
  net_setfuncs(L, common, 0);
  for (const luaL_Reg *const *list = type->methods; list != NULL && *list != NULL; list++)
    net_setfuncs(L, *list, 0);
  lua_pushcclosure(L, box_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, box_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, box_tostring);
  lua_setfield(L, -2, "__tostring");
  net_box_push_kind(L);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, type);
}

void net_handle_open(lua_State *L, net_loop *loop, const net_type *const *types) {
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &box_mark);
  for (; *types != NULL; types++) {
    make_metatable(L, *types);
    lua_pushlightuserdata(L, loop);
    lua_pushlightuserdata(L, (void *)*types);
    lua_pushcclosure(L, (*types)->create != NULL ? (*types)->create : net_handle_create, 2);
    lua_setfield(L, -2, (*types)->name);
  }
  net_loop_push_objects(L);
  lua_pushliteral(L, "_fields");
  for (int method = 0; method < NET_METHODS; method++) lua_pushstring(L, method_names[method]);
  lua_pushcclosure(L, deliver_event, UP_CLASS + NET_METHODS);
  net_loop_put_entry(L, NET_ENTRY_EVENT);
  net_loop_at_end(loop, close_all);
}
