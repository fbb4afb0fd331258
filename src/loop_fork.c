/* A process that forks: the child has the loop's memory, and its parent's descriptors.
 * Floor 2.
 * Owns the count of the forks that this process comes from. */
#include "loop.h"

#include "descriptors.h"

volatile unsigned net_loop_forks = 0;

#ifdef _WIN32

void net_loop_watch_forks(int first) { (void)first; }
void net_loop_uses_threads(void) {}
int net_loop_take_over(net_loop *loop, int goes_on) {
  (void)loop;
  (void)goes_on;
  return 0;
}

#else

#include <pthread.h>
#include <stdlib.h>

/* As a process ends, libuv waits for the threads that it has started. In a child that has been forked they are not there,
 * and it would wait for ever, if the child has not given them something to do: then there are others. */
static volatile int has_threads;
static volatile unsigned started_in; /* net_loop_forks then */

void net_loop_uses_threads(void) {
  has_threads = 1;
  started_in = net_loop_forks;
}

static void do_nothing(uv_work_t *work) { (void)work; }
static void on_done(uv_work_t *work, int status) {
  (void)work;
  (void)status;
}

static void renew_threads(void) {
  uv_loop_t loop;
  uv_work_t work;
  if (!has_threads || started_in == net_loop_forks || uv_loop_init(&loop) < 0) return;
  if (uv_queue_work(&loop, &work, do_nothing, on_done) == 0) uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

static void count_fork(void) { net_loop_forks++; }

static uv_once_t before = UV_ONCE_INIT, after = UV_ONCE_INIT;

static void watch_after(void) {
  net_descriptors_release_forks();
  pthread_atfork(NULL, NULL, count_fork);
  (void)atexit(renew_threads);
}

/* libuv has such a function too, from its first loop on; it has to come between the two of ours. */
void net_loop_watch_forks(int first) {
  if (first) {
    uv_once(&before, net_descriptors_hold_forks);
  } else {
    uv_once(&after, watch_after);
  }
}

/* The file of a unix domain socket is its parent's; libuv would remove it as the handle closes. The name is libuv's, which
 * alone knows how it is freed: it is kept. */
struct left {
  struct left *next;
  const char *name;
};
static struct left *left;

static void leave_file(uv_handle_t *handle, void *argument) {
  (void)argument;
  if (handle->type != UV_NAMED_PIPE || ((uv_pipe_t *)handle)->pipe_fname == NULL) return;
  struct left *one = (struct left *)malloc(sizeof *one);
  if (one != NULL) {
    one->next = left;
    one->name = ((uv_pipe_t *)handle)->pipe_fname;
    left = one;
  }
  ((uv_pipe_t *)handle)->pipe_fname = NULL;
}

/* What libuv asks epoll or kqueue for, it asks for both processes until the child has one of its own. uv_loop_fork makes
 * it; but it takes what is about to be registered anew for registered already, and loses what has been sent to the loop
 * and not been heard. */
int net_loop_take_over(net_loop *loop, int goes_on) {
  if (loop->forks == net_loop_forks) return loop->broken;
  loop->forks = net_loop_forks;
  if (loop->broken < 0) return loop->broken;
  uv_loop_t *uv = loop->uv;
  for (unsigned i = 0; i < uv->nwatchers; i++) {
    uv__io_t *watcher = (uv__io_t *)uv->watchers[i];
    if (watcher != NULL) watcher->events = 0;
  }
  uv_walk(uv, leave_file, NULL);
  unsigned held = net_descriptors_hold();
  loop->broken = uv_loop_fork(uv);
  net_descriptors_release(held);
  loop->own->interrupt.pending = 0;
  uv->wq_async.pending = 0;
  if (loop->broken == 0 && loop->at_fork != NULL) loop->at_fork(loop, goes_on);
  return loop->broken;
}

#endif
