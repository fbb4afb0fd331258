/* Memory that fails: runs stress/oom.lua again and again, each time refusing another allocation of the state's or of the
 * core's own. The script may end well or in a Lua error; after it nothing may be left of the state, and nothing may hang.
 *   stress/run oom builds and runs it, with the core linked in and its malloc and free wrapped (-Wl,--wrap).
 * usage: oom BURST [FIRST [LAST [STEP]]]
 *   BURST   how many allocations in a row are refused; 0: all from the n-th on, until the script has ended
 * OOM_SCRIPT in the environment names another script; OOM_KINDS=1 has it list the errors.
 * Floor: above all. Owns every state that it makes. */
#include <errno.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "descriptors.h"

int luaopen_uvnet_core(lua_State *L);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);

enum { ALLOWED_SECONDS = 20 };

static struct {
  int on;
  long count;   /* of allocations since the script was loaded */
  long first;   /* the first that is refused */
  long last;    /* and the last */
  long refused; /* how many were */
  long blocks;  /* of the core that are not freed */
} memory;

static int refuse(void) {
  if (!memory.on) return 0;
  memory.count++;
  if (memory.count < memory.first || memory.count > memory.last) return 0;
  memory.refused++;
  return 1;
}

void *__wrap_malloc(size_t size) {
  if (refuse()) return NULL;
  void *block = __real_malloc(size);
  if (block != NULL) memory.blocks++;
  return block;
}

void *__wrap_calloc(size_t count, size_t size) {
  if (refuse()) return NULL;
  void *block = __real_calloc(count, size);
  if (block != NULL) memory.blocks++;
  return block;
}

void *__wrap_realloc(void *block, size_t size) {
  if (refuse()) return NULL;
  void *moved = __real_realloc(block, size);
  if (moved != NULL && block == NULL) memory.blocks++;
  return moved;
}

void __wrap_free(void *block) {
  if (block != NULL) memory.blocks--;
  __real_free(block);
}

/* Stands before the allocator that the state was made with. */
static lua_Alloc own_alloc;
static void *own_data;

/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): they are as lua_Alloc has them */
static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
  (void)data;
  /* A block never fails to shrink: Lua counts on that. Of a new block the old size says its kind. */
  int grows = new_size > 0 && (block == NULL || new_size > old_size);
  if (grows && refuse()) return NULL;
  return own_alloc(own_data, block, old_size, new_size);
}

static long current;

static void on_alarm(int number) {
  (void)number;
  static char text[] = "\nit hangs at allocation                     \n";
  char *digit = text + sizeof text - 2;
  long rest = current;
  do {
    *--digit = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (write(2, text, sizeof text - 1) < 0) _exit(3);
  abort();
}

static void die(const char *what, const char *more) {
  (void)fprintf(stderr, "\nallocation %ld: %s%s%s\n", current, what, more ? ": " : "", more ? more : "");
  exit(1);
}

static int open_all(lua_State *L) {
  luaL_openlibs(L);
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_uvnet_core);
  lua_setfield(L, -2, "uvnet.core");
  return 0;
}

/* The script gives two functions: what runs while memory fails, and what tidies up. */
static void load(lua_State *L) {
  const char *script = getenv("OOM_SCRIPT");
  if (script == NULL) script = "stress/oom.lua";
  lua_pushcfunction(L, open_all);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK || luaL_dofile(L, script)) die("loading", lua_tostring(L, -1));
  if (lua_gettop(L) != 2) die("two functions are not given by", script);
}

/* Errors by their text, to be listed at the end. */
enum { KINDS = 200, TEXT = 240 };
static struct {
  char text[TEXT];
  long count, first;
} kinds[KINDS];

static void note(const char *text) {
  char line[TEXT];
  size_t length = strcspn(text, "\n");
  if (length >= sizeof line) length = sizeof line - 1;
  memcpy(line, text, length);
  line[length] = '\0';
  for (int i = 0; i < KINDS; i++) {
    if (kinds[i].count == 0) {
      memcpy(kinds[i].text, line, length + 1);
      kinds[i].first = current;
    }
    if (strcmp(kinds[i].text, line) == 0) {
      kinds[i].count++;
      return;
    }
  }
}

/* Runs it once. True: the script ended well. */
static int run(long first, long last) {
  static int warm; /* what the process makes once, such as threads, is not there in the first run */
  int descriptors = open_descriptors();
  memory.blocks = 0;
  memory.count = 0;
  memory.refused = 0;
  memory.first = first;
  memory.last = last;
  lua_State *L = luaL_newstate();
  if (L == NULL) die("no state", NULL);
  own_alloc = lua_getallocf(L, &own_data);
  lua_setallocf(L, allocate, NULL);
  load(L);

  alarm(ALLOWED_SECONDS);
  lua_pushvalue(L, 1);
  memory.on = 1;
  int status = lua_pcall(L, 0, 0, 0);
  memory.on = 0;
  if (status != LUA_OK) {
    lua_getglobal(L, "tostring");
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    note(lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  lua_pushvalue(L, 2);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK) die("tidying up", lua_tostring(L, -1));
  lua_close(L);
  alarm(0);

  if (memory.blocks != 0) die("blocks of the core are left", NULL);
  if (warm && open_descriptors() != descriptors) die("descriptors are left", NULL);
  warm = 1;
  return status == LUA_OK;
}

static long parse(const char *text) {
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0') die("not a number", text);
  return value;
}

int main(int argc, char **argv) {
  long burst = argc > 1 ? parse(argv[1]) : 1;
  long first = argc > 2 ? parse(argv[2]) : 1;
  long last = argc > 3 ? parse(argv[3]) : 0;
  long step = argc > 4 ? parse(argv[4]) : 1;
  if (step < 1) die("STEP is at least 1", NULL);
  if (signal(SIGALRM, on_alarm) == SIG_ERR) die("no alarm", NULL);

  run(0, -1);
  if (!run(0, -1)) die("the script fails with all the memory in the world", kinds[0].text);
  long total = memory.count;
  if (last <= 0 || last > total) last = total;

  long runs = 0, good = 0, refused = 0;
  for (current = first; current <= last; current += step) {
    good += run(current, burst > 0 ? current + burst - 1 : total * 1000);
    refused += memory.refused;
    runs++;
  }
  current = 0;
  printf("oom: %ld allocations in the script; %ld runs, %ld refused, %ld ended well, %ld in an error, "
         "nothing left\n",
         total, runs, refused, good, runs - good);
  if (getenv("OOM_KINDS") != NULL) {
    for (int i = 0; i < KINDS && kinds[i].count > 0; i++) {
      printf("  %6ld  first at %ld: %s\n", kinds[i].count, kinds[i].first, kinds[i].text);
    }
  }
  return 0;
}
