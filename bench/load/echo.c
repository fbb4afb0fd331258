/* Echo and proxy: messages go out, the same bytes must come back; closed loop, or open loop at a given rate.
 * No floor: part of the load generator.
 * Owns the table of connections and the list of latencies. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { CONNECTS_AT_ONCE = 128, DRAIN_SECONDS = 20, MOST_LATENCIES = 4000000, EVENTS = 512 };

typedef struct {
  int fd;
  uint64_t allowed, sent, received; /* bytes of this connection's stream */
  uint64_t since;                   /* when its message was due; meaningful with one in flight */
} peer;

typedef struct {
  const load_options *options;
  peer *peers;
  int epoll;
  int measuring;
  uint64_t started, completed, limit; /* messages */
  uint32_t *latencies;
  size_t latency_count;
} echo_run;

static char buffer[LARGEST_READ];

static void send_allowed(peer *p, int index) {
  while (p->sent < p->allowed) {
    size_t length = (size_t)(p->allowed - p->sent);
    const char *data = pattern_at((uint64_t)index, p->sent, &length);
    ssize_t put = send(p->fd, data, length, MSG_NOSIGNAL);
    if (put < 0) {
      if (errno == EAGAIN) return;
      fail("send: %s", strerror(errno));
    }
    p->sent += (uint64_t)put;
  }
}

static void allow(echo_run *run, int index, uint64_t messages) {
  if (messages > run->limit - run->started) messages = run->limit - run->started;
  if (messages == 0) return;
  peer *p = &run->peers[index];
  run->started += messages;
  p->allowed += messages * run->options->size;
  send_allowed(p, index);
}

static void note_latency(echo_run *run, peer *p, uint64_t now) {
  if (run->measuring && run->latency_count < MOST_LATENCIES)
    run->latencies[run->latency_count++] = (uint32_t)(now - p->since);
}

static void receive(echo_run *run, int index) {
  peer *p = &run->peers[index];
  size_t size = run->options->size;
  for (;;) {
    ssize_t got = recv(p->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) fail("recv: %s", strerror(errno));
    if (got == 0) fail("connection %d ended early", index);
    if (p->received + (uint64_t)got > p->sent ||
        !pattern_holds(buffer, (size_t)got, (uint64_t)index, p->received))
      fail("connection %d: wrong bytes after %llu", index, (unsigned long long)p->received);
    uint64_t before = p->received / size;
    p->received += (uint64_t)got;
    uint64_t whole = p->received / size - before;
    run->completed += whole;
    if (whole > 0) {
      if (run->latencies != NULL) {
        uint64_t now = now_ns();
        note_latency(run, p, now);
        p->since = now;
      }
      if (run->options->rate == 0) allow(run, index, whole);
    }
    if ((size_t)got < sizeof buffer) return; /* edge-triggered: a short read empties the socket */
  }
}

static void turn(echo_run *run, int timeout) {
  struct epoll_event events[EVENTS];
  int count = epoll_wait(run->epoll, events, EVENTS, timeout);
  for (int i = 0; i < count; i++) {
    int index = (int)events[i].data.u32;
    if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(run, index);
    if (events[i].events & EPOLLOUT) send_allowed(&run->peers[index], index);
  }
}

static uint64_t after(double seconds) { return now_ns() + (uint64_t)(seconds * 1e9); }

static void closed_loop(echo_run *run, uint64_t until) {
  while (run->completed < run->limit && now_ns() < until) turn(run, 100);
}

/* Messages fall due at even distances, whatever the server does: waiting for a slow answer is latency too. */
static void open_loop(echo_run *run, uint64_t until, int *next) {
  uint64_t distance = (uint64_t)(1e9 / run->options->rate), due = now_ns();
  for (uint64_t now = due; now < until; now = now_ns()) {
    while (due <= now) {
      peer *p = &run->peers[*next];
      if (p->received < p->allowed) break; /* its last one is still on the way: the rate cannot be held now */
      p->since = due;
      allow(run, *next, 1);
      *next = (*next + 1) % run->options->connections;
      due += distance;
    }
    turn(run, 0);
  }
}

static void measured_loop(echo_run *run, double seconds, int *next) {
  if (run->options->rate > 0) {
    open_loop(run, after(seconds), next);
  } else {
    closed_loop(run, after(seconds));
  }
}

static void connect_all(echo_run *run, const load_server *server) {
  for (int i = 0; i < run->options->connections; i++) {
    run->peers[i].fd = connect_to(server, i, 1);
    watch(run->epoll, run->peers[i].fd, i, EPOLLIN | EPOLLOUT | EPOLLET);
    /* A blocking connect returns before the server has accepted; its backlog is finite. */
    if (i % CONNECTS_AT_ONCE == CONNECTS_AT_ONCE - 1) usleep(2000);
  }
}

/* Nothing new is started; all that was started has to come back. */
static void drain(echo_run *run) {
  run->limit = run->started;
  closed_loop(run, after(DRAIN_SECONDS));
  if (run->completed != run->started)
    fail("%llu of %llu messages came back", (unsigned long long)run->completed,
         (unsigned long long)run->started);
  for (int i = 0; i < run->options->connections; i++) close(run->peers[i].fd);
}

void run_echo(const load_server *server, const load_options *options) {
  echo_run run = {0};
  run.options = options;
  run.peers = calloc((size_t)options->connections, sizeof *run.peers);
  if (options->inflight == 1 && options->messages == 0)
    run.latencies = malloc(MOST_LATENCIES * sizeof *run.latencies);
  run.epoll = epoll_create1(EPOLL_CLOEXEC);
  run.limit = options->messages > 0 ? options->messages : UINT64_MAX;
  if (run.peers == NULL) fail("out of memory");

  int next = 0;
  load_moment from = moment(server, 0);
  connect_all(&run, server);
  if (options->messages == 0 && options->rate == 0) from = moment(server, 0);
  for (int i = 0; i < options->connections && options->rate == 0; i++) {
    run.peers[i].since = now_ns();
    allow(&run, i, (uint64_t)options->inflight);
  }
  if (options->messages == 0) {
    measured_loop(&run, options->warmup, &next);
    from = moment(server, run.completed);
    run.measuring = 1;
  }
  measured_loop(&run, options->seconds, &next);
  load_moment to = moment(server, run.completed);
  drain(&run);
  if (options->messages > 0 && run.completed != options->messages) fail("not all messages in time");

  report(&from, &to);
  sort_latencies(run.latencies, run.latency_count);
  free(run.latencies);
  free(run.peers);
}
