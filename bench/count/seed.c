/* Preloaded while instructions are counted: what Lua and LuaJIT seed their hashes with is the same in each run. With a
 * seed of its own each run has other collisions, and a message costs a few per cent more or less.
 * No floor: for bench/.
 * Owns nothing. */
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* Lua: the time, and addresses, which valgrind keeps. */
time_t time(time_t *result) {
  if (result != NULL) *result = 1000000000;
  return 1000000000;
}

/* LuaJIT: random bytes from the system. */
long syscall(long number, ...) {
  long a[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_getrandom) {
    memset((void *)a[0], 0x5A, (size_t)a[1]);
    return a[1];
  }
  long (*next)(long, ...);
  *(void **)&next = dlsym(RTLD_NEXT, "syscall");
  return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
