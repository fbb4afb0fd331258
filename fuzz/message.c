/* Fuzzes the reader of messages between two Luas: any bytes give a value or are refused, a value that was read can
 * be written and read again, and no error but that of memory is raised. (That it is the same is for a spec to say.)
 *   clang -std=c99 -g -O1 -fsanitize=fuzzer,address,undefined -I src -isystem /usr/include/lua5.4 \
 *     fuzz/message.c src/serialize.c -llua5.4 -o message && ./message -max_total_time=60 */
#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "demand.h"
#include "serialize.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static int classify(lua_State *L) {
  if (!lua_getmetatable(L, 1)) return 0;
  lua_pop(L, 1);
  lua_pushliteral(L, "Error");
  lua_pushvalue(L, 1);
  return 2;
}

static int make(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_setmetatable(L, -2);
  return 1;
}

static lua_State *state(void) {
  static lua_State *L;
  if (L == NULL) {
    L = luaL_newstate();
    demand(L != NULL);
    lua_newtable(L);
    net_serialize_open(L);
    lua_setglobal(L, "core");
  }
  return L;
}

/* Pushes what the function gives back, `results` values. */
static void call(lua_State *L, const char *name, int arguments, int results) {
  lua_getglobal(L, "core");
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
  lua_insert(L, -arguments - 1);
  demand(lua_pcall(L, arguments, results, 0) == LUA_OK);
}

/* Reads the body in the string at the top: replaces it by the value, or by nothing. */
static int read_body(lua_State *L, lua_Integer first) {
  lua_Integer last = (lua_Integer)lua_rawlen(L, -1);
  lua_pushinteger(L, first);
  lua_pushinteger(L, last);
  lua_pushcfunction(L, make);
  call(L, "deserialize", 4, 2);
  int done = lua_toboolean(L, -2);
  lua_remove(L, -2);
  if (!done) lua_pop(L, 1);
  return done;
}

static void write_value(lua_State *L) {
  lua_pushcfunction(L, classify);
  call(L, "serialize", 2, 1);
  demand(lua_type(L, -1) == LUA_TSTRING);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  lua_State *L = state();
  lua_settop(L, 0);
  /* As it is, and behind a head that is right. */
  lua_pushlstring(L, (const char *)input, size);
  int done = read_body(L, 1);
  if (!done) {
    lua_pushliteral(L, "L\1");
    lua_pushlstring(L, (const char *)input, size);
    lua_concat(L, 2);
    done = read_body(L, 1);
  }
  if (done) {
    write_value(L);
    demand(read_body(L, NET_LENGTH_BYTES + 1));
  }
  lua_settop(L, 0);
  lua_gc(L, LUA_GCSTEP, 0);
  return 0;
}
