/* Looking up host names by getaddrinfo, in libuv's threads.
 * Floor 3.
 * Owns each lookup (malloc) from its start to its callback; the loop's end cancels what has not begun. */
#include "dns.h"

#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <netdb.h>
#endif

#include "addr.h"
#include "fail.h"

/* The one loop of a lookup knows all that are under way by this list; its head is the loop's lookups. */
typedef struct net_lookup {
  uv_getaddrinfo_t req;
  struct net_lookup *next, **link;
  int ref; /* the Lua callback, in the registry */
  int status;
  struct addrinfo *answer;
  struct addrinfo hints;
  char *host;       /* behind the struct */
  int answered;     /* without threads: see ask_without_threads */
  uv_timer_t timer; /* and this tells of it */
} net_lookup;

/* libuv's threads are not in a child that has been forked. It starts others; but how many of those that have gone were
 * looking up names it never forgets, and as it lets half of its threads do that, it may let none any more. So where names
 * were being looked up as a process was forked, the child has no threads for that: it asks, and waits for the answer. */
static volatile int under_way, without_threads;
static volatile unsigned asked_in; /* net_loop_forks then */

/* The callback gets nil and a list (address, family, address, family, ...), or code and errno. */
static int deliver_lookup(lua_State *L) {
  const net_lookup *lookup = *(net_lookup **)lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, lookup->ref);
  if (lookup->status < 0) {
    lua_call(L, net_fail_push(L, lookup->status), 0);
    return 0;
  }
  lua_pushnil(L);
  lua_newtable(L);
  int count = 0;
  for (const struct addrinfo *one = lookup->answer; one != NULL; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    net_addr_push(L, one->ai_addr);
    lua_pop(L, 2);
    lua_rawseti(L, -2, ++count);
    lua_pushinteger(L, one->ai_family == AF_INET ? 4 : 6);
    lua_rawseti(L, -2, ++count);
  }
  lua_call(L, 2, 0);
  return 0;
}

/* ---- asking ---- */

/* Loops of several threads count. */
static void count(int by) {
#ifdef _WIN32
  (void)by; /* there are no forks */
#else
  __sync_fetch_and_add(&under_way, by);
#endif
}

static void take_out(net_lookup *lookup) {
  if (lookup->next != NULL) lookup->next->link = lookup->link;
  *lookup->link = lookup->next;
}

static void tell_asker(net_loop *loop, net_lookup *lookup) {
  take_out(lookup);
  net_enter(loop, NET_ENTRY_LOOKUP, &lookup); /* by way of this stack: see net_loop_run */
  if (loop->L != NULL) luaL_unref(loop->L, LUA_REGISTRYINDEX, lookup->ref);
  uv_freeaddrinfo(lookup->answer);
}

static void on_lookup(uv_getaddrinfo_t *req, int status, struct addrinfo *answer) {
  net_lookup *lookup = (net_lookup *)req->data;
  net_loop *loop = net_loop_from(req->loop);
  lookup->status = status;
  lookup->answer = answer;
  count(-1);
  tell_asker(loop, lookup);
  free(lookup);
}

static void on_told(uv_handle_t *timer) { free(timer->data); }

static void on_answered(uv_timer_t *timer) {
  net_lookup *lookup = (net_lookup *)timer->data;
  uv_close((uv_handle_t *)timer, on_told);
  tell_asker(net_loop_from(timer->loop), lookup);
}

/* Asks at once, and lets the loop tell of it. */
static int ask_without_threads(net_loop *loop, net_lookup *lookup) {
  lookup->status = uv_getaddrinfo(loop->uv, &lookup->req, NULL, lookup->host, NULL, &lookup->hints);
  if (lookup->status == UV_ENOMEM) return UV_ENOMEM;
  lookup->answer = lookup->status == 0 ? lookup->req.addrinfo : NULL;
  lookup->answered = 1;
  uv_timer_init(loop->uv, &lookup->timer);
  lookup->timer.data = lookup;
  return uv_timer_start(&lookup->timer, on_answered, 0, 0);
}

static int ask(net_loop *loop, net_lookup *lookup) {
  if (asked_in != net_loop_forks) {
    asked_in = net_loop_forks;
    without_threads = without_threads || under_way > 0;
    under_way = 0;
  }
  if (without_threads) return ask_without_threads(loop, lookup);
  net_loop_uses_threads();
  int status = uv_getaddrinfo(loop->uv, &lookup->req, on_lookup, lookup->host, NULL, &lookup->hints);
  if (status == 0) count(1);
  return status;
}

#ifndef _WIN32

/* What libuv still holds, and would wait for for ever, is taken from its count. What the threads have answered is told by
 * the loop; its memory and that of the requests that nobody will answer is not asked for back. */
static void after_fork(net_loop *loop, int goes_on) {
  for (net_lookup *lookup = loop->lookups, *next; lookup != NULL; lookup = next) {
    next = lookup->next;
    if (lookup->answered || lookup->req.work_req.work == NULL) continue;
    loop->uv->active_reqs.count--;
    if (goes_on && ask(loop, lookup) == 0) continue;
    take_out(lookup);
    free(lookup);
  }
  if (loop->lookups != NULL) uv_async_send(&loop->uv->wq_async);
}

#endif

static void cancel_all(net_loop *loop) {
  for (net_lookup *lookup = loop->lookups, *next; lookup != NULL; lookup = next) {
    next = lookup->next;
    if (!lookup->answered) {
      uv_cancel((uv_req_t *)&lookup->req);
      continue;
    }
    take_out(lookup);
    uv_freeaddrinfo(lookup->answer);
    uv_close((uv_handle_t *)&lookup->timer, on_told);
  }
}

/* getaddrinfo(host, family, hints, callback); upvalue 1 is the loop. */
static int dns_getaddrinfo(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  size_t length;
  const char *host = luaL_checklstring(L, 1, &length);
  luaL_argcheck(L, strlen(host) == length, 1, "a NUL in a host name");
  lua_Integer family = luaL_checkinteger(L, 2);
  luaL_checktype(L, 4, LUA_TFUNCTION);
  if (!loop->open || net_loop_take_over(loop, 1) < 0) return net_fail(L, UV_ECANCELED);
  lua_Integer flags = luaL_checkinteger(L, 3);

  lua_settop(L, 4);
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  size_t size = length + 1;
  net_lookup *lookup = (net_lookup *)malloc(sizeof *lookup + size);
  int status = UV_ENOMEM;
  if (lookup != NULL) {
    memset(lookup, 0, sizeof *lookup);
    lookup->req.data = lookup;
    lookup->ref = ref;
    lookup->host = (char *)(lookup + 1);
    memcpy(lookup->host, host, size);
    lookup->hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
    lookup->hints.ai_socktype = SOCK_STREAM;
    lookup->hints.ai_flags = (int)flags;
    status = ask(loop, lookup);
  }
  if (status < 0) {
    free(lookup);
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    return net_fail(L, status);
  }
  lookup->next = loop->lookups;
  lookup->link = &loop->lookups;
  if (lookup->next != NULL) lookup->next->link = &lookup->next;
  loop->lookups = lookup;
  return net_done(L, 0);
}

static void set_integer(lua_State *L, const char *name, int value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

void net_dns_open(lua_State *L, net_loop *loop) {
  lua_pushlightuserdata(L, loop);
  lua_pushcclosure(L, dns_getaddrinfo, 1);
  lua_setfield(L, -2, "getaddrinfo");
  set_integer(L, "AI_ADDRCONFIG", AI_ADDRCONFIG);
  set_integer(L, "AI_V4MAPPED", AI_V4MAPPED);
  set_integer(L, "AI_ALL", AI_ALL);
  net_loop_at_end(loop, cancel_all);
#ifndef _WIN32
  loop->at_fork = after_fork;
#endif
  net_loop_set_entry(L, NET_ENTRY_LOOKUP, deliver_lookup);
}
