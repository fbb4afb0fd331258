/* Times that are put off again and again: lists of what waits, one for each duration.
 * Floor 1.
 * Owns its lists and their heap (malloc); who waits belongs to its owner. */
#ifndef UVNET_IDLE_H
#define UVNET_IDLE_H

#include <stddef.h>
#include <stdint.h>

/* Whoever waits stands at the end of the list of its duration, and goes there again when it is put off. So a list is in the
 * order in which it will be due, by construction, and putting off costs the same however many wait. The lists stand in
 * a heap by what is due first. Of a list it keeps the least that can be, for what is put off is due later, never sooner:
 * that is looked at when it comes to the top. Moments are in ns, durations and what is due in ms. */
enum { NET_NS_PER_MS = 1000000 };

typedef struct net_idle {
  struct net_idle *next, *previous; /* NULL: it rests, until it is put off */
  struct net_idle_list *list;
  struct net_idle *other; /* of the same owner, for the owner's use, as are the next three */
  void *owner;
  size_t pending;
  uint64_t what : 2;
  uint64_t start : 62;
} net_idle;

struct net_idle_list {
  net_idle ring; /* its next is the first */
  uint64_t duration, due;
  size_t users; /* who wait in it or rest */
  size_t at;    /* in the heap, counted from 1; 0: not there */
  struct net_idle_list *chain;
};

enum { NET_IDLE_BUCKETS = 64 };

struct net_idle_lists {
  struct net_idle_list **heap;
  size_t count, room, lists;
  struct net_idle_list *by_duration[NET_IDLE_BUCKETS];
};

/* Gives one a duration; it rests. False when memory is short. */
int net_idle_init(struct net_idle_lists *lists, net_idle *idle, uint64_t duration);

/* Takes it away. */
void net_idle_remove(struct net_idle_lists *lists, net_idle *idle);

/* Has it rest. */
void net_idle_stop(net_idle *idle);

/* One that has rested begins to wait. */
void net_idle_wake(struct net_idle_lists *lists, net_idle *idle, uint64_t now);

/* Puts off one that waits. */
static inline void net_idle_put_off(net_idle *idle, uint64_t now) {
  net_idle *ring = &idle->list->ring;
  idle->start = now & (UINT64_MAX >> 2); /* 62 bits: 146 years of the clock */
  if (idle->next == ring) return;
  idle->previous->next = idle->next;
  idle->next->previous = idle->previous;
  idle->next = ring;
  idle->previous = ring->previous;
  ring->previous->next = idle;
  ring->previous = idle;
}

/* When is something due, in ms? UINT64_MAX: never. */
uint64_t net_idle_next(struct net_idle_lists *lists);

/* Of the first that is due: how far the ms in which its time began had gone, in ns. */
uint32_t net_idle_first_within(const struct net_idle_lists *lists);

/* The first that is due, which rests from now on; net_idle_next has told that there is one. */
net_idle *net_idle_take(struct net_idle_lists *lists);

/* At the end: frees what is left. */
void net_idle_close(struct net_idle_lists *lists);

#endif
