/* The limit: the same servers in C straight on libuv, doing no more than the job needs.
 * No floor: part of bench/.
 * Owns one shared read buffer, and per connection one struct and what the kernel did not take. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { BUFFER = 64 * 1024, CHUNK = 64 * 1024, BACKLOG = 511, CHUNKS_A_TURN = 16, BIG = 64 * 1024 * 1024 };

typedef struct connection {
  uv_tcp_t tcp;
  struct connection *other; /* where its bytes go: itself for an echo */
  uint64_t counted;
  int stopping;
} connection;

typedef struct {
  uv_write_t request;
  connection *from; /* reads on when this is written; NULL: nobody waits */
  char rest[];
} pending;

static char buffer[BUFFER];
static char chunk[CHUNK];
static struct sockaddr_in backend;
static uv_read_cb on_read;
static void (*on_open)(connection *);

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
  (void)handle;
  (void)suggested;
  *buf = uv_buf_init(buffer, BUFFER);
}

static void on_close(uv_handle_t *handle) { free(handle); }

static void drop(connection *c) {
  if (!uv_is_closing((uv_handle_t *)&c->tcp)) uv_close((uv_handle_t *)&c->tcp, on_close);
}

static void on_written(uv_write_t *request, int status) {
  pending *p = (pending *)request;
  if (status == 0 && p->from != NULL && !uv_is_closing((uv_handle_t *)&p->from->tcp))
    uv_read_start((uv_stream_t *)&p->from->tcp, on_alloc, on_read);
  free(p);
}

/* What the kernel does not take at once waits in a copy, and its sender is not read until it is gone. */
static void forward(connection *from, const char *data, size_t length) {
  uv_stream_t *to = (uv_stream_t *)&from->other->tcp;
  uv_buf_t buf = uv_buf_init((char *)data, (unsigned)length);
  int taken = uv_try_write(to, &buf, 1);
  if (taken == UV_EAGAIN) taken = 0;
  if (taken < 0) {
    drop(from);
    return;
  }
  if ((size_t)taken == length) return;
  pending *p = malloc(sizeof *p + length);
  if (p == NULL) abort();
  memcpy(p->rest, data + taken, length - (size_t)taken);
  p->from = from;
  buf = uv_buf_init(p->rest, (unsigned)(length - (size_t)taken));
  uv_read_stop((uv_stream_t *)&from->tcp);
  uv_write(&p->request, to, &buf, 1, on_written);
}

static void on_echo(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
  connection *c = (connection *)stream;
  if (got > 0) forward(c, buf->base, (size_t)got);
  if (got < 0) drop(c);
}

static void on_relay(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
  connection *c = (connection *)stream;
  if (got > 0) forward(c, buf->base, (size_t)got);
  if (got >= 0) return;
  drop(c->other);
  drop(c);
}

static void on_sink_ended(uv_write_t *request, int status) {
  (void)status;
  drop((connection *)request->handle);
  free(request);
}

static void on_sink(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
  connection *c = (connection *)stream;
  (void)buf;
  if (got > 0) c->counted += (uint64_t)got;
  if (got >= 0) return;
  pending *p = malloc(sizeof *p + 32);
  if (p == NULL) abort();
  snprintf(p->rest, 32, "%llu", (unsigned long long)c->counted);
  uv_buf_t answer = uv_buf_init(p->rest, (unsigned)strlen(p->rest));
  uv_read_stop(stream);
  uv_write(&p->request, stream, &answer, 1, on_sink_ended);
}

static void pour(connection *c);

static void on_poured(uv_write_t *request, int status) {
  connection *c = (connection *)request->handle;
  free(request);
  if (status == 0) pour(c);
}

/* At most a MiB in one go, so that a fast reader does not hold the loop. */
static void pour(connection *c) {
  size_t taken = 0;
  for (int i = 0; i < CHUNKS_A_TURN && !c->stopping; i++) {
    uv_buf_t buf = uv_buf_init(chunk, CHUNK);
    int put = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
    if (put < 0 && put != UV_EAGAIN) {
      drop(c);
      return;
    }
    taken = put < 0 ? 0 : (size_t)put;
    if (taken < CHUNK) break;
    taken = 0;
  }
  if (c->stopping && taken == 0) {
    drop(c);
    return;
  }
  pending *p = malloc(sizeof *p);
  if (p == NULL) abort();
  uv_buf_t rest = uv_buf_init(chunk + taken, (unsigned)(CHUNK - taken));
  uv_write(&p->request, (uv_stream_t *)&c->tcp, &rest, 1, on_poured);
}

static void on_stop(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
  connection *c = (connection *)stream;
  (void)buf;
  if (got == 0) return;
  c->stopping = 1;
  if (got < 0) drop(c);
}

static void open_source(connection *c) {
  uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_stop);
  pour(c);
}

static void on_big_written(uv_write_t *request, int status) {
  (void)status;
  drop((connection *)request->handle);
  free(request->data);
  free(request);
}

static void open_big(connection *c) {
  uv_write_t *request = malloc(sizeof *request);
  char *big = malloc(BIG);
  if (request == NULL || big == NULL) abort();
  for (size_t i = 0; i < BIG; i += CHUNK) memcpy(big + i, chunk, CHUNK);
  uv_buf_t buf = uv_buf_init(big, BIG);
  request->data = big;
  uv_write(request, (uv_stream_t *)&c->tcp, &buf, 1, on_big_written);
}

static void open_reading(connection *c) { uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read); }

static void on_connected(uv_connect_t *request, int status) {
  connection *c = (connection *)request->handle;
  free(request);
  if (status != 0) {
    drop(c->other);
    drop(c);
    return;
  }
  open_reading(c);
  open_reading(c->other);
}

static connection *new_connection(uv_loop_t *loop) {
  connection *c = calloc(1, sizeof *c);
  if (c == NULL || uv_tcp_init(loop, &c->tcp) != 0) abort();
  c->other = c;
  return c;
}

static void open_proxy(connection *c) {
  connection *other = new_connection(c->tcp.loop);
  uv_connect_t *request = malloc(sizeof *request);
  if (request == NULL) abort();
  c->other = other;
  other->other = c;
  uv_tcp_connect(request, &other->tcp, (const struct sockaddr *)&backend, on_connected);
}

static void on_connection(uv_stream_t *server, int status) {
  if (status < 0) return;
  connection *c = new_connection(server->loop);
  if (uv_accept(server, (uv_stream_t *)&c->tcp) != 0) {
    drop(c);
    return;
  }
  on_open(c);
}

static int choose(const char *mode) {
  on_open = open_reading;
  on_read = on_echo;
  if (strcmp(mode, "echo") == 0 || strcmp(mode, "pipe") == 0) return 1;
  on_read = on_sink;
  if (strcmp(mode, "sink") == 0) return 1;
  on_open = open_source;
  if (strcmp(mode, "source") == 0) return 1;
  on_open = open_big;
  if (strcmp(mode, "big") == 0) return 1;
  on_open = open_proxy;
  on_read = on_relay;
  return strcmp(mode, "proxy") == 0;
}

int main(int argc, char **argv) {
  if (argc < 3 || !choose(argv[1])) {
    fprintf(stderr, "usage: with_c echo|pipe|sink|source|big|proxy PORT [BACKEND-PORT]\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  for (size_t i = 0; i < CHUNK; i++) chunk[i] = (char)(i % 251);
  if (argc > 3) uv_ip4_addr("127.0.0.1", atoi(argv[3]), &backend);

  uv_tcp_t server;
  struct sockaddr_in address;
  int length = sizeof address;
  uv_tcp_init(uv_default_loop(), &server);
  uv_ip4_addr("127.0.0.1", atoi(argv[2]), &address);
  if (uv_tcp_bind(&server, (const struct sockaddr *)&address, 0) != 0 ||
      uv_listen((uv_stream_t *)&server, BACKLOG, on_connection) != 0)
    return 1;
  uv_tcp_getsockname(&server, (struct sockaddr *)&address, &length);
  printf("ready %d\n", ((address.sin_port & 255) << 8) | (address.sin_port >> 8 & 255));
  fflush(stdout);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
