/* What every fuzzer says of what it found. */
#ifndef UVNET_FUZZ_DEMAND_H
#define UVNET_FUZZ_DEMAND_H

#include <stdlib.h>

static inline void demand(int holds) {
  if (!holds) abort();
}

/* A block of exactly this size, so that the sanitizer sees one byte too many. */
static inline char *room(size_t size) {
  char *block = malloc(size > 0 ? size : 1);
  demand(block != NULL);
  return block;
}

#endif
