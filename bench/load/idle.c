/* Many connections that have made one echo each and then say nothing: memory, time to accept.
 * No floor: part of the load generator.
 * Owns the table of descriptors. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { FIRST = 100, AT_ONCE = 100, ANSWER_MS = 20000, SETTLE_US = 150000 };

static void ask(const int *fds, int first, int count, size_t size) {
  for (int i = first; i < first + count; i++) {
    size_t length = size;
    const char *data = pattern_at((uint64_t)i, 0, &length);
    if (send(fds[i], data, length, MSG_NOSIGNAL) != (ssize_t)length) fail("send: %s", strerror(errno));
  }
}

static void await(const int *fds, int first, int count, size_t size) {
  char buffer[4096];
  for (int i = first; i < first + count; i++) {
    size_t received = 0;
    while (received < size) {
      struct pollfd one = {fds[i], POLLIN, 0};
      if (poll(&one, 1, ANSWER_MS) != 1) fail("connection %d: no answer", i);
      ssize_t got = recv(fds[i], buffer, sizeof buffer, 0);
      if (got <= 0) fail("connection %d: %s", i, got == 0 ? "ended" : strerror(errno));
      if (!pattern_holds(buffer, (size_t)got, (uint64_t)i, received)) fail("connection %d: wrong bytes", i);
      received += (size_t)got;
    }
  }
}

static void open_some(const load_server *server, int *fds, int first, int count, size_t size) {
  for (int done = 0; done < count; done += AT_ONCE) {
    int batch = count - done < AT_ONCE ? count - done : AT_ONCE;
    for (int i = 0; i < batch; i++) fds[first + done + i] = connect_to(server, first + done + i, 1);
    ask(fds, first + done, batch, size);
    await(fds, first + done, batch, size);
  }
}

void run_idle(const load_server *server, const load_options *options) {
  int total = options->connections;
  if (total <= FIRST) fail("idle: more than %d connections", FIRST);
  int *fds = calloc((size_t)total, sizeof *fds);
  if (fds == NULL) fail("out of memory");

  /* The first hundred pay for buffers that all share. */
  open_some(server, fds, 0, FIRST, options->size);
  usleep(SETTLE_US);
  uint64_t before = server_memory(server);
  load_moment from = moment(server, 0);
  open_some(server, fds, FIRST, total - FIRST, options->size);
  load_moment to = moment(server, (uint64_t)(total - FIRST));
  usleep(SETTLE_US);
  report(&from, &to);
  printf("bytes_per_connection %lld\n",
         ((long long)server_memory(server) - (long long)before) / (total - FIRST));

  if (options->hold > 0) {
    /* What is due once, and what goes on and on: two times as long each. */
    useconds_t length = (useconds_t)(options->hold * 1e6);
    uint64_t begin = server_cpu_ns(server);
    usleep(length);
    uint64_t middle = server_cpu_ns(server);
    usleep(length);
    uint64_t end = server_cpu_ns(server);
    printf("idle_cpu_ns %llu\n", (unsigned long long)(middle - begin));
    printf("idle_on_cpu_ns %llu\n", (unsigned long long)(end - middle));
    printf("whole_cpu_ns %llu\n", (unsigned long long)(end - from.cpu));
    for (int i = 0; i < total; i += AT_ONCE) {
      int batch = total - i < AT_ONCE ? total - i : AT_ONCE;
      ask(fds, i, batch, options->size);
      await(fds, i, batch, options->size);
    }
  }
  for (int i = 0; i < total; i++) close(fds[i]);
  free(fds);
}
