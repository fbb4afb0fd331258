/* The bytes that go over the wire, so that every one that comes back can be checked.
 * No floor: part of the load generator.
 * Owns one static table. */
#include <string.h>

#include "load.h"

/* Twice the period and a bit, so that a run of up to one period never wraps. */
static char table[2 * PATTERN_PERIOD];

/* Where another stream begins. */
static uint64_t stride = 7919;
static size_t period = PATTERN_PERIOD;

void pattern_init(int text) {
  uint32_t state = 12345;
  for (size_t i = 0; i < PATTERN_PERIOD; i++) {
    state = state * 1103515245u + 12345u;
    uint32_t byte = state >> 16;
    table[i] = (char)(text ? 32 + byte % 95 : byte & 255);
  }
  if (text == TEXT_LINES) {
    period = PATTERN_PERIOD / LINE * LINE;
    for (size_t i = LINE; i <= period; i += LINE) table[i - 1] = '\n';
    stride = 124 * LINE;
  }
  memcpy(table + period, table, period);
}

/* The longest run available at this position; *length is what the caller wants and becomes what there is. */
const char *pattern_at(uint64_t seed, uint64_t position, size_t *length) {
  if (*length > period) *length = period;
  return table + (position + seed * stride) % period;
}

int pattern_holds(const char *data, size_t length, uint64_t seed, uint64_t position) {
  while (length > 0) {
    size_t run = length;
    const char *expected = pattern_at(seed, position, &run);
    if (memcmp(data, expected, run) != 0) return 0;
    data += run;
    length -= run;
    position += run;
  }
  return 1;
}

/* Source servers send chunks of 64 KiB, byte i of a chunk being i % 251. */
int chunk_holds(const char *data, size_t length, uint64_t position) {
  static char chunk[2 * CHUNK];
  if (chunk[1] == 0) {
    for (size_t i = 0; i < 2 * CHUNK; i++) chunk[i] = (char)(i % CHUNK % 251);
  }
  while (length > 0) {
    size_t run = length < CHUNK ? length : CHUNK;
    if (memcmp(data, chunk + position % CHUNK, run) != 0) return 0;
    data += run;
    length -= run;
    position += run;
  }
  return 1;
}
