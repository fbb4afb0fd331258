/* Looking up the addresses of names and the names of addresses, in libuv's threads.
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
  union {
    uv_getaddrinfo_t address;
    uv_getnameinfo_t name;
  } req;
  struct net_lookup *next, **link;
  int ref; /* the Lua callback, in the registry */
  int status;
  struct addrinfo *answer;
  struct addrinfo hints;
  struct sockaddr_storage where; /* whose name is asked for; family 0: an address is */
  int name_flags;
  char *host;       /* behind the struct */
  int answered;     /* without threads: see ask_without_threads */
  uv_timer_t timer; /* and this tells of it */
} net_lookup;

/* libuv's threads are not in a child that has been forked. It starts others; but how many of those that have gone were
 * looking up names it never forgets, and as it lets half of its threads do that, it may let none any more. So where names
 * were being looked up as a process was forked, the child has no threads for that: it asks, and waits for the answer. */
static volatile int under_way, without_threads;
static volatile unsigned asked_in; /* net_loop_forks then */

/* The callback gets nil and a list (address, family, address, family, ...), or nil, a name and a service; or code and
 * errno. */
static int deliver_lookup(lua_State *L) {
  const net_lookup *lookup = *(net_lookup **)lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, lookup->ref);
  if (lookup->status < 0) {
    lua_call(L, net_fail_push(L, lookup->status), 0);
    return 0;
  }
  lua_pushnil(L);
  if (lookup->where.ss_family != 0) {
    lua_pushstring(L, lookup->req.name.host);
    lua_pushstring(L, lookup->req.name.service);
    lua_call(L, 3, 0);
    return 0;
  }
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
static void count_asked(int by) {
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

static void answer(net_lookup *lookup, uv_loop_t *uv, int status) {
  lookup->status = status;
  count_asked(-1);
  tell_asker(net_loop_from(uv), lookup);
  free(lookup);
}

static void on_address(uv_getaddrinfo_t *req, int status, struct addrinfo *answers) {
  net_lookup *lookup = (net_lookup *)req->data;
  lookup->answer = answers;
  answer(lookup, req->loop, status);
}

static void on_name(uv_getnameinfo_t *req, int status, const char *host, const char *service) {
  (void)host; /* they are in the request */
  (void)service;
  answer((net_lookup *)req->data, req->loop, status);
}

/* The timer has no data, by which the loop knows that it is no net_handle. */
static net_lookup *of_timer(void *timer) {
  return (net_lookup *)(void *)((char *)timer - offsetof(net_lookup, timer));
}

static void on_told(uv_handle_t *timer) { free(of_timer(timer)); }

static void on_answered(uv_timer_t *timer) {
  net_lookup *lookup = of_timer(timer);
  uv_close((uv_handle_t *)timer, on_told);
  tell_asker(net_loop_from(timer->loop), lookup);
}

/* Without a callback libuv answers at once. */
static int request(net_loop *loop, net_lookup *lookup, int waits) {
  if (lookup->where.ss_family != 0) {
    lookup->req.name.data = lookup;
    return uv_getnameinfo(loop->uv, &lookup->req.name, waits ? NULL : on_name,
                          (const struct sockaddr *)&lookup->where, lookup->name_flags);
  }
  lookup->req.address.data = lookup;
  return uv_getaddrinfo(loop->uv, &lookup->req.address, waits ? NULL : on_address, lookup->host, NULL,
                        &lookup->hints);
}

/* Asks at once, and lets the loop tell of it. */
static int ask_without_threads(net_loop *loop, net_lookup *lookup) {
  lookup->status = request(loop, lookup, 1);
  if (lookup->status == UV_ENOMEM) return UV_ENOMEM;
  if (lookup->status == 0 && lookup->where.ss_family == 0) lookup->answer = lookup->req.address.addrinfo;
  lookup->answered = 1;
  uv_timer_init(loop->uv, &lookup->timer);
  lookup->timer.data = NULL;
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
  int status = request(loop, lookup, 0);
  if (status == 0) count_asked(1);
  return status;
}

#ifndef _WIN32

/* What libuv still holds, and would wait for for ever, is taken from its count. What the threads have answered is told by
 * the loop; its memory and that of the requests that nobody will answer is not asked for back. */
static void after_fork(net_loop *loop, int goes_on) {
  for (net_lookup *lookup = loop->lookups, *next; lookup != NULL; lookup = next) {
    next = lookup->next;
    int is_name = lookup->where.ss_family != 0;
    if (lookup->answered) continue;
    if ((is_name ? lookup->req.name.work_req.work : lookup->req.address.work_req.work) == NULL) continue;
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

/* Room for a lookup, with the callback that is on top of the stack, and for some bytes behind it; NULL if there is none. */
static net_lookup *new_lookup(lua_State *L, size_t size) {
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  net_lookup *lookup = (net_lookup *)calloc(1, sizeof *lookup + size);
  if (lookup == NULL) {
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    return NULL;
  }
  lookup->ref = ref;
  lookup->host = (char *)(lookup + 1);
  return lookup;
}

static int begin(lua_State *L, net_loop *loop, net_lookup *lookup) {
  int status = ask(loop, lookup);
  if (status < 0) {
    luaL_unref(L, LUA_REGISTRYINDEX, lookup->ref);
    free(lookup);
    return net_fail(L, status);
  }
  lookup->next = loop->lookups;
  lookup->link = &loop->lookups;
  if (lookup->next != NULL) lookup->next->link = &lookup->next;
  loop->lookups = lookup;
  return net_done(L, 0);
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
  net_lookup *lookup = new_lookup(L, length + 1);
  if (lookup == NULL) return net_fail(L, UV_ENOMEM);
  memcpy(lookup->host, host, length + 1);
  lookup->hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
  lookup->hints.ai_socktype = SOCK_STREAM;
  lookup->hints.ai_flags = (int)flags;
  return begin(L, loop, lookup);
}

/* getnameinfo(address, port, required, callback): what has no name is answered as it is, unless one is required. */
static int dns_getnameinfo(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  const char *address = luaL_checkstring(L, 1);
  lua_Integer port = luaL_checkinteger(L, 2);
  int required = lua_toboolean(L, 3);
  luaL_checktype(L, 4, LUA_TFUNCTION);
  if (!loop->open || net_loop_take_over(loop, 1) < 0) return net_fail(L, UV_ECANCELED);

  lua_settop(L, 4);
  net_lookup *lookup = new_lookup(L, 0);
  if (lookup == NULL) return net_fail(L, UV_ENOMEM);
  int status = net_addr_parse(address, (int)port, &lookup->where);
  if (status < 0) {
    luaL_unref(L, LUA_REGISTRYINDEX, lookup->ref);
    free(lookup);
    return net_fail(L, status);
  }
  lookup->name_flags = required ? NI_NAMEREQD : 0;
  return begin(L, loop, lookup);
}

static void set_integer(lua_State *L, const char *name, int value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

void net_dns_open(lua_State *L, net_loop *loop) {
  lua_pushlightuserdata(L, loop);
  lua_pushcclosure(L, dns_getaddrinfo, 1);
  lua_setfield(L, -2, "getaddrinfo");
  lua_pushlightuserdata(L, loop);
  lua_pushcclosure(L, dns_getnameinfo, 1);
  lua_setfield(L, -2, "getnameinfo");
  set_integer(L, "AI_ADDRCONFIG", AI_ADDRCONFIG);
  set_integer(L, "AI_V4MAPPED", AI_V4MAPPED);
  set_integer(L, "AI_ALL", AI_ALL);
  net_loop_at_end(loop, cancel_all);
#ifndef _WIN32
  loop->at_fork = after_fork;
#endif
  net_loop_set_entry(L, NET_ENTRY_LOOKUP, deliver_lookup);
}
