/* A request to libuv: taken, released in its callback, given back.
 * Floor 4.
 * Owns each net_req (malloc) from take to its callback, and the anchor of the Lua value that libuv reads from. */
#ifndef UVNET_REQ_H
#define UVNET_REQ_H

#include "handle.h"

typedef struct net_req {
  net_handle *handle;
  net_handle *sent; /* a handle that goes along with a write, and is held meanwhile; or NULL */
  int ref;          /* in the registry: the strings that a write still needs, or LUA_NOREF */
  int is_part;      /* of a write that goes in portions, but not the last of them */
  union {
    uv_req_t req;
    uv_write_t write;
    uv_connect_t connect;
    uv_shutdown_t shutdown;
  } uv;
} net_req;

static inline net_req *net_req_from(const void *uv) {
  return (net_req *)((char *)uv - offsetof(net_req, uv));
}

/* A request for a handle that anchors the value on top of the stack (popped; nil: nothing). NULL when memory is short,
 * nothing anchored then. Raises before it has taken anything. */
net_req *net_req_take(lua_State *L, net_handle *handle);

/* The same without the state, for `size` bytes of C that libuv will read: they lie at net_req_bytes. Never raises. */
net_req *net_req_new(net_handle *handle, size_t size);
static inline char *net_req_bytes(net_req *req) { return (char *)(req + 1); }

/* For a call that libuv refused; L may be NULL for one of net_req_new. */
void net_req_give_back(lua_State *L, net_req *req);

/* In its callback: frees it and its anchor; returns the handle. Never
 * raises. */
net_handle *net_req_release(net_req *req);

#endif
