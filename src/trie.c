/* A set of prefixes of 128-bit keys, each with a count: is a key within any of them?
 * Floor 0.
 * Owns its nodes, one block (realloc). */
#include "trie.h"

#include <stdlib.h>
#include <string.h>

enum { HALF = 64, FIRST_SIZE = 16 };

/* A node is a prefix of the set, if its count says so, or where two part. */
typedef struct net_trie_node {
  net_key key;
  uint32_t
      child[2]; /* by the bit behind the prefix; 0: none. Of a free node the first is the next free one */
  uint32_t count;
  int32_t bits;
} node;

net_key net_key_mask(net_key key, int bits) {
  net_key masked = {0, 0};
  if (bits >= HALF) {
    masked.high = key.high;
    if (bits > HALF) masked.low = key.low & (~(uint64_t)0 << (NET_KEY_BITS - bits));
  } else if (bits > 0) {
    masked.high = key.high & (~(uint64_t)0 << (HALF - bits));
  }
  return masked;
}

static int bit_of(net_key key, int at) {
  return (int)((at < HALF ? key.high >> (HALF - 1 - at) : key.low >> (NET_KEY_BITS - 1 - at)) & 1);
}

static int same(net_key a, net_key b) { return a.high == b.high && a.low == b.low; }

/* How many bits two keys have in common, `limit` at most. */
static int common_bits(net_key a, net_key b, int limit) {
  uint64_t differ = a.high ^ b.high;
  int bits = 0;
  if (differ == 0) {
    differ = a.low ^ b.low;
    bits = HALF;
  }
  while (bits < limit && (differ >> (HALF - 1)) == 0) {
    differ <<= 1;
    bits++;
  }
  return bits < limit ? bits : limit;
}

int net_trie_reserve(net_trie *trie, int count) {
  uint64_t wanted = (uint64_t)trie->used + 2 * (uint64_t)count + 1 - trie->spare;
  if (wanted <= trie->size) return 1;
  uint64_t size = trie->size < FIRST_SIZE ? FIRST_SIZE : trie->size;
  while (size < wanted) size *= 2;
  if (size > UINT32_MAX / sizeof(node)) return 0;
  node *nodes = (node *)realloc(trie->nodes, (size_t)size * sizeof *nodes);
  if (nodes == NULL) return 0;
  if (trie->nodes == NULL) {
    memset(nodes, 0, sizeof *nodes);
    trie->used = 1;
  }
  trie->nodes = nodes;
  trie->size = (uint32_t)size;
  return 1;
}

static uint32_t new_node(net_trie *trie, uint32_t count, net_key key, int bits) {
  uint32_t index = trie->freed;
  if (index != 0) {
    trie->freed = trie->nodes[index].child[0];
    trie->spare--;
  } else {
    index = trie->used++;
  }
  node *made = &trie->nodes[index];
  made->key = net_key_mask(key, bits);
  made->bits = bits;
  made->count = count;
  made->child[0] = made->child[1] = 0;
  return index;
}

static void free_node(net_trie *trie, uint32_t index) {
  trie->nodes[index].child[0] = trie->freed;
  trie->freed = index;
  trie->spare++;
}

void net_trie_add(net_trie *trie, const net_prefix *prefix) {
  uint32_t *link = &trie->root; /* no node is moved: there is room */
  while (*link != 0) {
    node *at = &trie->nodes[*link];
    int limit = at->bits < prefix->bits ? at->bits : prefix->bits;
    int common = common_bits(at->key, prefix->key, limit);
    if (common == at->bits && common == prefix->bits) {
      at->count++;
      return;
    }
    if (common < at->bits) {
      /* The new one is above, or beside it. */
      uint32_t above = new_node(trie, common == prefix->bits, prefix->key, common);
      trie->nodes[above].child[bit_of(at->key, common)] = *link;
      if (common < prefix->bits) {
        uint32_t beside = new_node(trie, 1, prefix->key, prefix->bits);
        trie->nodes[above].child[bit_of(prefix->key, common)] = beside;
      }
      *link = above;
      return;
    }
    link = &at->child[bit_of(prefix->key, at->bits)];
  }
  *link = new_node(trie, 1, prefix->key, prefix->bits);
}

/* A node that is no prefix any more and where nothing parts goes. */
static void splice(net_trie *trie, uint32_t *link) {
  uint32_t index = *link;
  const node *at = &trie->nodes[index];
  if (index == 0 || at->count > 0 || (at->child[0] != 0 && at->child[1] != 0)) return;
  *link = at->child[0] != 0 ? at->child[0] : at->child[1];
  free_node(trie, index);
}

void net_trie_remove(net_trie *trie, const net_prefix *prefix) {
  uint32_t *above = NULL;
  uint32_t *link = &trie->root;
  while (*link != 0) {
    node *at = &trie->nodes[*link];
    if (at->bits > prefix->bits || !same(net_key_mask(prefix->key, at->bits), at->key)) return;
    if (at->bits == prefix->bits) {
      if (at->count == 0 || --at->count > 0) return;
      splice(trie, link);
      if (above != NULL) splice(trie, above);
      return;
    }
    above = link;
    link = &at->child[bit_of(prefix->key, at->bits)];
  }
}

int net_trie_has(const net_trie *trie, net_key key) {
  uint32_t index = trie->root;
  while (index != 0) {
    const node *at = &trie->nodes[index];
    if (!same(net_key_mask(key, at->bits), at->key)) return 0;
    if (at->count > 0) return 1;
    if (at->bits == NET_KEY_BITS) return 0;
    index = at->child[bit_of(key, at->bits)];
  }
  return 0;
}

void net_trie_clear(net_trie *trie) {
  free(trie->nodes);
  memset(trie, 0, sizeof *trie);
}

/* ---- ranges ---- */

/* The last key that has these first bits. */
static net_key last_of(net_key key, int bits) {
  net_key mask = net_key_mask((net_key){~(uint64_t)0, ~(uint64_t)0}, bits);
  return (net_key){key.high | ~mask.high, key.low | ~mask.low};
}

/* Each step takes the largest block that begins at `from` and does not reach beyond `to`. */
int net_range_prefixes(net_key from, net_key to, net_prefix prefixes[NET_RANGE_PREFIXES]) {
  int count = 0;
  while (net_key_compare(from, to) <= 0) {
    int bits = NET_KEY_BITS;
    while (bits > 0 && same(net_key_mask(from, bits - 1), from) &&
           net_key_compare(last_of(from, bits - 1), to) <= 0)
      bits--;
    prefixes[count].key = from;
    prefixes[count++].bits = bits;
    from = last_of(from, bits);
    if (net_key_compare(from, to) >= 0) break; /* it may be the last key of all */
    if (++from.low == 0) from.high++;
  }
  return count;
}
