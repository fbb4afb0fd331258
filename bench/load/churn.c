/* Connect, one echo, our FIN, the server's FIN, close; again and again, a few at a time.
 * No floor: part of the load generator.
 * Owns the table of connections. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { EVENTS = 64, END_SECONDS = 20 };

typedef struct {
  int fd; /* -1: the slot is free */
  int asked;
  uint64_t received, seed;
} visit;

typedef struct {
  const load_server *server;
  const load_options *options;
  visit *visits;
  int epoll;
  uint64_t started, completed, limit;
} churn_run;

static void begin(churn_run *run, int slot) {
  visit *v = &run->visits[slot];
  v->fd = -1;
  if (run->started == run->limit) return;
  v->seed = run->started++;
  v->asked = 0;
  v->received = 0;
  v->fd = connect_to(run->server, (int)(v->seed % 1000000), 0);
  watch(run->epoll, v->fd, slot, EPOLLIN | EPOLLOUT | EPOLLET);
}

static void ask(churn_run *run, visit *v) {
  size_t length = run->options->size;
  const char *data = pattern_at(v->seed, 0, &length);
  if (send(v->fd, data, length, MSG_NOSIGNAL) != (ssize_t)length) fail("send: %s", strerror(errno));
  v->asked = 1;
}

static void answer(churn_run *run, int slot) {
  static char buffer[LARGEST_READ];
  visit *v = &run->visits[slot];
  for (;;) {
    ssize_t got = recv(v->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) fail("recv: %s", strerror(errno));
    if (got == 0) break;
    if (!pattern_holds(buffer, (size_t)got, v->seed, v->received)) fail("wrong bytes");
    v->received += (uint64_t)got;
    if (v->received == run->options->size) shutdown(v->fd, SHUT_WR);
  }
  if (v->received != run->options->size) fail("the server ended early, after %d bytes", (int)v->received);
  close(v->fd);
  run->completed++;
  begin(run, slot);
}

static void churn(churn_run *run, double seconds) {
  uint64_t until = now_ns() + (uint64_t)(seconds * 1e9);
  while (run->completed < run->limit && now_ns() < until) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(run->epoll, events, EVENTS, 100);
    for (int i = 0; i < count; i++) {
      int slot = (int)events[i].data.u32;
      visit *v = &run->visits[slot];
      if ((events[i].events & EPOLLOUT) && !v->asked) ask(run, v);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) answer(run, slot);
    }
  }
}

void run_churn(const load_server *server, const load_options *options) {
  churn_run run = {0};
  run.server = server;
  run.options = options;
  run.visits = calloc((size_t)options->connections, sizeof *run.visits);
  if (run.visits == NULL) fail("out of memory");
  run.epoll = epoll_create1(EPOLL_CLOEXEC);
  run.limit = options->messages > 0 ? options->messages : UINT64_MAX;

  load_moment from = moment(server, 0);
  for (int i = 0; i < options->connections; i++) begin(&run, i);
  if (options->messages == 0) {
    churn(&run, options->warmup);
    from = moment(server, run.completed);
  }
  churn(&run, options->seconds);
  load_moment to = moment(server, run.completed);
  run.limit = run.started;
  churn(&run, END_SECONDS);
  if (run.completed != run.started) fail("not all visits came to an end");
  if (options->messages > 0 && run.completed != options->messages) fail("not all visits in time");
  report(&from, &to);
  free(run.visits);
}
