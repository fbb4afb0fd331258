/* Fuzzes the trie of prefixes: whatever is added and taken away, it answers as a plain list does.
 *   clang -std=c99 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -I src fuzz/trie.c src/trie.c -o trie &&
 *     ./trie -max_len=512 -max_total_time=60 */
#include <stddef.h>
#include <stdint.h>

#include "demand.h"
#include "trie.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

enum { MOST = 256, STEP = 4 };

typedef struct range {
  net_key from, to;
} range;

/* Keys that have much in common: each bit of a byte decides a part of the key. */
static net_key key_of(uint8_t byte) {
  net_key key = {0, 0};
  if (byte & 0x80) key.high = ~(uint64_t)0;
  if (byte & 0x40) key.high ^= (uint64_t)1 << (byte & 0x3f);
  if (byte & 0x20) key.low = ~(uint64_t)0;
  key.low ^= (uint64_t)byte << 56 | (byte & 0x0f);
  return key;
}

static int within(const range *one, net_key key) {
  return net_key_compare(one->from, key) <= 0 && net_key_compare(key, one->to) <= 0;
}

static void change(net_trie *trie, const range *one, int add) {
  net_prefix prefixes[NET_RANGE_PREFIXES];
  int count = net_range_prefixes(one->from, one->to, prefixes);
  demand(count >= 0 && count <= NET_RANGE_PREFIXES);
  if (add) demand(net_trie_reserve(trie, count));
  for (int i = 0; i < count; i++) {
    if (add) {
      net_trie_add(trie, &prefixes[i]);
    } else {
      net_trie_remove(trie, &prefixes[i]);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  net_trie trie = {0};
  range list[MOST];
  int count = 0;
  for (size_t at = 0; at + STEP <= size; at += STEP) {
    const uint8_t *step = input + at;
    range one = {key_of(step[1]), key_of(step[2])};
    if (step[0] & 2) {
      /* A prefix. */
      int bits = step[2] % (NET_KEY_BITS + 1);
      net_key mask = net_key_mask((net_key){~(uint64_t)0, ~(uint64_t)0}, bits);
      one.from = net_key_mask(one.from, bits);
      one.to = (net_key){one.from.high | ~mask.high, one.from.low | ~mask.low};
    }
    if ((step[0] & 1) != 0 && count > 0) {
      int which = step[3] % count;
      change(&trie, &list[which], 0);
      list[which] = list[--count];
    } else if (count < MOST) {
      list[count++] = one;
      change(&trie, &one, 1);
    }
    net_key asked[] = {key_of(step[3]), one.from, one.to};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
      int expected = 0;
      for (int j = 0; j < count; j++) expected |= within(&list[j], asked[i]);
      demand(net_trie_has(&trie, asked[i]) == expected);
    }
  }
  while (count > 0) change(&trie, &list[--count], 0);
  demand(trie.root == 0);
  demand(trie.spare + (trie.used > 0) == trie.used);
  net_trie_clear(&trie);
  return 0;
}
