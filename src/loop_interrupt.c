/* Ctrl-C while the loop waits: the interpreter's own answer to it comes at once.
 * Floor 2.
 * Owns the process's handlers of two signals while a loop waits. */
#include "loop.h"

#include <signal.h>

/* Has nothing to do: it is entered, and that is where Lua's hooks are called. */
static int deliver_interrupt(lua_State *L) {
  (void)L;
  return 0;
}

static void on_interrupt(uv_async_t *async) {
  int event;
  net_enter(net_loop_from(async->loop), NET_DOOR_INTERRUPT, &event);
}

void net_loop_open_interrupt(lua_State *L) { net_loop_set_door(L, NET_DOOR_INTERRUPT, deliver_interrupt); }

int net_loop_init_interrupt(net_loop *loop) {
  int status = uv_async_init(loop->uv, &loop->own->interrupt, on_interrupt);
  if (status == 0) uv_unref((uv_handle_t *)&loop->own->interrupt);
  return status;
}

/* For what the handlers of signals share with the loops; the POSIX handler itself may not take it. */
static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t mutex;

static void make_mutex(void) { uv_mutex_init(&mutex); }

static void lock(void) {
  uv_once(&once, make_mutex);
  uv_mutex_lock(&mutex);
}

static void unlock(void) { uv_mutex_unlock(&mutex); }

#ifdef _WIN32

/* As below, for the one signal that Windows sends. It calls a handler in a thread of its own, which may take the mutex,
 * and sets the default one before that. */
typedef void (*handler)(int number);

static handler theirs;
static net_loop *listening;

static void on_signal(int number) {
  lock();
  handler ask = theirs;
  unlock();
  if (ask == NULL) { /* it came while hear_interrupt looked whose it is: nobody's */
    raise(number);
    return;
  }
  ask(number);
  lock();
  if (listening != NULL) uv_async_send(&listening->own->interrupt);
  unlock();
}

void net_loop_hear_interrupt(net_loop *loop) {
  lock();
  if (listening == NULL) {
    handler before = signal(SIGINT, on_signal);
    if (before == SIG_DFL || before == SIG_IGN) {
      signal(SIGINT, before);
    } else if (before != SIG_ERR && before != on_signal) {
      theirs = before;
      listening = loop;
    }
  }
  unlock();
  on_interrupt(&loop->own->interrupt); /* for what came just before */
}

void net_loop_leave_interrupt(const net_loop *loop) {
  lock();
  if (listening == loop) {
    /* Somebody may have set another handler meanwhile, or Windows the default one: that stays. */
    handler now = signal(SIGINT, theirs);
    if (now != on_signal && now != SIG_ERR) signal(SIGINT, now);
    listening = NULL;
  }
  unlock();
}

#else

#include <errno.h>
#include <sched.h>

/* `lua` and `luajit` answer Ctrl-C by a hook that raises "interrupted!" when Lua next does something; libraries run their
 * users' handlers by such a hook, too. While the loop waits for the network that may be never. So whoever handles the
 * signal when a loop begins to wait is asked first, as before, and then the loop is woken and enters Lua, where the hook
 * is called. A signal that nobody handles (the default action ends the process; it may be ignored) is left alone, and
 * every signal is as soon as the loop does not wait.
 *
 * Signals are the process's: of several loops, in several threads, the first that waits has them. */
static const int numbers[] = {SIGINT, SIGTERM};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static struct sigaction theirs[NUMBERS];
static net_loop *volatile listening;
static volatile sig_atomic_t asking[NUMBERS]; /* their handler is being called */
static volatile int busy; /* handlers that are about to wake the loop: it may not go yet */

static int is_handled(const struct sigaction *action) {
  return !(action->sa_flags & SA_SIGINFO) && action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/* May be called when no loop waits, by one who has put a handler of his own before it; and, if that is ours to ask since
 * the next run, by the handler that it is asking. */
static void on_signal(int number) {
  int saved = errno;
  for (int i = 0; i < NUMBERS; i++) {
    if (numbers[i] != number || asking[i] || !is_handled(&theirs[i])) continue;
    asking[i] = 1;
    theirs[i].sa_handler(number);
    asking[i] = 0;
  }
  __sync_fetch_and_add(&busy, 1);
  net_loop *loop = listening;
  if (loop != NULL) uv_async_send(&loop->own->interrupt);
  __sync_fetch_and_sub(&busy, 1);
  errno = saved;
}

void net_loop_hear_interrupt(net_loop *loop) {
  struct sigaction action;
  lock();
  int is_free = listening == NULL;
  for (int i = 0; is_free && i < NUMBERS; i++) {
    if (sigaction(numbers[i], NULL, &action) != 0) continue;
    if (!is_handled(&action) || action.sa_handler == on_signal) continue;
    theirs[i] = action;
    asking[i] = 0; /* one who has jumped out of his handler has left it set */
    listening = loop;
    action.sa_handler = on_signal;
    sigaction(numbers[i], &action, NULL);
  }
  unlock();
  on_interrupt(&loop->own->interrupt); /* for what came just before */
}

void net_loop_leave_interrupt(const net_loop *loop) {
  struct sigaction action;
  lock();
  for (int i = 0; listening == loop && i < NUMBERS; i++) {
    /* Somebody may have set another handler meanwhile, or the interpreter none at all: that stays. */
    if (sigaction(numbers[i], NULL, &action) != 0 || action.sa_handler != on_signal) continue;
    sigaction(numbers[i], &theirs[i], NULL);
  }
  int was_listening = listening == loop;
  if (was_listening) listening = NULL;
  unlock();
  __sync_synchronize();
  while (was_listening && busy > 0) sched_yield(); /* in another thread */
}

#endif
