/* What the system tells of this process, and what can be done to it and to others.
 * Floor 2.
 * Owns no memory but the status that the process is to end with. */
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>
#ifndef _WIN32
#include <unistd.h>
#endif
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "fail.h"

enum { PATH_ROOM = 4096, READ_ROOM = 65536 };

static int system_pid(lua_State *L) {
  lua_pushinteger(L, uv_os_getpid());
  return 1;
}

static int system_ppid(lua_State *L) {
  lua_pushinteger(L, uv_os_getppid());
  return 1;
}

/* execPath() -> the program that runs */
static int system_exec_path(lua_State *L) {
  char path[PATH_ROOM];
  size_t size = sizeof path;
  int status = uv_exepath(path, &size);
  if (status < 0) return net_fail(L, status);
  lua_pushlstring(L, path, size);
  return 1;
}

/* platform() -> Node's name of the system */
static int system_platform(lua_State *L) {
#if defined(_WIN32)
  lua_pushliteral(L, "win32");
#elif defined(__APPLE__)
  lua_pushliteral(L, "darwin");
#elif defined(__ANDROID__)
  lua_pushliteral(L, "android");
#elif defined(__linux__)
  lua_pushliteral(L, "linux");
#elif defined(__FreeBSD__)
  lua_pushliteral(L, "freebsd");
#elif defined(__OpenBSD__)
  lua_pushliteral(L, "openbsd");
#elif defined(__sun)
  lua_pushliteral(L, "sunos");
#else
  lua_pushliteral(L, "unix");
#endif
  return 1;
}

/* cwd() */
static int system_cwd(lua_State *L) {
  char path[PATH_ROOM];
  size_t size = sizeof path;
  int status = uv_cwd(path, &size);
  if (status < 0) return net_fail(L, status);
  lua_pushlstring(L, path, size);
  return 1;
}

/* kill(pid, signal) */
static int system_kill(lua_State *L) {
  return net_done(L, uv_kill(net_check_int(L, 1), net_check_int(L, 2)));
}

/* environment() -> a list of NAME=value */
#ifdef _WIN32

/* The C library has a copy of its own, in another encoding: what children get is UTF-8. */
struct environment {
  uv_env_item_t *items;
  int count;
};

static int push_environment(lua_State *L) {
  const struct environment *all = (const struct environment *)lua_touserdata(L, 1);
  lua_newtable(L);
  for (int i = 0; i < all->count; i++) {
    lua_pushfstring(L, "%s=%s", all->items[i].name, all->items[i].value);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int system_environment(lua_State *L) {
  struct environment all;
  lua_pushcfunction(L, push_environment);
  lua_pushlightuserdata(L, &all);
  int status = uv_os_environ(&all.items, &all.count);
  if (status < 0) return net_fail(L, status);
  status = lua_pcall(L, 1, 1, 0);
  uv_os_free_environ(all.items, all.count);
  return status == LUA_OK ? 1 : lua_error(L);
}

/* unsetenv(name): for the children, and for os.getenv */
static int system_unsetenv(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  (void)_putenv_s(name, "");
  return net_done(L, uv_os_unsetenv(name));
}

#else

static int system_environment(lua_State *L) {
  extern char **environ;
  lua_newtable(L);
  for (int i = 0; environ != NULL && environ[i] != NULL; i++) {
    lua_pushstring(L, environ[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* unsetenv(name) */
static int system_unsetenv(lua_State *L) { return net_done(L, uv_os_unsetenv(luaL_checkstring(L, 1))); }

#endif

/* ---- the title ---- */

/* setTitle(text): what the system shows of the process. libuv can set that only if the program has told it where its
 * arguments lie; if not, the name of the thread is what there is, of 15 bytes on Linux. */
static int system_set_title(lua_State *L) {
  const char *title = luaL_checkstring(L, 1);
  int status = uv_set_process_title(title);
#ifdef __linux__
  if (status == UV_ENOBUFS) status = prctl(PR_SET_NAME, title) == 0 ? 0 : UV_EINVAL;
#endif
  return net_done(L, status);
}

/* ---- files ---- */

/* readFile(fd) -> the next bytes of a file, "" at its end. */
static int system_read_file(lua_State *L) {
  uv_fs_t request;
  uv_file fd = net_check_int(L, 1);
  char *room = (char *)net_newuserdata(L, READ_ROOM);
  uv_buf_t buffer = uv_buf_init(room, READ_ROOM);
  int result = uv_fs_read(NULL, &request, fd, &buffer, 1, -1, NULL);
  uv_fs_req_cleanup(&request);
  if (result < 0) return net_fail(L, result);
  lua_pushlstring(L, room, (size_t)result);
  return 1;
}

/* writeFile(fd, data): all of it. */
static int system_write_file(lua_State *L) {
  size_t size, done = 0;
  uv_file fd = net_check_int(L, 1);
  const char *data = luaL_checklstring(L, 2, &size);
  while (done < size) {
    uv_fs_t request;
    size_t part = size - done < (1u << 30) ? size - done : 1u << 30;
    uv_buf_t buffer = uv_buf_init((char *)data + done, (unsigned)part);
    int result = uv_fs_write(NULL, &request, fd, &buffer, 1, -1, NULL);
    uv_fs_req_cleanup(&request);
    if (result == UV_EAGAIN) continue;
    if (result < 0) return net_fail(L, result);
    done += (size_t)result;
  }
  return net_done(L, 0);
}

/* ---- the status at the end ---- */

static int status_at_end;

#ifdef __GLIBC__

static void leave(int status, void *argument) {
  (void)argument;
  if (status != 0 || status_at_end == 0) return;
  (void)fflush(NULL);
  _exit(status_at_end);
}

enum { KNOWS_STATUS = 1 };

static int at_end(void) { return on_exit(leave, NULL); }

#else

static void leave(void) {
  if (status_at_end == 0) return;
  (void)fflush(NULL);
  _exit(status_at_end);
}

enum { KNOWS_STATUS = 0 };

static int at_end(void) { return atexit(leave); }

#endif

/* gettime() -> the time of day, in seconds since 1970, with fractions. */
static int system_gettime(lua_State *L) {
  uv_timeval64_t now;
  int status = uv_gettimeofday(&now);
  if (status != 0) return net_fail(L, status);
  lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_usec / 1e6);
  return 1;
}

/* hostname() -> what this machine is called. */
static int system_hostname(lua_State *L) {
  char name[UV_MAXHOSTNAMESIZE];
  size_t size = sizeof(name);
  int status = uv_os_gethostname(name, &size);
  if (status != 0) return net_fail(L, status);
  lua_pushlstring(L, name, size);
  return 1;
}

/* exitCode(status): what the process ends with, if its program ends well -> whether that is known at the end; where the C
 * library does not tell, it is taken for well. */
static int system_exit_code(lua_State *L) {
  static int registered;
  status_at_end = net_check_int(L, 1) & 0xff;
  if (!registered && status_at_end != 0) registered = at_end() == 0;
  lua_pushboolean(L, KNOWS_STATUS);
  return 1;
}

void net_system_open(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"pid", system_pid},
      {"ppid", system_ppid},
      {"execPath", system_exec_path},
      {"platform", system_platform},
      {"cwd", system_cwd},
      {"kill", system_kill},
      {"environment", system_environment},
      {"unsetenv", system_unsetenv},
      {"setTitle", system_set_title},
      {"readFile", system_read_file},
      {"writeFile", system_write_file},
      {"exitCode", system_exit_code},
      {"gettime", system_gettime},
      {"hostname", system_hostname},
      {NULL, NULL},
  };
  net_setfuncs(L, functions, 0);
}
