/* Signals while the loop runs: whoever handles one, a loop that waits is woken, and what handlers have Lua do is done
 * between two callbacks.
 * Floor 2.
 * Owns the process's handlers of some signals, from the first run to the end of the last loop. */
#include "loop.h"

#include <signal.h>

enum { LOOK_AGAIN = 50 }; /* ms */

static void answer(const net_loop *loop);

/* Has nothing to do: it is entered, and that is where Lua's hooks are called. */
static int deliver_interrupt(lua_State *L) {
  (void)L;
  return 0;
}

static void enter(net_loop *loop) {
  int event;
  net_loop_set_late_hook(loop);
  net_enter(loop, NET_ENTRY_INTERRUPT, &event);
}

static void on_interrupt(uv_async_t *async) {
  net_loop *loop = net_loop_from(async->loop);
  if (loop->L == NULL) return;
  answer(loop);
  enter(loop);
}

void net_loop_open_interrupt(lua_State *L) { net_loop_set_entry(L, NET_ENTRY_INTERRUPT, deliver_interrupt); }

/* For what the loops of several threads share; the handler itself may not take it. */
static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t mutex;
static int loops; /* that are open */

static void make_mutex(void) { uv_mutex_init(&mutex); }

static void lock(void) {
  uv_once(&once, make_mutex);
  uv_mutex_lock(&mutex);
}

static void unlock(void) { uv_mutex_unlock(&mutex); }

static void look(const net_loop *loop);
static void restore_all(void);

int net_loop_init_interrupt(net_loop *loop) {
  int status = uv_async_init(loop->uv, &loop->own->interrupt, on_interrupt);
  if (status < 0) return status;
  uv_unref((uv_handle_t *)&loop->own->interrupt);
  uv_timer_init(loop->uv, &loop->own->look);
  uv_unref((uv_handle_t *)&loop->own->look);
  lock();
  loops++;
  unlock();
  return 0;
}

void net_loop_close_interrupt(net_loop *loop) {
  uv_close((uv_handle_t *)&loop->own->interrupt, NULL);
  uv_close((uv_handle_t *)&loop->own->look, NULL);
  lock();
  if (--loops == 0) restore_all();
  unlock();
}

/* A callback may set a handler, which is not heard of. So some time after callbacks it is looked for. */
static void on_look(uv_timer_t *timer) {
  net_loop *loop = net_loop_from(timer->loop);
  look(loop);
  loop->after |= NET_AFTER_LOOK;
}

void net_loop_look_later(net_loop *loop) {
  loop->after &= (unsigned char)~NET_AFTER_LOOK;
  uv_timer_start(&loop->own->look, on_look, LOOK_AGAIN, 0);
}

#ifdef _WIN32

/* As below, for the one signal that Windows sends. It calls a handler in a thread of its own, which may take the mutex,
 * and sets the default one before that. */
typedef void (*handler)(int number);

static handler theirs;
static net_loop *running;
static int marked;

static void on_signal(int number) {
  lock();
  handler ask = theirs;
  int later = running != NULL && !marked;
  if (later) {
    marked = 1;
    uv_async_send(&running->own->interrupt);
    signal(SIGINT, on_signal);
  }
  unlock();
  if (later) return;
  if (ask == NULL) { /* it came while `look` looked whose it is: nobody's */
    raise(number);
    return;
  }
  ask(number);
  lock();
  marked = 0;
  if (running != NULL) uv_async_send(&running->own->interrupt);
  unlock();
}

static void look(const net_loop *loop) {
  (void)loop;
  lock();
  handler before = signal(SIGINT, on_signal);
  if (before == SIG_DFL || before == SIG_IGN) {
    signal(SIGINT, before);
  } else if (before != SIG_ERR && before != on_signal) {
    theirs = before;
  }
  unlock();
}

static void restore_all(void) {
  handler now = signal(SIGINT, theirs != NULL ? theirs : SIG_DFL);
  if (now != on_signal && now != SIG_ERR) signal(SIGINT, now);
}

static void answer(const net_loop *loop) {
  (void)loop;
  lock();
  int ask = marked;
  marked = 0;
  unlock();
  if (ask && theirs != NULL) theirs(SIGINT);
}

static void start_hearing(net_loop *loop) {
  lock();
  if (running == NULL) running = loop;
  unlock();
}

static void stop_hearing(const net_loop *loop) {
  lock();
  if (running == loop) running = NULL;
  unlock();
}

static int is_marked(void) { return marked; }

#else

#include <errno.h>
#include <sched.h>

/* Handlers of Lua's world set a hook: `lua` and `luajit` at Ctrl-C one that raises "interrupted!", libraries one that
 * runs their users' functions. While the loop waits for the network, a hook is called when something arrives, which may be
 * never. So a handler that stands when the loop runs is taken, and ours is put in its place, which wakes the loop. It
 * stays there, and outside of run does nothing but ask the other one.
 *
 * The two that end programs are marked only, and the handler is asked between two callbacks: so what it raises comes out
 * of run, and not in the midst of somebody's function, which may take it for something else. If a second one comes while
 * the first waits, a callback takes too long: then the handler is asked at once. The others are always asked at once; the
 * hook that they set is not called in the midst of our own lines (loop_hooks.c).
 *
 * A signal that nobody handles (the default action ends the process; it may be ignored) is left alone. Signals are the
 * process's: of several loops, in several threads, the first that runs has them. */
static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGQUIT, SIGCHLD};
enum { NUMBERS = sizeof numbers / sizeof *numbers, MARKED = 2 };

static struct sigaction theirs[NUMBERS];
static net_loop *volatile running;
static volatile sig_atomic_t marked[NUMBERS];
static volatile sig_atomic_t asking[NUMBERS]; /* their handler is being called */
static volatile int busy;                     /* handlers that are at work with a loop: it may not go yet */

static int is_handled(const struct sigaction *action) {
  return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

static void ask(int i, siginfo_t *info, void *context) {
  if (asking[i] || !is_handled(&theirs[i])) return;
  asking[i] = 1;
  if (theirs[i].sa_flags & (int)SA_RESETHAND) (void)signal(numbers[i], SIG_DFL);
  if (theirs[i].sa_flags & SA_SIGINFO) {
    theirs[i].sa_sigaction(numbers[i], info, context);
  } else {
    theirs[i].sa_handler(numbers[i]);
  }
  asking[i] = 0;
}

static void ask_within_run(net_loop *loop, int i, siginfo_t *info, void *context) {
  int plain = !(theirs[i].sa_flags & SA_SIGINFO);
  if (plain && ((i < MARKED && !marked[i]) || loop->taking)) {
    marked[i] = 1;
  } else {
    lua_State *L = loop->L;
    lua_Hook before = L != NULL ? lua_gethook(L) : NULL;
    marked[i] = 0;
    ask(i, info, context);
    if (L != NULL) net_loop_put_hook_off(loop, before);
  }
  uv_async_send(&loop->own->interrupt);
}

/* May be called by one who has put a handler of his own before it, and by the handler that it is asking. */
static void on_signal(int number, siginfo_t *info, void *context) {
  int saved = errno;
  __sync_fetch_and_add(&busy, 1);
  net_loop *loop = running;
  for (int i = 0; i < NUMBERS; i++) {
    if (numbers[i] != number || asking[i]) continue;
    if (loop != NULL) {
      ask_within_run(loop, i, info, context);
    } else {
      ask(i, info, context);
    }
  }
  __sync_fetch_and_sub(&busy, 1);
  errno = saved;
}

static int is_our_action(const struct sigaction *action) {
  return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == on_signal;
}

static void look(const net_loop *loop) {
  struct sigaction action;
  if (running != loop) return;
  lock();
  for (int i = 0; i < NUMBERS; i++) {
    if (sigaction(numbers[i], NULL, &action) != 0 || is_our_action(&action)) continue;
    asking[i] = 0; /* one who has jumped out of his handler has left it set */
    if (!is_handled(&action)) continue;
    theirs[i] = action;
    action.sa_sigaction = on_signal;
    action.sa_flags |= SA_SIGINFO;
    action.sa_flags &= ~(int)SA_RESETHAND; /* see ask */
    sigaction(numbers[i], &action, NULL);
  }
  unlock();
}

static void restore_all(void) {
  struct sigaction action;
  for (int i = 0; i < NUMBERS; i++) {
    /* Somebody may have set another handler meanwhile, or the interpreter none at all: that stays. */
    if (sigaction(numbers[i], NULL, &action) != 0 || !is_our_action(&action)) continue;
    sigaction(numbers[i], &theirs[i], NULL);
  }
}

static void answer(const net_loop *loop) {
  if (running != loop) return;
  for (int i = 0; i < NUMBERS; i++) {
    if (!marked[i]) continue;
    marked[i] = 0;
    ask(i, NULL, NULL);
  }
}

static void start_hearing(net_loop *loop) { __sync_bool_compare_and_swap(&running, (net_loop *)NULL, loop); }

static void stop_hearing(const net_loop *loop) {
  if (running != loop) return;
  running = NULL;
  __sync_synchronize();
  while (busy > 0) sched_yield(); /* in another thread */
}

static int is_marked(void) {
  for (int i = 0; i < NUMBERS; i++) {
    if (marked[i]) return 1;
  }
  return 0;
}

#endif

void net_loop_hear_interrupt(net_loop *loop, uv_run_mode mode) {
  start_hearing(loop);
  /* Who runs the loop turn by turn has not changed his handlers each time. */
  if (mode != UV_RUN_NOWAIT || loop->looked == 0 || uv_now(loop->uv) - loop->looked >= LOOK_AGAIN) {
    loop->looked = uv_now(loop->uv);
    look(loop);
  }
  if (mode == UV_RUN_DEFAULT) loop->after |= NET_AFTER_LOOK;
  if (mode != UV_RUN_NOWAIT) enter(loop); /* for what came just before */
}

void net_loop_leave_interrupt(net_loop *loop) {
  if (is_marked()) on_interrupt(&loop->own->interrupt);
  loop->after &= (unsigned char)~NET_AFTER_LOOK;
  uv_timer_stop(&loop->own->look);
  stop_hearing(loop);
}
