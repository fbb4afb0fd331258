/* Preloaded after the sanitizers' runtime: a Lua that is watched starts programs that are not to be (curl hangs), but the
 * same Lua again is watched as well: `fork` starts that by the path of its program.
 * tools/test.sh builds it; it is no part of the core.
 * Owns no memory but the copy of LD_PRELOAD, for good. */
#include <dlfcn.h>
#include <limits.h>
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

/* LeakSanitizer does not look into LuaJIT's own heap. */
static void look_for_no_leaks(void) {
  const char *options = getenv("ASAN_OPTIONS");
  char longer[PATH_MAX];
  int length = snprintf(longer, sizeof longer, "%s:detect_leaks=0", options == NULL ? "" : options);
  if (length > 0 && (size_t)length < sizeof longer) setenv("ASAN_OPTIONS", longer, 1);
}

int execvp(const char *file, char *const arguments[]) {
  int (*next)(const char *, char *const[]);
  *(void **)&next = dlsym(RTLD_NEXT, "execvp");
  if (preload != NULL && strcmp(file, self) == 0) {
    setenv("LD_PRELOAD", preload, 1);
    if (strstr(self, "jit") != NULL) look_for_no_leaks();
  }
  return next(file, arguments);
}
