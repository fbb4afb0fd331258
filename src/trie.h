/* A set of prefixes of 128-bit keys, each with a count: is a key within any of them? A binary trie without nodes that
 * decide nothing, so there are at most two for each prefix, and a question takes at most 128 steps, mostly few.
 * Floor 0.
 * Owns its nodes, one block (realloc). */
#ifndef UVNET_TRIE_H
#define UVNET_TRIE_H

#include <stdint.h>

typedef struct net_key {
  uint64_t high, low;
} net_key;

enum {
  NET_KEY_BITS = 128,
  NET_RANGE_PREFIXES = 2 * NET_KEY_BITS - 2 /* at most, that a range of keys falls into */
};

typedef struct net_prefix {
  net_key key; /* its bits behind the prefix are 0 */
  int bits;
} net_prefix;

typedef struct net_trie {
  struct net_trie_node *nodes; /* the first stands for "none" */
  uint32_t used;               /* of the block */
  uint32_t size;               /* of the block */
  uint32_t freed;              /* the first of a list of nodes that are free again */
  uint32_t spare;              /* how many those are */
  uint32_t root;
} net_trie;

static inline int net_key_compare(net_key a, net_key b) {
  if (a.high != b.high) return a.high < b.high ? -1 : 1;
  return a.low < b.low ? -1 : a.low > b.low;
}

/* The first `bits` bits of a key, zeros behind them. */
net_key net_key_mask(net_key key, int bits);

/* Makes room for `count` more prefixes, so that adding them cannot fail. Returns 0 when there is no memory. */
int net_trie_reserve(net_trie *trie, int count);

/* Adds a prefix, for which there is room, or one more of it. */
void net_trie_add(net_trie *trie, const net_prefix *prefix);

/* Takes away one of a prefix. One that is not there is let pass. */
void net_trie_remove(net_trie *trie, const net_prefix *prefix);

/* Is the key within a prefix? */
int net_trie_has(const net_trie *trie, net_key key);

/* Forgets all, and gives its memory back. */
void net_trie_clear(net_trie *trie);

/* The prefixes that a range of keys, both ends included, falls into: how many. */
int net_range_prefixes(net_key from, net_key to, net_prefix prefixes[NET_RANGE_PREFIXES]);

#endif
