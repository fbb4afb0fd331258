/* Stream handles: the userdata, the libuv handle apart from it, their ties and their end.
 * Floor 3.
 * Owns each net_handle (malloc), freed in its close callback and nowhere else. */
#ifndef UVNET_HANDLE_H
#define UVNET_HANDLE_H

#include "loop.h"

/* Rules of lifetime.
 *
 * 1. Lua holds a box: a userdata with a pointer. The net_handle stands apart, on the heap. They point at each other, and
 *    either may die first: closing cuts the tie at once, collecting a box closes its handle.
 * 2. An attached handle is pinned: its Lua object (a socket, a server) is in the objects table from before the first call
 *    that lets libuv call us until the close callback. So every callback finds its object, and an open connection is not
 *    taken by the collector, read or not. A handle that was never attached is its box's alone.
 * 3. ref and unref say what run waits for. They have nothing to do with pins.
 */
enum net_handle_flag {
  NET_READ_DIRECT = 1,  /* a chunk goes straight to the one `data` listener */
  NET_WRITE_DIRECT = 2, /* nothing stands between write() and the system */
  NET_TELL_CLOSED = 4,  /* the object wants to hear of the end */
  NET_CONNECTING = 8,   /* to a path: see pipe_connect */
  NET_READ_TEXT = 16,   /* what goes straight to the listener has to be UTF-8, whole characters */
  NET_LISTENING = 32,   /* at a path: see handle_listen */
  NET_HANDED = 64       /* its descriptor was there before us: see blocking.h */
};

typedef struct net_handle {
  struct net_box *box;        /* NULL once closing */
  uint64_t bytes_read;        /* received */
  uint64_t bytes_written;     /* given to libuv */
  uint64_t active;            /* the moment of the last traffic, for idle timeouts */
  struct net_handle *pipe_to; /* what is read goes there, past Lua; it is the other's pipe_from */
  struct net_handle *pipe_from;
  uint32_t read_in;  /* the run in which it was read last */
  int ref;           /* of the Lua object in the objects table, or LUA_NOREF */
  uint32_t taken;    /* bytes that write calls of one callback have put into the system */
  uint32_t taken_in; /* that callback's number */
  uint16_t flags;    /* net_handle_flag */
  uint16_t writes;   /* requests under way */
  union {            /* last, and only as long as its kind needs */
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } uv;
} net_handle;

/* The address of the Lua object that a handle is attached to, to compare with. */
static inline const void *net_handle_object(const net_handle *handle) { return handle->uv.handle.data; }

typedef struct net_box {
  net_handle *handle; /* NULL: closed, or not made yet */
  const void *mark;   /* says that this userdata is ours */
} net_box;

static inline net_handle *net_handle_from(const void *uv) {
  return (net_handle *)((char *)uv - offsetof(net_handle, uv));
}

static inline net_loop *net_handle_loop(const net_handle *handle) {
  return net_loop_from(handle->uv.handle.loop);
}

/* There is traffic. Its moment is in ms on the loop's clock, which stands still in a callback; so what comes within one
 * has its order in as many bits behind the point. */
enum { NET_MOMENT_BITS = 16 };

static inline void net_handle_touch(net_handle *handle) {
  net_loop *loop = net_handle_loop(handle);
  uint64_t now = uv_now(loop->uv) << NET_MOMENT_BITS;
  loop->traffic = now > loop->traffic ? now : loop->traffic + 1;
  handle->active = loop->traffic;
}

/* A handle of the type UV_TCP or UV_NAMED_PIPE without a box; NULL and *status on failure. Never raises. */
net_handle *net_handle_new(net_loop *loop, uv_handle_type type, int *status);

/* Pushes a new box that holds no handle yet. Raises. */
net_box *net_box_push(lua_State *L);
void net_box_take(net_box *box, net_handle *handle);

/* Pushes a new box with a new handle of the type, or what tells of the failure; gives back how many values. Raises. */
int net_box_new(lua_State *L, net_loop *loop, uv_handle_type type);

/* The open handle of argument `index`, or NULL if it is closed. Raises if it is no box. */
net_handle *net_handle_check(lua_State *L, int index);

/* Pushes what getmetatable shows of boxes, and of nothing else. */
void net_box_push_kind(lua_State *L);

/* The open handle of a box, or of another userdata that is not smaller; or NULL. */
net_handle *net_box_handle(const net_box *box);

/* The open handle of any value, or NULL. Never raises. */
net_handle *net_handle_test(lua_State *L, int index);

/* Begins to close. `tell`: the hook "closed" is called at the end. Never raises. */
void net_handle_close(net_handle *handle, int tell);

/* Ends the piping out of and into a handle. */
void net_handle_unpipe(net_handle *handle);

/* Makes the metatable of boxes with these methods, and the door of "closed". */
void net_handle_open(lua_State *L, net_loop *loop, const luaL_Reg *const *methods);

#endif
