/* What a child inherits: the descriptors that it is given, and no other.
 * Floor 0.
 * Owns the list of descriptors that it has marked, while it starts a child. */
#include "inherit.h"

#ifdef _WIN32

#include <io.h>

int net_inherit_spawn(uv_loop_t *loop, uv_process_t *process, const uv_process_options_t *options) {
  return uv_spawn(loop, process, options); /* Windows hands on only what it is told to */
}

void net_inherit_keep_from_children(uv_file fd) {
  SetHandleInformation((HANDLE)_get_osfhandle(fd), HANDLE_FLAG_INHERIT, 0);
}

#else

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_OTHER = 3, FEW = 16, BLIND_LIMIT = 4096 };

struct marked {
  int *list;
  size_t count, size;
  int few[FEW];
};

/* One whose list cannot grow is marked for good: better than handed on. */
static void mark(struct marked *marked, int fd) {
  int flags = fcntl(fd, F_GETFD);
  if (flags < 0 || flags & FD_CLOEXEC || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0) return;
  if (marked->count == marked->size) {
    size_t size = marked->size * 2;
    int *list = (int *)malloc(size * sizeof *list);
    if (list == NULL) return;
    for (size_t i = 0; i < marked->count; i++) list[i] = marked->list[i];
    if (marked->list != marked->few) free(marked->list);
    marked->list = list;
    marked->size = size;
  }
  marked->list[marked->count++] = fd;
}

static void mark_all(struct marked *marked) {
#ifdef __linux__
  DIR *directory = opendir("/proc/self/fd");
#else
  DIR *directory = opendir("/dev/fd");
#endif
  if (directory == NULL) {
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > BLIND_LIMIT) limit = BLIND_LIMIT;
    for (int fd = FIRST_OTHER; fd < limit; fd++) mark(marked, fd);
    return;
  }
  for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    char *end;
    long fd = strtol(entry->d_name, &end, 10);
    if (*end == '\0' && end != entry->d_name && fd >= FIRST_OTHER) mark(marked, (int)fd);
  }
  closedir(directory);
}

static void unmark_all(struct marked *marked) {
  for (size_t i = 0; i < marked->count; i++) {
    int flags = fcntl(marked->list[i], F_GETFD);
    if (flags >= 0) fcntl(marked->list[i], F_SETFD, flags & ~FD_CLOEXEC);
  }
  if (marked->list != marked->few) free(marked->list);
}

/* Two loops, in two threads: what one takes back must not be in the other's child. */
static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t mutex;

static void make_mutex(void) { uv_mutex_init(&mutex); }

int net_inherit_spawn(uv_loop_t *loop, uv_process_t *process, const uv_process_options_t *options) {
  struct marked marked;
  marked.list = marked.few;
  marked.count = 0;
  marked.size = FEW;
  uv_once(&once, make_mutex);
  uv_mutex_lock(&mutex);
  mark_all(&marked);
  int status = uv_spawn(loop, process, options); /* comes back when the child runs its program, or cannot */
  unmark_all(&marked);
  uv_mutex_unlock(&mutex);
  return status;
}

void net_inherit_keep_from_children(uv_file fd) {
  int flags = fcntl(fd, F_GETFD);
  if (flags >= 0) fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

#endif
