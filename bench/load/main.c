/* Starts a server, puts one load on it, checks every byte, prints `key value` lines, ends the server.
 * No floor: the load generator of bench/.
 * Owns nothing. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

enum { LONGEST_RUN = 300, MOST_ARGUMENTS = 64, SPARE_FDS = 200 };

static const char usage[] =
    "usage: load MODE [--size B] [--connections N] [--inflight N] [--messages N | --warmup S --seconds S]\n"
    "            [--rate N] [--hold S] [--reads-per-wait N] [--window B] [--text 1|2]\n"
    "            [--server-cpu N] [--client-cpu N] -- COMMAND [ARGUMENT]...\n"
    "MODE: echo proxy sink source slow churn idle. COMMAND prints `ready PORT`; for proxy it gets the\n"
    "back end's port as one more argument.";

static char **parse(int argc, char **argv, load_options *o) {
  if (argc < 2) fail("%s", usage);
  o->mode = argv[1];
  int i = 2;
  for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
    const char *name = argv[i];
    double value = atof(argv[i + 1]);
    if (strcmp(name, "--size") == 0)
      o->size = (size_t)value;
    else if (strcmp(name, "--connections") == 0)
      o->connections = (int)value;
    else if (strcmp(name, "--inflight") == 0)
      o->inflight = (int)value;
    else if (strcmp(name, "--messages") == 0)
      o->messages = (uint64_t)value;
    else if (strcmp(name, "--warmup") == 0)
      o->warmup = value;
    else if (strcmp(name, "--seconds") == 0)
      o->seconds = value;
    else if (strcmp(name, "--rate") == 0)
      o->rate = value;
    else if (strcmp(name, "--hold") == 0)
      o->hold = value;
    else if (strcmp(name, "--reads-per-wait") == 0)
      o->reads_per_wait = (int)value;
    else if (strcmp(name, "--window") == 0)
      o->window = (int)value;
    else if (strcmp(name, "--text") == 0)
      o->text = (int)value;
    else if (strcmp(name, "--server-cpu") == 0)
      o->server_cpu = (int)value;
    else if (strcmp(name, "--client-cpu") == 0)
      o->client_cpu = (int)value;
    else
      fail("unknown option %s\n%s", name, usage);
  }
  if (i >= argc - 1 || strcmp(argv[i], "--") != 0) fail("%s", usage);
  if (o->size < 1 || o->connections < 1 || o->inflight < 1) fail("%s", usage);
  return argv + i + 1;
}

/* For us and, inherited, for the server. */
static void raise_file_limit(const load_options *options) {
  struct rlimit limit;
  int ends = strcmp(options->mode, "proxy") == 0 ? 2 : 1;
  rlim_t wanted = (rlim_t)(options->connections * ends + SPARE_FDS);
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  if (limit.rlim_max < wanted) limit.rlim_max = wanted;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail("skipped: %d connections need %d open files (ulimit -n)", options->connections, (int)wanted);
}

/* The command as given, and behind it the port of the echo that a proxy is to talk to. */
static void complete_command(const load_options *options, char **command, char **arguments) {
  static char port[16];
  int count = 0;
  for (; count < MOST_ARGUMENTS - 2 && command[count] != NULL; count++) arguments[count] = command[count];
  if (strcmp(options->mode, "proxy") != 0) return;
  snprintf(port, sizeof port, "%d", backend_start(options->client_cpu));
  arguments[count] = port;
}

int main(int argc, char **argv) {
  load_options options = {.size = 64,
                          .connections = 50,
                          .inflight = 1,
                          .warmup = 0.2,
                          .seconds = 0.5,
                          .reads_per_wait = 4,
                          .server_cpu = -1,
                          .client_cpu = -1};
  char **command = parse(argc, argv, &options);
  static const struct {
    const char *name;
    void (*run)(const load_server *, const load_options *);
  } modes[] = {{"echo", run_echo}, {"proxy", run_echo},  {"sink", run_sink}, {"source", run_source},
               {"slow", run_slow}, {"churn", run_churn}, {"idle", run_idle}};

  atexit(stop_children);
  raise_file_limit(&options);
  pattern_init(options.text);
  conn_init(options.window);
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    if (strcmp(options.mode, modes[i].name) != 0) continue;
    load_server server = {0};
    char *arguments[MOST_ARGUMENTS] = {NULL};
    complete_command(&options, command, arguments);
    pin_to(options.client_cpu);
    server_start(&server, &options, arguments);
    alarm(LONGEST_RUN);
    modes[i].run(&server, &options);
    return 0;
  }
  fail("unknown mode %s\n%s", options.mode, usage);
}
