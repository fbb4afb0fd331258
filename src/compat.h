/* What differs between Lua 5.1 to 5.5 and LuaJIT. The only file that looks at LUA_VERSION_NUM.
 * Floor 0.
 * Owns no memory. */
#ifndef UVNET_COMPAT_H
#define UVNET_COMPAT_H

#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <stddef.h>
#include <stdint.h>

#if LUA_VERSION_NUM < 501 || LUA_VERSION_NUM > 505
#error "uvnet needs Lua 5.1, 5.2, 5.3, 5.4, 5.5 or LuaJIT"
#endif

/* A userdata of one pointer takes a smaller block of memory than one of two. (Of older ones, and LuaJIT's, it does not.) */
#if LUA_VERSION_NUM >= 504
#define NET_SMALL_USERDATA 1
#else
#define NET_SMALL_USERDATA 0
#endif

/* LuaJIT says that it is 5.1, and has this of later ones. */
#if LUA_VERSION_NUM >= 503 || (LUA_VERSION_NUM == 501 && defined(LUA_OK))
#define NET_HAS_ISYIELDABLE 1
#endif

#if LUA_VERSION_NUM == 501

#define LUA_OK 0
#define lua_rawlen lua_objlen

static inline int lua_absindex(lua_State *L, int index) {
  return index > 0 || index <= LUA_REGISTRYINDEX ? index : lua_gettop(L) + index + 1;
}

static inline void lua_rawgetp(lua_State *L, int index, const void *key) {
  index = lua_absindex(L, index);
  lua_pushlightuserdata(L, (void *)key);
  lua_rawget(L, index);
}

static inline void lua_rawsetp(lua_State *L, int index, const void *key) {
  index = lua_absindex(L, index);
  lua_pushlightuserdata(L, (void *)key);
  lua_insert(L, -2);
  lua_rawset(L, index);
}

/* LuaJIT has its own luaL_setfuncs and luaL_testudata; ours have other names so that they do not meet. */
static inline void net_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues) {
  for (; functions->name != NULL; functions++) {
    for (int i = 0; i < upvalues; i++) lua_pushvalue(L, -upvalues);
    lua_pushcclosure(L, functions->func, upvalues);
    lua_setfield(L, -(upvalues + 2), functions->name);
  }
  lua_pop(L, upvalues);
}

#else

static inline void net_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues) {
  luaL_setfuncs(L, functions, upvalues);
}

#endif

/* May the running function yield? -1: this Lua does not say. */
static inline int net_is_yieldable(lua_State *L) {
#ifdef NET_HAS_ISYIELDABLE
  return lua_isyieldable(L);
#else
  (void)L;
  return -1;
#endif
}

/* lua_rawget, and the type of what it has found. */
static inline int net_rawget(lua_State *L, int index) {
#if LUA_VERSION_NUM >= 503
  return lua_rawget(L, index);
#else
  lua_rawget(L, index);
  return lua_type(L, -1);
#endif
}

/* Pushes the field of the table at an index whose name is in an upvalue; its type. */
static inline int net_push_field(lua_State *L, int index, int upvalue) {
  lua_pushvalue(L, lua_upvalueindex(upvalue));
  return net_rawget(L, index);
}

/* A continuation, as lua_callk and lua_pcallk want it, of a function that gets the status. Lua 5.1 and LuaJIT cannot yield
 * across a call of C. */
#if LUA_VERSION_NUM >= 503
#define NET_CONTINUATION(name, function) \
  static int name(lua_State *L, int status, lua_KContext context) { \
    (void)context; \
    return function(L, status); \
  }
#elif LUA_VERSION_NUM == 502
#define NET_CONTINUATION(name, function) \
  static int name(lua_State *L) { return function(L, lua_getctx(L, NULL)); }
#endif

/* A plain userdata without slots for Lua values: 5.4 would give it one that nobody uses. */
static inline void *net_newuserdata(lua_State *L, size_t size) {
#if LUA_VERSION_NUM >= 504
  return lua_newuserdatauv(L, size, 0);
#else
  return lua_newuserdata(L, size);
#endif
}

/* A number that holds whole values beyond 2^31: an integer where Lua has them, else a double (exact to 2^53). */
static inline void net_pushsize(lua_State *L, uint64_t value) {
#if LUA_VERSION_NUM >= 503
  lua_pushinteger(L, (lua_Integer)value);
#else
  lua_pushnumber(L, (lua_Number)value);
#endif
}

/* An argument as an int, cut off at its ends: what does not fit is still no other number. (Before Lua 5.3 it is for C to
 * say what a double that does not fit becomes, and since then it raises.) */
static inline int net_check_int(lua_State *L, int index) {
  lua_Number number = luaL_checknumber(L, index);
  luaL_argcheck(L, number == number, index, "a number expected, not NaN");
  return number >= (lua_Number)INT_MAX ? INT_MAX : number <= (lua_Number)INT_MIN ? INT_MIN : (int)number;
}

/* A number that is an integer: where Lua has those, by its subtype, else by its value (a zero may have a sign, then it is
 * none). */
static inline int net_towhole(lua_State *L, int index, int64_t *value) {
#if LUA_VERSION_NUM >= 503
  if (!lua_isinteger(L, index)) return 0;
  *value = (int64_t)lua_tointeger(L, index);
  return 1;
#else
  lua_Number number = lua_tonumber(L, index);
  if (!(number >= -9007199254740992.0 && number <= 9007199254740992.0)) return 0;
  *value = (int64_t)number;
  return (lua_Number)*value == number && (number != 0 || 1 / number > 0);
#endif
}

static inline void net_pushwhole(lua_State *L, int64_t value) {
#if LUA_VERSION_NUM >= 503
  lua_pushinteger(L, (lua_Integer)value);
#else
  lua_pushnumber(L, (lua_Number)value);
#endif
}

#endif
