/* Times that are put off again and again: lists of what waits, one for each duration.
 * Floor 1.
 * Owns its lists and their heap (malloc); who waits belongs to its owner. */
#include "idle.h"

#include <stdlib.h>
#include <string.h>

typedef struct net_idle_list list_t;

/* ---- the heap ---- */

static void place(struct net_idle_lists *lists, list_t *list, size_t at) {
  lists->heap[at - 1] = list;
  list->at = at;
}

static void sift_up(struct net_idle_lists *lists, list_t *list) {
  size_t at = list->at;
  while (at > 1 && list->due < lists->heap[at / 2 - 1]->due) {
    place(lists, lists->heap[at / 2 - 1], at);
    at /= 2;
  }
  place(lists, list, at);
}

static void sift_down(struct net_idle_lists *lists, list_t *list) {
  size_t at = list->at;
  for (size_t child = at * 2; child <= lists->count; child = at * 2) {
    if (child < lists->count && lists->heap[child]->due < lists->heap[child - 1]->due) child++;
    if (lists->heap[child - 1]->due >= list->due) break;
    place(lists, lists->heap[child - 1], at);
    at = child;
  }
  place(lists, list, at);
}

static void leave_heap(struct net_idle_lists *lists, list_t *list) {
  size_t at = list->at;
  if (at == 0) return;
  list->at = 0;
  list_t *last = lists->heap[--lists->count];
  if (last == list) return;
  place(lists, last, at);
  sift_up(lists, last);
  sift_down(lists, last);
}

/* ---- the lists ---- */

static list_t **bucket_of(struct net_idle_lists *lists, uint64_t duration) {
  return &lists->by_duration[duration % NET_IDLE_BUCKETS];
}

/* The heap has room for all lists, so that nothing has to be made when one begins to wait. */
static int make_room(struct net_idle_lists *lists) {
  if (lists->lists < lists->room) return 1;
  size_t room = lists->room == 0 ? 8 : lists->room * 2;
  list_t **heap = (list_t **)realloc(lists->heap, room * sizeof(list_t *));
  if (heap == NULL) return 0;
  lists->heap = heap;
  lists->room = room;
  return 1;
}

int net_idle_init(struct net_idle_lists *lists, net_idle *idle, uint64_t duration) {
  list_t **bucket = bucket_of(lists, duration);
  list_t *list = *bucket;
  while (list != NULL && list->duration != duration) list = list->chain;
  if (list == NULL) {
    if (!make_room(lists)) return 0;
    list = (list_t *)malloc(sizeof *list);
    if (list == NULL) return 0;
    memset(list, 0, sizeof *list);
    list->duration = duration;
    list->ring.next = list->ring.previous = &list->ring;
    list->chain = *bucket;
    *bucket = list;
    lists->lists++;
  }
  list->users++;
  idle->list = list;
  idle->next = idle->previous = NULL;
  return 1;
}

void net_idle_stop(net_idle *idle) {
  if (idle->next == NULL) return;
  idle->previous->next = idle->next;
  idle->next->previous = idle->previous;
  idle->next = idle->previous = NULL;
}

void net_idle_remove(struct net_idle_lists *lists, net_idle *idle) {
  list_t *list = idle->list;
  if (list == NULL) return;
  net_idle_stop(idle);
  idle->list = NULL;
  if (--list->users > 0) return;
  list_t **link = bucket_of(lists, list->duration);
  while (*link != list) link = &(*link)->chain;
  *link = list->chain;
  leave_heap(lists, list);
  lists->lists--;
  free(list);
}

void net_idle_wake(struct net_idle_lists *lists, net_idle *idle, uint64_t now) {
  list_t *list = idle->list;
  idle->next = idle; /* a list of its own, to be put off from */
  idle->previous = idle;
  net_idle_put_off(idle, now);
  if (list->at != 0) return; /* what it keeps is not later */
  list->due = now / NET_NS_PER_MS + list->duration;
  list->at = ++lists->count;
  sift_up(lists, list);
}

uint64_t net_idle_next(struct net_idle_lists *lists) {
  while (lists->count > 0) {
    list_t *list = lists->heap[0];
    const net_idle *first = list->ring.next;
    if (first == &list->ring) { /* all rest */
      leave_heap(lists, list);
      continue;
    }
    uint64_t due = first->start / NET_NS_PER_MS + list->duration;
    if (due <= list->due) return list->due;
    list->due = due;
    sift_down(lists, list);
  }
  return UINT64_MAX;
}

uint32_t net_idle_first_within(const struct net_idle_lists *lists) {
  return (uint32_t)(lists->heap[0]->ring.next->start % NET_NS_PER_MS);
}

net_idle *net_idle_take(struct net_idle_lists *lists) {
  net_idle *idle = lists->heap[0]->ring.next;
  net_idle_stop(idle);
  return idle;
}

void net_idle_close(struct net_idle_lists *lists) {
  for (int i = 0; i < NET_IDLE_BUCKETS; i++) {
    while (lists->by_duration[i] != NULL) {
      list_t *list = lists->by_duration[i];
      lists->by_duration[i] = list->chain;
      free(list);
    }
  }
  free(lists->heap);
  memset(lists, 0, sizeof *lists);
}
