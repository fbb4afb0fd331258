/* What busted and the specs need of Windows and no Lua has: a few functions of lfs, system and term.
 * Owns the handle of a directory's search, while it is gone through. */
#include <direct.h>
#include <io.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

static int fail(lua_State *L, const char *what) {
  lua_pushnil(L);
  lua_pushfstring(L, "%s: system error %d", what, (int)GetLastError());
  return 2;
}

static int done(lua_State *L, int is_done, const char *what) {
  if (!is_done) return fail(L, what);
  lua_pushboolean(L, 1);
  return 1;
}

/* ---- files ---- */

static const char *mode_of(DWORD attributes) {
  return attributes & FILE_ATTRIBUTE_DIRECTORY ? "directory" : "file";
}

/* attributes(path[, name]): mode, size, modification */
static int host_attributes(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct _stat64 status;
  DWORD attributes = GetFileAttributesA(path);
  if (attributes == INVALID_FILE_ATTRIBUTES || _stat64(path, &status) != 0) return fail(L, path);
  lua_newtable(L);
  lua_pushstring(L, mode_of(attributes));
  lua_setfield(L, -2, "mode");
  lua_pushinteger(L, (lua_Integer)status.st_size);
  lua_setfield(L, -2, "size");
  lua_pushinteger(L, (lua_Integer)status.st_mtime);
  lua_setfield(L, -2, "modification");
  if (lua_type(L, 2) == LUA_TSTRING) lua_getfield(L, -1, lua_tostring(L, 2));
  return 1;
}

static int host_currentdir(lua_State *L) {
  char path[MAX_PATH];
  if (_getcwd(path, sizeof path) == NULL) return fail(L, "currentdir");
  for (char *at = path; *at != '\0'; at++)
    if (*at == '\\') *at = '/';
  lua_pushstring(L, path);
  return 1;
}

static int host_chdir(lua_State *L) { return done(L, _chdir(luaL_checkstring(L, 1)) == 0, "chdir"); }
static int host_mkdir(lua_State *L) { return done(L, _mkdir(luaL_checkstring(L, 1)) == 0, "mkdir"); }
static int host_rmdir(lua_State *L) { return done(L, _rmdir(luaL_checkstring(L, 1)) == 0, "rmdir"); }

/* list(path): the names in a directory */
static int host_list(lua_State *L) {
  WIN32_FIND_DATAA found;
  lua_pushfstring(L, "%s\\*", luaL_checkstring(L, 1));
  HANDLE search = FindFirstFileA(lua_tostring(L, -1), &found);
  if (search == INVALID_HANDLE_VALUE) return fail(L, lua_tostring(L, 1));
  lua_newtable(L);
  int count = 0;
  do {
    lua_pushstring(L, found.cFileName);
    lua_rawseti(L, -2, ++count);
  } while (FindNextFileA(search, &found));
  FindClose(search);
  return 1;
}

/* ---- time and terminal ---- */

static int host_gettime(lua_State *L) {
  FILETIME now;
  GetSystemTimeAsFileTime(&now); /* in 100 ns since 1601 */
  lua_pushnumber(L, (now.dwHighDateTime * 4294967296.0 + now.dwLowDateTime) / 1e7 - 11644473600.0);
  return 1;
}

static int host_monotime(lua_State *L) {
  LARGE_INTEGER count, frequency;
  QueryPerformanceCounter(&count);
  QueryPerformanceFrequency(&frequency);
  lua_pushnumber(L, (lua_Number)count.QuadPart / (lua_Number)frequency.QuadPart);
  return 1;
}

static int host_sleep(lua_State *L) {
  Sleep((DWORD)(luaL_checknumber(L, 1) * 1000));
  return 0;
}

/* interrupt([ask]): as if Ctrl-C had been pressed at this console; `ask` looks whether there is one */
static int host_interrupt(lua_State *L) {
  DWORD processes[1];
  if (lua_toboolean(L, 1)) return done(L, GetConsoleProcessList(processes, 1) > 0, "GetConsoleProcessList");
  return done(L, GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0), "GenerateConsoleCtrlEvent");
}

__declspec(dllexport) int luaopen_host(lua_State *L);

int luaopen_host(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"attributes", host_attributes},
      {"currentdir", host_currentdir},
      {"chdir", host_chdir},
      {"mkdir", host_mkdir},
      {"rmdir", host_rmdir},
      {"list", host_list},
      {"gettime", host_gettime},
      {"monotime", host_monotime},
      {"sleep", host_sleep},
      {"interrupt", host_interrupt},
      {NULL, NULL},
  };
  lua_newtable(L);
  for (const luaL_Reg *one = functions; one->name != NULL; one++) {
    lua_pushcfunction(L, one->func);
    lua_setfield(L, -2, one->name);
  }
  return 1;
}
