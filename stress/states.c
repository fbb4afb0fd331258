/* Several states in one process, each with its own loop. Each talks to the others; then one after the other is closed
 * with everything in flight, in the order in which they were made and against it, and the rest go on.
 *   stress/run states builds and runs it, with the core linked in.
 * Floor: above all. Owns every state that it makes. */
#include <dirent.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#include "compat.h"

int luaopen_uvnet_core(lua_State *L);

enum { STATES = 5, TURNS = 60, ROUNDS = 20 };

static int open_descriptors(void) {
  int count = 0;
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL) return 0;
  while (readdir(directory) != NULL) count++;
  closedir(directory);
  return count;
}

static void die(lua_State *L) {
  fprintf(stderr, "states: %s\n", lua_tostring(L, -1));
  exit(1);
}

/* A state whose stack holds the two functions of the script: connect(port), and turn(). */
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

static lua_Integer call(lua_State *L, int which, lua_Integer argument) {
  lua_pushvalue(L, which);
  lua_pushinteger(L, argument);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) die(L);
  lua_Integer result = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return result;
}

int main(void) {
  long bytes = 0;
  int warm = 0;
  for (int round = 0; round < ROUNDS; round++) {
    lua_State *states[STATES];
    int descriptors = open_descriptors();
    for (int i = 0; i < STATES; i++) states[i] = make();
    for (int i = 0; i < STATES; i++) {
      lua_Integer port = lua_tointeger(states[i], 3);
      for (int j = 0; j < STATES; j++) call(states[j], 1, port);
    }
    for (int closed = 0; closed < STATES; closed++) {
      int first = round % 2 == 0 ? closed : 0;
      int last = round % 2 == 0 ? STATES : STATES - closed;
      for (int turn = 0; turn < TURNS; turn++) {
        for (int i = first; i < last; i++) bytes += (long)call(states[i], 2, 0);
      }
      lua_close(states[round % 2 == 0 ? closed : STATES - 1 - closed]);
    }
    if (warm && open_descriptors() != descriptors) {
      fprintf(stderr, "states: %d descriptors are left\n", open_descriptors() - descriptors);
      return 1;
    }
    warm = 1;
  }
  if (bytes == 0) {
    fprintf(stderr, "states: nothing was received\n");
    return 1;
  }
  printf("states: %d states made and closed, %ld bytes received, nothing left\n", STATES * ROUNDS, bytes);
  return 0;
}
