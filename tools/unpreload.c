/* Preloaded after the sanitizers' runtime: a Lua that is watched starts programs that are not to be (curl hangs), but the
 * same Lua again is watched as well: `fork` starts that by the path of its program.
 * tools/test.sh builds it; it is no part of the core.
 * Owns no memory but the copy of LD_PRELOAD, for good. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *preload;
static char self[PATH_MAX];

__attribute__((constructor)) static void forget_preload(void) {
  const char *value = getenv("LD_PRELOAD");
  if (value != NULL) preload = strdup(value);
  unsetenv("LD_PRELOAD");
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length < 0) self[0] = '\0';
}

static int is_self(const char *path) { return preload != NULL && strcmp(path, self) == 0; }

/* LeakSanitizer does not look into LuaJIT's own heap. The options with that added, or NULL. */
static const char *without_leaks(const char *options) {
  static char longer[PATH_MAX];
  if (strstr(self, "jit") == NULL) return NULL;
  int length = snprintf(longer, sizeof longer, "%s:detect_leaks=0", options == NULL ? "" : options);
  return length > 0 && (size_t)length < sizeof longer ? longer : NULL;
}

int execvp(const char *file, char *const arguments[]) {
  int (*next)(const char *, char *const[]);
  *(void **)&next = dlsym(RTLD_NEXT, "execvp");
  if (is_self(file)) {
    setenv("LD_PRELOAD", preload, 1);
    const char *options = without_leaks(getenv("ASAN_OPTIONS"));
    if (options != NULL) setenv("ASAN_OPTIONS", options, 1);
  }
  return next(file, arguments);
}

/* "NAME=value", to be freed. */
static char *assignment(const char *name, const char *value) {
  size_t size = strlen(name) + strlen(value) + 2;
  char *text = (char *)malloc(size);
  if (text != NULL) snprintf(text, size, "%s=%s", name, value);
  return text;
}

/* By this libuv starts programs since 1.53, with an environment that it gives. */
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  int (*next)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
              char *const[], char *const[]);
  *(void **)&next = dlsym(RTLD_NEXT, "posix_spawn");
  if (!is_self(path) || environment == NULL)
    return next(pid, path, actions, attributes, arguments, environment);
  size_t count = 0, kept = 0;
  while (environment[count] != NULL) count++;
  char **longer = (char **)calloc(count + 3, sizeof *longer);
  if (longer == NULL) return ENOMEM;
  const char *options = NULL;
  for (size_t i = 0; i < count; i++) {
    if (strncmp(environment[i], "LD_PRELOAD=", 11) == 0) continue;
    if (strncmp(environment[i], "ASAN_OPTIONS=", 13) == 0) options = environment[i] + 13;
    longer[kept++] = environment[i];
  }
  char *first = assignment("LD_PRELOAD", preload), *second = NULL;
  if (first != NULL) longer[kept++] = first;
  const char *quieter = without_leaks(options);
  if (quieter != NULL) second = assignment("ASAN_OPTIONS", quieter);
  if (second != NULL) {
    size_t at = 0;
    while (at < kept && strncmp(longer[at], "ASAN_OPTIONS=", 13) != 0) at++;
    longer[at] = second;
  }
  int status = next(pid, path, actions, attributes, arguments, longer);
  free(longer);
  free(first);
  free(second);
  return status;
}
