/* How many descriptors the process has open: what a trial must leave as it found it. */
#ifndef UVNET_STRESS_DESCRIPTORS_H
#define UVNET_STRESS_DESCRIPTORS_H

#include <dirent.h>
#include <stddef.h>

static inline int open_descriptors(void) {
  int count = 0;
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL) return 0;
  while (readdir(directory) != NULL) count++;
  closedir(directory);
  return count;
}

#endif
