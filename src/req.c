/* A request to libuv: taken, released in its callback, given back.
 * Floor 4.
 * Owns each net_req (malloc) from take to its callback, and the anchor of the Lua value that libuv reads from. */
#include "req.h"

#include <stdlib.h>

net_req *net_req_new(net_handle *handle, size_t size) {
  net_req *req = (net_req *)malloc(sizeof *req + size);
  if (req == NULL) return NULL;
  req->handle = handle;
  req->ref = LUA_NOREF;
  req->sent = NULL;
  req->is_part = 0;
  return req;
}

net_req *net_req_take(lua_State *L, net_handle *handle) {
  int ref = LUA_NOREF;
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
  } else {
    ref = luaL_ref(L, LUA_REGISTRYINDEX);
  }
  net_req *req = net_req_new(handle, 0);
  if (req == NULL) {
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    return NULL;
  }
  req->ref = ref;
  return req;
}

void net_req_give_back(lua_State *L, net_req *req) {
  if (L != NULL) luaL_unref(L, LUA_REGISTRYINDEX, req->ref);
  free(req);
}

net_handle *net_req_release(net_req *req) {
  net_handle *handle = req->handle;
  lua_State *L = net_handle_loop(handle)->L;
  /* When Lua is not entered, the state is closing and takes its registry with it. */
  if (L != NULL) luaL_unref(L, LUA_REGISTRYINDEX, req->ref);
  free(req);
  return handle;
}
