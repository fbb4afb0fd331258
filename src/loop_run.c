/* The frame of run: the entries by which callbacks enter Lua, and run itself.
 * Floor 2.
 * Owns nothing but tables in the registry: the entries, the hooks, the objects and their listeners. */
#include "loop.h"

/* Addresses that serve as keys of the registry. */
static const char entries_key = 0, hooks_key = 0, objects_key = 0, listeners_key = 0, write_key = 0;

/* Those that Lua may set a hook for have a name. */
static const char *const entry_names[NET_ENTRIES + 1] = {"", "ticks", "immediates", "timers", "",      "",
                                                         "", "",      "taken",      "reader", "owner", NULL};

void net_loop_push_objects(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key); }

/* luaL_unref of a place that exists takes no memory (see make_place_for_unref). When Lua is not entered, the state is closing
 * and takes the table with it. */
void net_loop_forget_object(const net_loop *loop, int ref) {
  if (loop->L != NULL) luaL_unref(loop->L, NET_PLACE_OBJECTS, ref);
}

void net_loop_remember_listener(lua_State *L, int ref) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &listeners_key);
  lua_pushvalue(L, -2);
  lua_rawseti(L, -2, ref);
  lua_pop(L, 1);
}

void net_loop_forget_listener(lua_State *L, int ref) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &listeners_key);
  lua_pushnil(L);
  lua_rawseti(L, -2, ref);
  lua_pop(L, 1);
}

void net_loop_drop_listener(const net_loop *loop, int ref) {
  if (loop->L == NULL) return;
  lua_pushnil(loop->L);
  lua_rawseti(loop->L, NET_PLACE_LISTENERS, ref);
}

int net_loop_writes_as_usual(net_loop *loop, int ref) {
  lua_State *L = loop->L;
  if (L == NULL) return 0;
  lua_rawgeti(L, NET_PLACE_OBJECTS, ref);
  lua_pushvalue(L, NET_PLACE_WRITE);
  lua_rawget(L, -2);
  int same = lua_topointer(L, -1) == loop->write;
  lua_pop(L, 2);
  return same;
}

int net_loop_listens(int first, int last, const net_loop *loop, int ref) {
  lua_State *L = loop->L;
  if (L == NULL) return 0;
  int listens = 0;
  lua_rawgeti(L, NET_PLACE_OBJECTS, ref);
  lua_pushvalue(L, NET_PLACE_EVENTS);
  if (net_rawget(L, -2) == LUA_TTABLE) {
    for (int place = first; place <= last && !listens; place++) {
      lua_pushvalue(L, place);
      listens = net_rawget(L, NET_PLACES + 2) != LUA_TNIL;
    }
  }
  lua_settop(L, NET_PLACES);
  return listens;
}

/* ---- entering Lua ---- */

/* LUA_OK, or the status of what was raised. */
static int call_entry(net_loop *loop, enum net_entry entry, int ref, void *event) {
  lua_pushvalue(loop->L, (int)entry);
  lua_pushlightuserdata(loop->L, event);
  int status = lua_pcall(loop->L, 1, 0, NET_PLACE_HANDLER);
  if (status != LUA_OK) net_loop_keep_error(loop, entry, ref);
  return status;
}

/* What has to wait does so until the next callback, or the next run. */
static void run_ticks(net_loop *loop) {
  struct net_retry retry = {0, 0};
  int status = LUA_OK;
  while ((loop->after & NET_AFTER_TICKS) && net_loop_may_retry(loop, status, &retry)) {
    loop->after &= (unsigned char)~NET_AFTER_TICKS;
    status = call_entry(loop, NET_ENTRY_TICKS, 0, &status); /* an address of the stack: see net_loop_run */
    if (status != LUA_OK) loop->after |= NET_AFTER_TICKS;
  }
}

void net_loop_after_callback(net_loop *loop) {
  if (loop->after & NET_AFTER_LOOK) net_loop_look_later(loop);
  run_ticks(loop);
  if (loop->after & NET_AFTER_HOOK) net_loop_keep_hook_error(loop);
  if (net_loop_is_forked(loop)) net_loop_take_over(loop, 1);
}

int net_enter_for(net_loop *loop, enum net_entry entry, int ref, void *event) {
  if (loop->L == NULL) return LUA_OK;
  loop->callback++;
  net_loop_take_hook(loop);
  int status = call_entry(loop, entry, ref, event);
  if (loop->after || net_loop_is_forked(loop)) net_loop_after_callback(loop);
  return status;
}

int net_enter(net_loop *loop, enum net_entry entry, void *event) {
  return net_enter_for(loop, entry, 0, event);
}

/* Pushes the object and, last, its one plain `data` listener, which stands where events.lua says; false if there is none. */
static int push_listener(lua_State *L, int ref) {
  lua_rawgeti(L, NET_PLACE_OBJECTS, ref);
  lua_pushvalue(L, NET_PLACE_ON_DATA);
  if (net_rawget(L, -2) == LUA_TFUNCTION) return 1;
  lua_pop(L, 1);
  lua_pushvalue(L, NET_PLACE_EVENTS);
  if (net_rawget(L, -2) != LUA_TTABLE) return 0;
  lua_pushvalue(L, NET_PLACE_DATA);
  return net_rawget(L, -2) == LUA_TFUNCTION;
}

/* Up to the delivery nothing can raise: fields are read past metatables, and what is pushed exists already. */
int net_enter_data(net_loop *loop, int ref, void *event) {
  lua_State *L = loop->L;
  if (L == NULL) return 0;
  net_loop_take_hook(loop);
  lua_pushvalue(L, NET_ENTRY_DATA);
  if (!push_listener(L, ref)) {
    lua_settop(L, NET_PLACES);
    return 0;
  }
  loop->callback++;
  loop->event = event;
  int count = lua_gettop(L) - NET_PLACES - 1;
  if (lua_pcall(L, count, 0, NET_PLACE_HANDLER) != LUA_OK) net_loop_keep_error(loop, NET_ENTRY_DATA, ref);
  if (loop->after || net_loop_is_forked(loop)) net_loop_after_callback(loop);
  return 1;
}

void net_loop_put_entry(lua_State *L, enum net_entry entry) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &entries_key);
  lua_insert(L, -2);
  lua_rawseti(L, -2, (int)entry);
  lua_pop(L, 1);
}

void net_loop_set_entry(lua_State *L, enum net_entry entry, lua_CFunction delivery) {
  net_loop_push_objects(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
  lua_pushcclosure(L, delivery, NET_UPVALUES);
  net_loop_put_entry(L, entry);
}

static int deliver_ticks(lua_State *L) {
  net_loop_push_hook(L, NET_ENTRY_TICKS);
  lua_call(L, 0, 0);
  return 0;
}

/* ---- Lua functions ---- */

static int alive(net_loop *loop) { return loop->errors > 0 || uv_loop_alive(loop->uv); }

/* run(mode): 0 default, 1 once, 2 nowait. True while something active is left; raises what callbacks raised. */
int net_loop_run(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  uv_run_mode mode = (uv_run_mode)lua_tointeger(L, 1);
  if (loop->L != NULL) return luaL_error(L, "the event loop is running already");
  if (!loop->open) return luaL_error(L, "the event loop is closed");
  int status = net_loop_take_over(loop, 1);
  if (status < 0) return luaL_error(L, "the event loop is lost to the fork: %s", uv_strerror(status));
  luaL_checkstack(L, NET_PLACES + LUA_MINSTACK, NULL);
  lua_settop(L, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &entries_key);
  for (int place = 1; place <= NET_PLACE_PROBE; place++) lua_rawgeti(L, 1, place);
  lua_remove(L, 1);
  net_loop_push_objects(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &listeners_key);
  net_loop_push_errors(L);
  lua_pushliteral(L, "write");
  lua_pushliteral(L, "_events");
  lua_pushliteral(L, "_events.data");
  lua_pushliteral(L, "data");
  lua_pushliteral(L, "end");
  lua_pushliteral(L, "finish");
  lua_pushliteral(L, "prefinish");
  lua_pushliteral(L, "close");

  if (loop->errors > 0) return net_loop_raise_error(L, loop);
  /* LuaJIT takes memory for the first light userdata of each 4 GiB of addresses: here it may. Events are on this stack. */
  lua_pushlightuserdata(L, &mode);
  lua_pop(L, 1);
  loop->L = L;
  loop->stopping = 0;
  loop->run++;
  loop->fair = loop->refusing;
  loop->refusing = 0;
  loop->once = mode == UV_RUN_ONCE;
  int happens = loop->once && (loop->after & NET_AFTER_TICKS); /* already: there is nothing to wait for */
  net_loop_take_hook(loop);
  net_loop_hear_interrupt(loop, mode);
  net_loop_after_callback(loop);
  /* Also takes back the uv_stop that net_loop_keep_error or stop has made. */
  uv_run(loop->uv, loop->errors > 0 || loop->stopping || happens ? UV_RUN_NOWAIT : mode);
  net_loop_leave_interrupt(loop);
  if (loop->after & NET_AFTER_HOOK) net_loop_keep_hook_error(loop);
  loop->L = NULL;
  net_loop_give_hook_back(loop, L, 0);
  if (loop->errors > 0) return net_loop_raise_error(L, loop);
  lua_pushboolean(L, alive(loop));
  return 1;
}

static int loop_stop(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  if (loop->L == NULL) return 0;
  loop->stopping = 1;
  uv_stop(loop->uv);
  return 0;
}

static int loop_running(lua_State *L) {
  lua_pushboolean(L, net_loop_upvalue(L)->L != NULL);
  return 1;
}

/* callback() -> the number of the callback that runs now; 0 if none does. */
static int loop_callback(lua_State *L) {
  const net_loop *loop = net_loop_upvalue(L);
  lua_pushinteger(L, loop->L != NULL ? (lua_Integer)(loop->callback & INT32_MAX) : 0);
  return 1;
}

/* alive(): is something active left? */
static int loop_alive(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  lua_pushboolean(L, loop->open && alive(loop));
  return 1;
}

/* stopped(): has the last run ended by stop()? */
static int loop_stopped(lua_State *L) {
  lua_pushboolean(L, net_loop_upvalue(L)->stopping);
  return 1;
}

/* ticks(): there are ticks now; run them after this callback. */
static int loop_ticks(lua_State *L) {
  net_loop_upvalue(L)->after |= NET_AFTER_TICKS;
  return 0;
}

/* hook(name[, function]): what Lua does about the events of an entry; gives back what it did before. */
static int loop_hook(lua_State *L) {
  int entry = luaL_checkoption(L, 1, NULL, entry_names);
  lua_settop(L, 2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
  lua_rawgeti(L, 3, entry);
  if (lua_isnil(L, 2)) return 1;
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_rawseti(L, 3, entry);
  return 1;
}

/* standardWrite(function): the `write` of sockets that have no other. */
static int loop_standard_write(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  net_loop_upvalue(L)->write = lua_topointer(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &write_key); /* it keeps its address while it is there */
  return 0;
}

const luaL_Reg net_loop_run_functions[] = {
    {"run", net_loop_run},
    {"stop", loop_stop},
    {"running", loop_running},
    {"callback", loop_callback},
    {"alive", loop_alive},
    {"stopped", loop_stopped},
    {"ticks", loop_ticks},
    {"hook", loop_hook},
    {"standardWrite", loop_standard_write},
    {NULL, NULL},
};

/* ---- beginning ---- */

static void set_table(lua_State *L, const char *key, int places) {
  lua_createtable(L, places, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void net_loop_open_frame(lua_State *L) {
  set_table(L, &entries_key, NET_ENTRIES);
  set_table(L, &hooks_key, NET_ENTRIES);
  set_table(L, &objects_key, 8);
  set_table(L, &listeners_key, 8);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &entries_key);
  net_loop_open_errors(L);
  lua_pop(L, 1);
  net_loop_set_entry(L, NET_ENTRY_TICKS, deliver_ticks);
}
