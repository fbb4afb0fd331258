/* One-way traffic: sink (the server counts what it gets) and source (the server sends until told to stop).
 * No floor: part of the load generator.
 * Owns the table of connections. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { END_SECONDS = 20, EVENTS = 64 };

typedef struct {
  int fd, ended;
  uint64_t bytes;
} flow;

static char buffer[LARGEST_READ];

static flow *open_flows(const load_server *server, const load_options *options, int epoll, uint32_t events) {
  flow *flows = calloc((size_t)options->connections, sizeof *flows);
  if (flows == NULL) fail("out of memory");
  for (int i = 0; i < options->connections; i++) {
    flows[i].fd = connect_to(server, i, 1);
    watch(epoll, flows[i].fd, i, events);
  }
  return flows;
}

/* Calls `step` for each ready connection until the time is over or `total` reaches the count. */
static void pump(flow *flows, int epoll, double seconds, uint64_t *total, uint64_t most,
                 uint64_t (*step)(flow *, int)) {
  uint64_t until = now_ns() + (uint64_t)(seconds * 1e9);
  while (now_ns() < until && *total < most) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, 100);
    for (int i = 0; i < count && *total < most; i++) {
      int index = (int)events[i].data.u32;
      *total += step(&flows[index], index);
    }
  }
}

typedef struct {
  load_moment from, to;
} span;

/* Reported only when the caller has checked what came of it. */
static span measure(const load_server *server, const load_options *options, flow *flows, int epoll,
                    uint64_t (*step)(flow *, int)) {
  uint64_t total = 0, most = options->messages > 0 ? options->messages * CHUNK : UINT64_MAX;
  if (options->messages == 0) pump(flows, epoll, options->warmup, &total, most, step);
  span measured;
  measured.from = moment(server, total / CHUNK);
  pump(flows, epoll, options->seconds, &total, most, step);
  measured.to = moment(server, total / CHUNK);
  return measured;
}

static uint64_t feed(flow *f, int index) {
  size_t length = CHUNK;
  const char *data = pattern_at((uint64_t)index, f->bytes, &length);
  ssize_t put = send(f->fd, data, length, MSG_NOSIGNAL);
  if (put < 0 && errno == EAGAIN) return 0;
  if (put < 0) fail("send: %s", strerror(errno));
  f->bytes += (uint64_t)put;
  return (uint64_t)put;
}

static void block_on(int fd) {
  struct timeval limit = {END_SECONDS, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

/* The last line is sent to its end. */
static void end_line(flow *f, int index) {
  while (f->bytes % LINE != 0) {
    size_t length = LINE - f->bytes % LINE;
    const char *data = pattern_at((uint64_t)index, f->bytes, &length);
    struct pollfd room = {f->fd, POLLOUT, 0};
    if (poll(&room, 1, END_SECONDS * 1000) != 1) fail("sink: no room");
    ssize_t put = send(f->fd, data, length, MSG_NOSIGNAL);
    if (put < 0 && errno != EAGAIN) fail("send: %s", strerror(errno));
    if (put > 0) f->bytes += (uint64_t)put;
  }
}

/* After our FIN the server answers with the number of bytes it has got, and ends. */
static void check_count(flow *f) {
  char text[32];
  size_t length = 0;
  shutdown(f->fd, SHUT_WR);
  int plain = dup(f->fd);
  block_on(plain);
  struct epoll_event event;
  int poller = epoll_create1(0);
  watch(poller, plain, 0, EPOLLIN);
  while (length < sizeof text - 1) {
    if (epoll_wait(poller, &event, 1, END_SECONDS * 1000) != 1) fail("sink: no answer");
    ssize_t got = recv(plain, text + length, sizeof text - 1 - length, 0);
    if (got <= 0) break;
    length += (size_t)got;
  }
  text[length] = 0;
  if (strtoull(text, NULL, 10) != f->bytes)
    fail("sink: sent %llu, counted %s", (unsigned long long)f->bytes, text);
  close(poller);
  close(plain);
  close(f->fd);
}

void run_sink(const load_server *server, const load_options *options) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  flow *flows = open_flows(server, options, epoll, EPOLLOUT);
  span measured = measure(server, options, flows, epoll, feed);
  for (int i = 0; i < options->connections; i++) {
    if (options->text == TEXT_LINES) end_line(&flows[i], i);
    check_count(&flows[i]);
  }
  report(&measured.from, &measured.to);
  free(flows);
}

static uint64_t drink(flow *f, int index) {
  ssize_t got = recv(f->fd, buffer, sizeof buffer, 0);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got < 0) fail("recv: %s", strerror(errno));
  if (got == 0) {
    if (f->bytes % CHUNK != 0) fail("source %d: ended inside a chunk", index);
    f->ended = 1;
    close(f->fd);
    return 0;
  }
  if (!chunk_holds(buffer, (size_t)got, f->bytes)) fail("source %d: wrong bytes", index);
  f->bytes += (uint64_t)got;
  return (uint64_t)got;
}

/* One byte tells a source to stop: it ends after a whole chunk, and everything up to there is checked. */
void run_source(const load_server *server, const load_options *options) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  flow *flows = open_flows(server, options, epoll, EPOLLIN);
  span measured = measure(server, options, flows, epoll, drink);
  uint64_t until = now_ns() + (uint64_t)END_SECONDS * 1000000000u, rest = 0;
  for (int i = 0; i < options->connections; i++) {
    if (!flows[i].ended && send(flows[i].fd, "s", 1, MSG_NOSIGNAL) != 1) fail("source: %s", strerror(errno));
  }
  for (int open = options->connections; open > 0;) {
    pump(flows, epoll, 0.02, &rest, UINT64_MAX, drink);
    open = 0;
    for (int i = 0; i < options->connections; i++) open += !flows[i].ended;
    if (now_ns() > until) fail("source: %d did not end", open);
  }
  report(&measured.from, &measured.to);
  free(flows);
}

/* A peer that reads a big answer in small sips: what does waiting for him cost the server? */
void run_slow(const load_server *server, const load_options *options) {
  int fd = connect_to(server, 0, 1), epoll = epoll_create1(EPOLL_CLOEXEC);
  watch(epoll, fd, 0, EPOLLIN);
  flow f = {fd, 0, 0};
  load_moment from = moment(server, 0);
  uint64_t until = now_ns() + (uint64_t)(options->seconds * 1e9);
  for (int reads = 1; !f.ended; reads++) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, 5000) != 1 || now_ns() > until)
      fail("slow: stalled after %llu bytes", (unsigned long long)f.bytes);
    drink(&f, 0);
    if (reads % options->reads_per_wait == 0) usleep(200);
  }
  load_moment to = moment(server, f.bytes / CHUNK);
  report(&from, &to);
  printf("peak_rss %llu\n", (unsigned long long)server_peak_rss(server));
}
