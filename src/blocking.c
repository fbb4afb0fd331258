/* A descriptor that was handed to us blocks again when we are done with it, if it did before.
 * Floor 1.
 * Owns a note (malloc) of each such descriptor, until it is given back. */
#include "blocking.h"

#ifdef _WIN32

int net_blocking_note(int descriptor) {
  (void)descriptor;
  return 0;
}
void net_blocking_restore(int descriptor) { (void)descriptor; }

#else

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <uv.h>

typedef struct note {
  struct note *next;
  int descriptor;
  int did_block;
  int mode; /* O_RDONLY and so on: the two ends of a pipe have the same inode */
  dev_t device;
  ino_t inode;
} note;

static note *notes; /* of all loops of the process */
static uv_mutex_t mutex;
static uv_once_t once = UV_ONCE_INIT;

static int is_same_file(const note *one, const note *other) {
  return one->device == other->device && one->inode == other->inode && one->mode == other->mode;
}

static int look(int descriptor, note *seen) {
  struct stat status;
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fstat(descriptor, &status) != 0) return 0;
  seen->descriptor = descriptor;
  seen->did_block = !(flags & O_NONBLOCK);
  seen->mode = flags & O_ACCMODE;
  seen->device = status.st_dev;
  seen->inode = status.st_ino;
  return 1;
}

/* Unless the number is another file's by now. */
static void block_again(const note *one) {
  note now;
  int flags = fcntl(one->descriptor, F_GETFL);
  if (one->did_block && flags >= 0 && look(one->descriptor, &now) && is_same_file(one, &now))
    fcntl(one->descriptor, F_SETFL, flags & ~O_NONBLOCK);
}

/* At the end of the process, for those that nobody has closed. */
static void restore_all(void) {
  for (const note *one = notes; one != NULL; one = one->next) block_again(one);
}

/* A child that has been forked has them from its parent, who goes on with them. Where there were threads, the child of a
 * fork frees nothing. */
static note *parents;
static void lock(void) { uv_mutex_lock(&mutex); }
static void unlock(void) { uv_mutex_unlock(&mutex); }
static void forget_all(void) {
  note **last = &notes;
  while (*last != NULL) last = &(*last)->next;
  *last = parents;
  parents = notes;
  notes = NULL;
  /* Its parent has locked it: where libuv has mutexes checked, the child may not unlock it. */
  uv_mutex_init(&mutex);
}

static void begin(void) {
  uv_mutex_init(&mutex);
  (void)atexit(restore_all);
  pthread_atfork(lock, unlock, forget_all);
}

/* That it does not block may be our own doing, by another descriptor of the same open file. */
int net_blocking_note(int descriptor) {
  note *made = (note *)malloc(sizeof *made);
  if (made == NULL) return UV_ENOMEM;
  if (!look(descriptor, made)) {
    free(made);
    return 0; /* libuv says what is wrong with it */
  }
  uv_once(&once, begin);
  lock();
  for (const note *one = notes; one != NULL && !made->did_block; one = one->next)
    made->did_block = one->did_block && is_same_file(one, made);
  made->next = notes;
  notes = made;
  unlock();
  return 0;
}

/* While another descriptor of the file is ours, that one's end is waited for. */
void net_blocking_restore(int descriptor) {
  uv_once(&once, begin);
  lock();
  note **link = &notes;
  while (*link != NULL && (*link)->descriptor != descriptor) link = &(*link)->next;
  note *one = *link;
  if (one != NULL) {
    *link = one->next;
    int is_last = 1;
    for (const note *other = notes; other != NULL; other = other->next)
      if (is_same_file(one, other)) is_last = 0;
    if (is_last) block_again(one);
  }
  unlock();
  free(one);
}

#endif
