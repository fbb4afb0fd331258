/* What specs need of the system, and no Lua has: fork and its like. Built by spec/support/posix.lua.
 * Owns no memory. */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int answer(lua_State *L, long result) {
  if (result < 0) return luaL_error(L, "%s", strerror(errno));
  lua_pushinteger(L, (lua_Integer)result);
  return 1;
}

static int number(lua_State *L, int index) { return (int)luaL_checkinteger(L, index); }

static int posix_fork(lua_State *L) { return answer(L, fork()); }
static int posix_exit(lua_State *L) { _exit(number(L, 1)); }
static int posix_close_descriptor(lua_State *L) { return answer(L, close(number(L, 1))); }
static int posix_pid(lua_State *L) { return answer(L, getpid()); }
static int posix_kill(lua_State *L) { return answer(L, kill(number(L, 1), number(L, 2))); }

/* wait(pid) -> its exit status, 128 and more for a signal */
static int posix_wait(lua_State *L) {
  int status = 0;
  pid_t pid;
  do {
    pid = waitpid(number(L, 1), &status, 0);
  } while (pid < 0 && errno == EINTR);
  if (pid < 0) return answer(L, -1);
  lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 1;
}

/* isBlocking(fd) */
static int posix_is_blocking(lua_State *L) {
  int flags = fcntl(number(L, 1), F_GETFL);
  if (flags < 0) return answer(L, -1);
  lua_pushboolean(L, !(flags & O_NONBLOCK));
  return 1;
}

/* signalAction(number) -> "default", "ignore" or "handler" */
static int posix_action(lua_State *L) {
  struct sigaction action;
  if (sigaction(number(L, 1), NULL, &action) != 0) return answer(L, -1);
  lua_pushstring(L, action.sa_handler == SIG_DFL   ? "default"
                    : action.sa_handler == SIG_IGN ? "ignore"
                                                   : "handler");
  return 1;
}

/* pipe() -> descriptors to read from and to write to */
static int posix_pipe(lua_State *L) {
  int ends[2];
  if (pipe(ends) != 0) return answer(L, -1);
  lua_pushinteger(L, ends[0]);
  lua_pushinteger(L, ends[1]);
  return 2;
}

int luaopen_spec_posix(lua_State *L);

int luaopen_spec_posix(lua_State *L) {
  static const struct {
    const char *name;
    lua_CFunction call;
  } functions[] = {
      {"fork", posix_fork},
      {"exit", posix_exit},
      {"close", posix_close_descriptor},
      {"pid", posix_pid},
      {"kill", posix_kill},
      {"wait", posix_wait},
      {"isBlocking", posix_is_blocking},
      {"pipe", posix_pipe},
      {"signalAction", posix_action},
  };
  lua_newtable(L);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    lua_pushcfunction(L, functions[i].call);
    lua_setfield(L, -2, functions[i].name);
  }
  return 1;
}
