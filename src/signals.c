/* Signals of the process that a loop listens for.
 * Floor 4.
 * Owns no memory but each net_signal, and the actions that it has put aside. */
#include "signals.h"

#include <signal.h>
#include <string.h>

#include "fail.h"

typedef struct net_signal {
  net_handle handle;
  int number; /* 0: not started */
  uv_signal_t uv;
} net_signal;

static net_signal *check_signal(lua_State *L) {
  return (net_signal *)net_handle_check_type(L, 1, &net_signal_type);
}

/* ---- the actions that were there before ---- */

#ifdef _WIN32

static void put_aside(int number) { (void)number; }
static void put_back(int number) { (void)number; }

#else

/* libuv sets a handler of its own with the first that listens for a signal, and the default action after the last. What
 * was there before (an interpreter's answer to Ctrl-C, or that a signal is ignored) is to be there again. */
enum { NUMBERS = 65 };

static struct {
  unsigned listening;
  struct sigaction before;
} actions[NUMBERS];

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t mutex;

static void make_mutex(void) { uv_mutex_init(&mutex); }

static void lock(void) {
  uv_once(&once, make_mutex);
  uv_mutex_lock(&mutex);
}

static void put_aside(int number) {
  if (number <= 0 || number >= NUMBERS) return;
  lock();
  if (actions[number].listening++ == 0) sigaction(number, NULL, &actions[number].before);
  uv_mutex_unlock(&mutex);
}

static void put_back(int number) {
  if (number <= 0 || number >= NUMBERS) return;
  lock();
  if (--actions[number].listening == 0) sigaction(number, &actions[number].before, NULL);
  uv_mutex_unlock(&mutex);
}

#endif

/* ---- a handle ---- */

static int init_signal(net_loop *loop, net_handle *handle, const void *argument) {
  (void)argument;
  return uv_signal_init(loop->uv, &((net_signal *)handle)->uv);
}

static void stop(net_signal *signal) {
  if (signal->number == 0) return;
  uv_signal_stop(&signal->uv);
  put_back(signal->number);
  signal->number = 0;
}

static void leave_signal(net_handle *handle) { stop((net_signal *)handle); }

static int push_number(lua_State *L, net_event *event) {
  lua_pushinteger(L, ((const net_signal *)event->handle)->number);
  return 1;
}

static void on_signal(uv_signal_t *uv, int number) {
  net_event event = {net_handle_from(uv), NET_ON_SIGNAL, push_number};
  (void)number;
  net_handle_tell(&event);
}

/* start(number): the owner is told by _onsignal(number). */
static int signal_start(lua_State *L) {
  net_signal *signal = check_signal(L);
  int number = net_check_int(L, 2);
  if (signal == NULL) return net_fail(L, UV_EBADF);
  if (signal->handle.ref == LUA_NOREF) return luaL_error(L, "the handle is not attached");
  stop(signal);
  put_aside(number);
  int status = uv_signal_start(&signal->uv, on_signal, number);
  if (status < 0) {
    put_back(number);
    return net_fail(L, status);
  }
  signal->number = number;
  return net_done(L, 0);
}

static const luaL_Reg signal_methods[] = {{"start", signal_start}, {NULL, NULL}};
static const luaL_Reg *const methods[] = {signal_methods, NULL};

const net_type net_signal_type = {
    .name = "signal",
    .size = sizeof(net_signal),
    .uv = offsetof(net_signal, uv),
    .init = init_signal,
    .leave = leave_signal,
    .methods = methods,
};

/* ---- names ---- */

struct name {
  const char *name;
  int number;
};

#define NAME(number) \
  { #number, number }
static const struct name names[] = {
#ifdef SIGHUP
    NAME(SIGHUP),
#endif
    NAME(SIGINT),    NAME(SIGILL),  NAME(SIGABRT), NAME(SIGFPE),  NAME(SIGSEGV), NAME(SIGTERM),
#ifdef SIGQUIT
    NAME(SIGQUIT),
#endif
#ifdef SIGKILL
    NAME(SIGKILL),
#endif
#ifdef SIGBREAK
    NAME(SIGBREAK),
#endif
#ifdef SIGWINCH
    NAME(SIGWINCH),
#endif
#ifndef _WIN32
    NAME(SIGTRAP),   NAME(SIGBUS),  NAME(SIGUSR1), NAME(SIGUSR2), NAME(SIGPIPE), NAME(SIGALRM),
    NAME(SIGCHLD),   NAME(SIGCONT), NAME(SIGSTOP), NAME(SIGTSTP), NAME(SIGTTIN), NAME(SIGTTOU),
    NAME(SIGURG),    NAME(SIGXCPU), NAME(SIGXFSZ), NAME(SIGPROF), NAME(SIGSYS),  NAME(SIGIO),
    NAME(SIGVTALRM),
#endif
#ifdef SIGSTKFLT
    NAME(SIGSTKFLT),
#endif
#ifdef SIGPOLL
    NAME(SIGPOLL),
#endif
#ifdef SIGPWR
    NAME(SIGPWR),
#endif
#ifdef SIGINFO
    NAME(SIGINFO),
#endif
#ifdef SIGIOT
    NAME(SIGIOT),
#endif
    {NULL, 0},
};
#undef NAME

void net_signal_open(lua_State *L) {
  lua_newtable(L);
  for (const struct name *name = names; name->name != NULL; name++) {
    lua_pushinteger(L, name->number);
    lua_setfield(L, -2, name->name);
  }
  lua_setfield(L, -2, "signals");
}
