/* The standard descriptors, 0 to 2, are never ours, open or not.
 * Floor 1.
 * Owns the descriptors that stand in their places, from a hold to its release. */
#include "descriptors.h"

#ifdef _WIN32

/* There, a handle's number has no meaning. */
unsigned net_descriptors_hold(void) { return 0; }
void net_descriptors_release(unsigned held) { (void)held; }
void net_descriptors_hold_forks(void) {}
void net_descriptors_release_forks(void) {}

#else

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static int is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1 || errno != EBADF; }

unsigned net_descriptors_hold(void) {
  int saved = errno;
  unsigned held = 0;
  for (int at = 0; at < NET_DESCRIPTORS_OURS; at++) {
    if (is_open(at)) continue;
    int made = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (made < 0) made = open("/", O_RDONLY | O_CLOEXEC);
    if (made < 0) continue;
    if (made < NET_DESCRIPTORS_OURS) {
      held |= 1U << made;
    } else { /* another thread has taken the place */
      close(made);
    }
  }
  errno = saved;
  return held;
}

void net_descriptors_release(unsigned held) {
  int saved = errno;
  for (int at = 0; held != 0; at++, held >>= 1) {
    if (held & 1U) close(at);
  }
  errno = saved;
}

/* libuv makes its pipe for signals anew in a process that has been forked. */
static unsigned held_in_child;

static void hold_in_child(void) { held_in_child = net_descriptors_hold(); }
static void release_in_child(void) { net_descriptors_release(held_in_child); }

void net_descriptors_hold_forks(void) { pthread_atfork(NULL, NULL, hold_in_child); }
void net_descriptors_release_forks(void) { pthread_atfork(NULL, NULL, release_in_child); }

#endif
