/* The errors that callbacks raise: kept while the loop's turn ends, and raised by run, one by one.
 * Floor 2.
 * Owns nothing but the list of errors, a table in the registry. */
#include "loop.h"

static const char errors_key = 0; /* its address is a key of the registry, and stands for error(nil) */

enum { PROBE_DEPTH = 8 }; /* C calls */
enum { RETRIES = 1000 };

void net_loop_push_errors(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &errors_key); }

/* Message handler: a string gets the traceback of the callback that raised it; anything else stays what it is.
 * Upvalue 1 is debug.traceback, taken when the module was loaded. */
static int add_traceback(lua_State *L) {
  if (lua_type(L, 1) != LUA_TSTRING || !lua_isfunction(L, lua_upvalueindex(1))) {
    lua_settop(L, 1);
    return 1;
  }
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_pushinteger(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

/* Puts argument 2 into the list, argument 1, at the place that argument 3 says. */
static int put_error(lua_State *L) {
  int place = (int)lua_tointeger(L, 3);
  lua_settop(L, 2);
  lua_rawseti(L, 1, place);
  return 0;
}

/* The list has places in advance; that it must grow and cannot, or that run itself was called where hardly any stack is
 * left, are the cases in which the reason for that takes the place of an error. */
static void keep(net_loop *loop) {
  lua_State *L = loop->L;
  uv_stop(loop->uv);
  loop->errors++;
  if (lua_isnil(L, -1)) { /* error(nil): a list cannot hold it */
    lua_pop(L, 1);
    lua_pushlightuserdata(L, (void *)&errors_key);
  }
  lua_pushvalue(L, NET_PLACE_KEEPER);
  lua_insert(L, -2);
  lua_pushvalue(L, NET_PLACE_ERRORS);
  lua_insert(L, -2);
  lua_pushinteger(L, loop->last_error + 1);
  int status = lua_pcall(L, 3, 0, 0);
  if (status == LUA_OK) {
    loop->last_error++;
  } else {
    lua_pop(L, 1);
    loop->lost = status == LUA_ERRMEM ? "not enough memory" : "stack overflow";
  }
}

/* owner(error, entry, object): Lua keeps whose callback has raised the error. */
static int deliver_owner(lua_State *L) {
  int ref = (int)lua_tointeger(L, 3);
  lua_settop(L, 2);
  net_loop_push_hook(L, NET_ENTRY_OWNER);
  if (lua_isnil(L, -1)) return 0;
  lua_insert(L, 1);
  if (ref > 0) {
    lua_rawgeti(L, lua_upvalueindex(NET_UP_OBJECTS), ref);
  } else {
    lua_pushnil(L);
  }
  lua_call(L, 3, 0);
  return 0;
}

/* Without the memory for it, nobody knows whose it was. */
void net_loop_keep_error(net_loop *loop, enum net_entry entry, int ref) {
  lua_State *L = loop->L;
  int last = loop->last_error;
  keep(loop);
  if (loop->last_error == last || entry == NET_ENTRY_NONE) return;
  lua_pushvalue(L, NET_ENTRY_OWNER);
  lua_rawgeti(L, NET_PLACE_ERRORS, loop->last_error);
  lua_pushinteger(L, (int)entry);
  lua_pushinteger(L, ref);
  if (lua_pcall(L, 3, 0, 0) != LUA_OK) lua_pop(L, 1);
}

int net_loop_raise_error(lua_State *L, net_loop *loop) {
  loop->errors--;
  if (loop->raised == loop->last_error) return luaL_error(L, "%s", loop->lost);
  loop->raised++;
  lua_rawgeti(L, NET_PLACE_ERRORS, loop->raised);
  lua_pushnil(L);
  lua_rawseti(L, NET_PLACE_ERRORS, loop->raised);
  if (loop->raised == loop->last_error) loop->raised = loop->last_error = 0;
  if (lua_touserdata(L, -1) == (void *)&errors_key) lua_pushnil(L);
  return lua_error(L);
}

/* The probe: calls itself, deeper than a delivery goes before it has taken something from its queue. */
static int call_deeper(lua_State *L) {
  lua_Integer depth = lua_tointeger(L, 2);
  if (depth == 0) return 0;
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, depth - 1);
  lua_call(L, 2, 0);
  return 0;
}

/* Is there enough stack for the delivery to take something? */
static int has_stack(const net_loop *loop) {
  lua_State *L = loop->L;
  lua_pushvalue(L, NET_PLACE_PROBE);
  lua_pushvalue(L, -1);
  lua_pushinteger(L, PROBE_DEPTH);
  int status = lua_pcall(L, 2, 0, 0);
  if (status != LUA_OK) lua_pop(L, 1);
  return status == LUA_OK;
}

static int deliver_taken(lua_State *L) {
  lua_Number *taken = (lua_Number *)lua_touserdata(L, 1);
  net_loop_push_hook(L, NET_ENTRY_TAKEN);
  lua_call(L, 0, 1);
  *taken = lua_tonumber(L, -1);
  return 0;
}

/* How many callbacks all queues have called; the same as before, if that cannot be told. */
static lua_Number count_taken(const net_loop *loop, lua_Number before) {
  lua_State *L = loop->L;
  lua_Number taken = before;
  lua_pushvalue(L, NET_ENTRY_TAKEN);
  lua_pushlightuserdata(L, &taken);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) lua_pop(L, 1);
  return taken;
}

int net_loop_may_retry(net_loop *loop, int status, struct net_retry *retry) {
  if (status == LUA_OK || status == LUA_ERRMEM) return status == LUA_OK;
  if (!has_stack(loop) || ++retry->errors > RETRIES) return 0;
  lua_Number before = retry->taken;
  retry->taken = count_taken(loop, before);
  return retry->errors == 1 || retry->taken != before;
}

void net_loop_push_handler(lua_State *L) {
  lua_getglobal(L, "debug");
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "traceback");
  } else {
    lua_pushnil(L);
  }
  lua_remove(L, -2);
  lua_pushcclosure(L, add_traceback, 1);
}

void net_loop_open_errors(lua_State *L) {
  net_loop_push_handler(L);
  lua_rawseti(L, -2, NET_PLACE_HANDLER);
  lua_pushcfunction(L, put_error);
  lua_rawseti(L, -2, NET_PLACE_KEEPER);
  lua_pushcfunction(L, call_deeper);
  lua_rawseti(L, -2, NET_PLACE_PROBE);
  lua_createtable(L, 16, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &errors_key);
  net_loop_set_entry(L, NET_ENTRY_TAKEN, deliver_taken);
  net_loop_set_entry(L, NET_ENTRY_OWNER, deliver_owner);
}
