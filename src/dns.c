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
} net_lookup;

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

static void on_lookup(uv_getaddrinfo_t *req, int status, struct addrinfo *answer) {
  net_lookup *lookup = (net_lookup *)req->data;
  net_loop *loop = net_loop_from(req->loop);
  lookup->status = status;
  lookup->answer = answer;
  if (lookup->next != NULL) lookup->next->link = lookup->link;
  *lookup->link = lookup->next;
  net_enter(loop, NET_DOOR_LOOKUP, &lookup); /* by way of this stack: see loop_run */
  if (loop->L != NULL) luaL_unref(loop->L, LUA_REGISTRYINDEX, lookup->ref);
  uv_freeaddrinfo(answer);
  free(lookup);
}

static void cancel_all(net_loop *loop) {
  for (net_lookup *lookup = loop->lookups; lookup != NULL; lookup = lookup->next)
    uv_cancel((uv_req_t *)&lookup->req);
}

/* getaddrinfo(host, family, hints, callback); upvalue 1 is the loop. */
static int dns_getaddrinfo(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  const char *host = luaL_checkstring(L, 1);
  lua_Integer family = luaL_checkinteger(L, 2);
  luaL_checktype(L, 4, LUA_TFUNCTION);
  if (!loop->open) return net_fail(L, UV_ECANCELED);
  struct addrinfo hints;
  memset(&hints, 0, sizeof hints);
  hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = (int)luaL_checkinteger(L, 3);

  lua_settop(L, 4);
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  net_lookup *lookup = (net_lookup *)malloc(sizeof *lookup);
  int status = UV_ENOMEM;
  if (lookup != NULL) {
    lookup->req.data = lookup;
    lookup->ref = ref;
    status = uv_getaddrinfo(loop->uv, &lookup->req, on_lookup, host, NULL, &hints);
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
  net_loop_set_door(L, NET_DOOR_LOOKUP, deliver_lookup);
}
