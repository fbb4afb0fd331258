/* What the parts of the load generator share: options, the server under test, the byte pattern, connections.
 * One process, one thread, one epoll; every run is bounded by a count and by a time.
 * Owns nothing: each part says what it owns. */
#ifndef UVNET_BENCH_LOAD_H
#define UVNET_BENCH_LOAD_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum {
  PATTERN_PERIOD = 65521, /* a prime: no message size lines up with it */
  LARGEST_READ = 256 * 1024,
  CHUNK = 64 * 1024 /* what source servers send and sinks are fed */
};

typedef struct {
  const char *mode;
  size_t size;        /* bytes of a message */
  int connections;    /* at once */
  int inflight;       /* messages on the way, of each connection */
  uint64_t messages;  /* count-bound runs: exactly so many; 0: bound by time */
  double warmup;      /* seconds before the measurement */
  double seconds;     /* of measurement */
  double rate;        /* messages per second, open loop; 0: as fast as answers come */
  double hold;        /* idle: seconds to stay idle */
  int reads_per_wait; /* slow: reads between two pauses */
  int window;         /* bytes of each socket's receive buffer; 0: as the kernel likes */
  int text;           /* printable bytes only */
  int server_cpu;     /* -1: not pinned */
  int client_cpu;
} load_options;

typedef struct {
  pid_t pid;
  int output; /* the read end of its stdout */
  struct sockaddr_in address;
} load_server;

typedef struct {
  uint64_t wall, cpu, messages;
} load_moment;

/* child.c: the server under test */
void server_start(load_server *server, const load_options *options, char **command);
void stop_children(void); /* the server and the back end */
uint64_t server_cpu_ns(const load_server *server);
uint64_t server_memory(const load_server *server);
uint64_t server_peak_rss(const load_server *server);
int backend_start(int cpu); /* a plain echo server in a process of its own; its port */
void pin_to(int cpu);

/* What `text` may be: any bytes, printable ones, and those in lines of LINE bytes. */
enum { TEXT_NONE, TEXT_PRINTABLE, TEXT_LINES };
enum { LINE = 64 };

/* pattern.c: byte `position` of stream `seed` is known to both ends */
void pattern_init(int text);
const char *pattern_at(uint64_t seed, uint64_t position, size_t *length);
int pattern_holds(const char *data, size_t length, uint64_t seed, uint64_t position);
int chunk_holds(const char *data, size_t length, uint64_t position);

/* conn.c */
void conn_init(int window);
int connect_to(const load_server *server, int index, int wait);
void watch(int epoll, int fd, int index, uint32_t events);
uint64_t now_ns(void);
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
load_moment moment(const load_server *server, uint64_t messages);
void report(const load_moment *from, const load_moment *to);
void sort_latencies(uint32_t *values, size_t count);

/* one file each */
void run_echo(const load_server *server, const load_options *options);
void run_sink(const load_server *server, const load_options *options);
void run_source(const load_server *server, const load_options *options);
void run_slow(const load_server *server, const load_options *options);
void run_churn(const load_server *server, const load_options *options);
void run_idle(const load_server *server, const load_options *options);

#endif
