/* Connections, clocks and results.
 * No floor: part of the load generator.
 * Owns no memory; descriptors belong to the caller. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { PORTS_PER_ADDRESS = 5000 };

static int receive_window;

void conn_init(int window) { receive_window = window; }

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* The index chooses the source address: one address has too few ports for 50,000 connections
 * or a long churn, and the kernel searches long for the last ones. */
int connect_to(const load_server *server, int index, int wait) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);
  if (fd < 0) fail("socket: %s", strerror(errno));
  int one = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (receive_window > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_window, sizeof receive_window);
  struct sockaddr_in source = {0};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(index / PORTS_PER_ADDRESS % 250));
  if (bind(fd, (struct sockaddr *)&source, sizeof source) != 0) fail("bind: %s", strerror(errno));
  const struct sockaddr *target = (const struct sockaddr *)&server->address;
  if (connect(fd, target, sizeof server->address) != 0 && errno != EINPROGRESS)
    fail("connect %d: %s", index, strerror(errno));
  if (wait) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

void watch(int epoll, int fd, int index, uint32_t events) {
  struct epoll_event event = {0};
  event.events = events;
  event.data.u32 = (uint32_t)index;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

load_moment moment(const load_server *server, uint64_t messages) {
  load_moment taken = {now_ns(), server_cpu_ns(server), messages};
  return taken;
}

void report(const load_moment *from, const load_moment *to) {
  printf("messages %llu\n", (unsigned long long)(to->messages - from->messages));
  printf("wall_ns %llu\n", (unsigned long long)(to->wall - from->wall));
  printf("cpu_ns %llu\n", (unsigned long long)(to->cpu - from->cpu));
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

void sort_latencies(uint32_t *values, size_t count) {
  if (count == 0) return;
  qsort(values, count, sizeof *values, by_value);
  printf("p50_ns %u\n", values[count / 2]);
  printf("p99_ns %u\n", values[count - 1 - count / 100]);
}
