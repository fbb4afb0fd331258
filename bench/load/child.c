/* The server under test, and the echo that stands behind a proxy: processes that live as long as this one.
 * No floor: part of the load generator.
 * Owns the two child processes and the pipe from the server's stdout. */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { READY_TIMEOUT = 30, STOP_TIMEOUT_MS = 10000 };

static pid_t backend, serving;

void pin_to(int cpu) {
  if (cpu < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((size_t)cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

/* Runs however we end, unless a signal kills us: then PDEATHSIG does it. */
void stop_children(void) {
  if (backend > 0) {
    kill(backend, SIGKILL);
    waitpid(backend, NULL, 0);
  }
  if (serving <= 0) return;
  kill(-serving, SIGTERM);
  for (int waited = 0; waited < STOP_TIMEOUT_MS; waited++) {
    if (waitpid(serving, NULL, WNOHANG) == serving) return;
    usleep(1000);
  }
  kill(-serving, SIGKILL);
  waitpid(serving, NULL, 0);
}

/* In a group of its own: a tracer around the server gets the signals that end it too. */
void server_start(load_server *server, const load_options *options, char **command) {
  int ends[2];
  if (pipe(ends) != 0) fail("pipe: %s", strerror(errno));
  server->pid = fork();
  if (server->pid < 0) fail("fork: %s", strerror(errno));
  if (server->pid == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    pin_to(options->server_cpu);
    execvp(command[0], command);
    fprintf(stderr, "load: %s: %s\n", command[0], strerror(errno));
    _exit(127);
  }
  serving = server->pid;
  setpgid(server->pid, server->pid);
  close(ends[1]);
  server->output = ends[0];

  char line[64] = "";
  size_t length = 0;
  alarm(READY_TIMEOUT);
  while (length < sizeof line - 1 && read(ends[0], line + length, 1) == 1 && line[length] != '\n') length++;
  line[length] = 0;
  int port = 0;
  if (sscanf(line, "ready %d", &port) != 1) fail("%s did not get ready: '%s'", command[0], line);
  server->address.sin_family = AF_INET;
  server->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server->address.sin_port = htons((uint16_t)port);
}

/* User and system time of all of its threads, to the nanosecond. */
uint64_t server_cpu_ns(const load_server *server) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(server->pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
    fail("the server is gone");
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t proc_bytes(const load_server *server, const char *name, const char *key) {
  char line[256];
  snprintf(line, sizeof line, "/proc/%d/%s", (int)server->pid, name);
  FILE *file = fopen(line, "r");
  if (file == NULL) fail("%s: %s", line, strerror(errno));
  unsigned long long kilobytes = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, key, strlen(key)) == 0) sscanf(line + strlen(key), ": %llu", &kilobytes);
  }
  fclose(file);
  return kilobytes * 1024;
}

/* What it has asked for and touched, its code not. `status` tells VmRSS from counters that are up to 64 pages late for
 * each thread: with a hundred connections that is more than these take. Here pages are counted. */
uint64_t server_memory(const load_server *server) { return proc_bytes(server, "smaps_rollup", "Anonymous"); }
uint64_t server_peak_rss(const load_server *server) { return proc_bytes(server, "status", "VmHWM"); }

static void backend_loop(int listener) {
  static char buffer[LARGEST_READ];
  int epoll = epoll_create1(0);
  watch(epoll, listener, listener, EPOLLIN);
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      int fd = (int)events[i].data.u32;
      if (fd == listener) {
        int peer = accept(listener, NULL, NULL);
        if (peer >= 0) watch(epoll, peer, peer, EPOLLIN);
        continue;
      }
      ssize_t got = read(fd, buffer, sizeof buffer);
      if (got <= 0) close(fd);
      /* Blocking: what is in flight is bounded by the generator, and fits into the socket's buffers. */
      for (ssize_t sent = 0; sent < got;) {
        ssize_t put = send(fd, buffer + sent, (size_t)(got - sent), MSG_NOSIGNAL);
        if (put <= 0) break;
        sent += put;
      }
    }
  }
}

int backend_start(int cpu) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {0};
  socklen_t length = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 511) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0)
    fail("backend: %s", strerror(errno));
  backend = fork();
  if (backend < 0) fail("fork: %s", strerror(errno));
  if (backend == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_to(cpu);
    backend_loop(listener);
  }
  close(listener);
  return ntohs(address.sin_port);
}
