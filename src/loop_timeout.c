/* async.timeout, where nothing is out of the ordinary: a deadline around a call costs the call, and little besides.
 * Floor 2.
 * Owns no memory.
 *
 * A task has its deadline in `_deadline`, and in `_armed` when its timer will look, while that is set. Whatever else there
 * is (the first timer, timeouts within each other, what has expired) is done in Lua: async/timeout.lua. */
#include "loop.h"

enum {
  UP_NOW = 1, /* its first element is the task that runs */
  UP_SLOWLY,  /* the whole in Lua: gets what timeout gets */
  UP_NOTE,    /* the message handler */
  UP_THREAD,
  UP_INNER,
  UP_DEADLINE,
  UP_ARMED,
  UP_EXPIRED,
  UPVALUES = UP_EXPIRED
};

/* Sets its deadline and pushes the task that runs. False, and nothing is pushed, if there is more to be done. */
static int begin(lua_State *L) {
  if (lua_type(L, 1) != LUA_TNUMBER || lua_type(L, 2) != LUA_TFUNCTION) return 0;
  double ms = lua_tonumber(L, 1);
  if (!(ms >= 1 && ms <= 2147483647)) return 0;
  int me = lua_gettop(L) + 1;
  double deadline = (double)net_loop_now() + ms;
  lua_rawgeti(L, lua_upvalueindex(UP_NOW), 1);
  if (lua_type(L, me) == LUA_TTABLE && net_loop_task_runs(L, me, UP_THREAD, UP_INNER) &&
      net_push_field(L, me, UP_DEADLINE) == LUA_TNIL && net_push_field(L, me, UP_ARMED) == LUA_TNUMBER &&
      lua_tonumber(L, -1) <= deadline) {
    lua_settop(L, me);
    lua_pushvalue(L, lua_upvalueindex(UP_DEADLINE));
    lua_pushnumber(L, deadline);
    lua_rawset(L, me);
    return 1;
  }
  lua_settop(L, me - 1);
  return 0;
}

static void forget(lua_State *L, int name) {
  lua_pushvalue(L, lua_upvalueindex(name));
  lua_pushnil(L);
  lua_rawset(L, 1);
}

/* The task is at index 1. */
static void end(lua_State *L) {
  forget(L, UP_DEADLINE);
  if (net_push_field(L, 1, UP_EXPIRED) != LUA_TNIL) forget(L, UP_EXPIRED);
  lua_pop(L, 1);
}

#ifdef NET_CONTINUATION

enum { FIRST = 3 }; /* behind the task and the handler */

static int after_call(lua_State *L, int status) {
  end(L);
  if (status != LUA_OK && status != LUA_YIELD) return lua_error(L);
  return lua_gettop(L) - FIRST + 1;
}

static int after_slowly(lua_State *L, int status) {
  (void)status;
  return lua_gettop(L);
}

NET_CONTINUATION(call_goes_on, after_call)
NET_CONTINUATION(slowly_goes_on, after_slowly)

/* timeout(ms, fn, ...) */
static int timeout(lua_State *L) {
  if (!begin(L)) {
    lua_pushvalue(L, lua_upvalueindex(UP_SLOWLY));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, slowly_goes_on);
    return lua_gettop(L);
  }
  lua_replace(L, 1);
  lua_pushvalue(L, lua_upvalueindex(UP_NOTE));
  lua_insert(L, 2);
  return after_call(L, lua_pcallk(L, lua_gettop(L) - FIRST, LUA_MULTRET, 2, 0, call_goes_on));
}

#else

/* This Lua cannot yield across a call of C: Lua calls the function. timeout(ms, fn) -> the task, to be given to the
 * second function behind the call; nil: it is not as usual. */
static int timeout(lua_State *L) { return begin(L); }

#endif

static int timeout_end(lua_State *L) {
  end(L);
  return 0;
}

/* timeouts(now, slowly, note) -> timeout, whether that is all of it, and what ends it if not. */
int net_loop_timeouts(lua_State *L) {
  static const char *const names[] = {"co", "_inner", "_deadline", "_armed", "_expired"};
  lua_settop(L, UP_NOTE);
  luaL_checktype(L, UP_NOW, LUA_TTABLE);
  for (int i = UP_SLOWLY; i <= UP_NOTE; i++) luaL_checktype(L, i, LUA_TFUNCTION);
  for (int i = 0; i <= UPVALUES - UP_THREAD; i++) lua_pushstring(L, names[i]);
  for (int i = 1; i <= UPVALUES; i++) lua_pushvalue(L, i);
  lua_pushcclosure(L, timeout, UPVALUES);
  lua_insert(L, 1);
  lua_pushcclosure(L, timeout_end, UPVALUES);
#ifdef NET_CONTINUATION
  lua_pushboolean(L, 1);
#else
  lua_pushboolean(L, 0);
#endif
  lua_insert(L, 2);
  return 3;
}
