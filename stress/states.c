/* Several states in one process, each with its own loop. Each talks to the others; then one after the other is closed
 * with everything in flight, in the order in which they were made and against it, and the rest go on.
 *   stress/run states builds and runs it, with the core linked in.
 * Floor: above all. Owns every state that it makes. */
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#include "compat.h"
#include "descriptors.h"

int luaopen_uvnet_core(lua_State *L);

enum { STATES = 5, TURNS = 60, ROUNDS = 20 };

/* Where a state's stack holds what the script gives: connect(port), turn() -> bytes, and its own port. */
enum { CONNECT = 1, TURN, PORT };

static void die(lua_State *L) {
  (void)fprintf(stderr, "states: %s\n", lua_tostring(L, -1));
  exit(1);
}

/* A state whose stack holds what the script gives. */
static lua_State *make(void) {
  lua_State *L = luaL_newstate();
  if (L == NULL) exit(1);
  luaL_openlibs(L);
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_uvnet_core);
  lua_setfield(L, -2, "uvnet.core");
  lua_settop(L, 0);
  if (luaL_dofile(L, "stress/states.lua")) die(L);
  return L;
}

static void connect_to(lua_State *L, lua_Integer port) {
  lua_pushvalue(L, CONNECT);
  lua_pushinteger(L, port);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) die(L);
}

static long turn(lua_State *L) {
  lua_pushvalue(L, TURN);
  if (lua_pcall(L, 0, 1, 0) != LUA_OK) die(L);
  long bytes = (long)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return bytes;
}

int main(void) {
  long bytes = 0;
  int warm = 0;
  for (int round = 0; round < ROUNDS; round++) {
    lua_State *states[STATES];
    int descriptors = open_descriptors();
    for (int i = 0; i < STATES; i++) states[i] = make();
    for (int i = 0; i < STATES; i++) {
      lua_Integer port = lua_tointeger(states[i], PORT);
      for (int j = 0; j < STATES; j++) connect_to(states[j], port);
    }
    for (int closed = 0; closed < STATES; closed++) {
      int first = round % 2 == 0 ? closed : 0;
      int last = round % 2 == 0 ? STATES : STATES - closed;
      for (int i = 0; i < TURNS; i++) {
        for (int j = first; j < last; j++) bytes += turn(states[j]);
      }
      lua_close(states[round % 2 == 0 ? closed : STATES - 1 - closed]);
    }
    if (warm && open_descriptors() != descriptors) {
      (void)fprintf(stderr, "states: %d descriptors are left\n", open_descriptors() - descriptors);
      return 1;
    }
    warm = 1;
  }
  if (bytes == 0) {
    (void)fprintf(stderr, "states: nothing was received\n");
    return 1;
  }
  printf("states: %d states made and closed, %ld bytes received, nothing left\n", STATES * ROUNDS, bytes);
  return 0;
}
