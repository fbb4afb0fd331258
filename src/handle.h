/* Handles: any handle of libuv, the userdata that Lua holds of it, its owner and its end.
 * Floor 3.
 * Owns each net_handle (malloc), freed in its close callback and nowhere else. */
#ifndef UVNET_HANDLE_H
#define UVNET_HANDLE_H

#include "loop.h"

/* Rules of lifetime.
 *
 * 1. Lua holds a box: a userdata with a pointer. The net_handle stands apart, on the heap. They point at each other, and
 *    either may die first: closing cuts the tie at once, collecting a box closes its handle.
 * 2. An attached handle is pinned: its owner (a Lua object: a socket, a server) is in the objects table from before the
 *    first call that lets libuv call us until the close callback. So every callback finds its owner, and an open
 *    connection is not taken by the collector, read or not. A handle that was never attached is its box's alone.
 * 3. ref and unref say what run waits for. They have nothing to do with pins.
 *
 * What happens to a handle is told to its owner by method: owner:_onread(chunk), owner:_onclosed(). Whoever is attached
 * when it happens is told, so a handle that gets another owner serves that one from then on.
 */

typedef struct net_handle net_handle;

/* A type of handles. Each has one, const and static, in the file that knows its libuv type; core.c has their list. Its
 * struct begins with a net_handle, and libuv's handle lies somewhere behind that. */
typedef struct net_type {
  const char *name; /* of the function of the core that makes one */
  size_t size;      /* of its struct */
  uint8_t uv;       /* where in that libuv's handle lies */
  int is_stream;    /* it begins with a net_stream (stream.h) */
  /* Has libuv initialize its handle. Gives back a status: below 0, there is nothing to be closed. */
  int (*init)(net_loop *loop, net_handle *handle, const void *argument);
  void (*leave)(
      net_handle
          *handle); /* ends what it does past its owner, who loses it: it closes, or gets another one */
  int (*open)(net_handle *handle,
              lua_Integer fd);    /* takes a descriptor that exists; NULL: it cannot. See fd.h */
  const luaL_Reg *const *methods; /* lists of them; what every handle has comes on top */
  lua_CFunction create;           /* the function that makes one; NULL: net_handle_create */
} net_type;

/* There may be a hundred thousand of them, so what can be packed is. The type is the `data` of libuv's handle. */
struct net_handle {
  struct net_box *box;     /* NULL once closing */
  const void *owner;       /* the address of the Lua object that it is attached to, to compare with */
  int ref;                 /* of that in the objects table, or LUA_NOREF */
  uint16_t read_in : 2;    /* of a stream: see stream.h */
  uint16_t held : 14;      /* calls of libuv under way that need it open: what closes it waits for them */
  uint8_t uv;              /* where libuv's handle lies, as its type says */
  uint8_t tell_closed : 2; /* whether the owner wants to hear of the end: net_handle_tells */
  uint8_t stage : 2;       /* of a stream: see stream.h */
  uint8_t closing : 1;     /* it is, or will be once nobody holds it */
  uint8_t handed : 1;      /* its descriptor was there before us: see blocking.h */
  uint8_t met : 1;         /* a chunk has gone straight to its owner's `data` listener, */
  uint8_t known : 1;       /* which is remembered: see stream_fast.c */
};

typedef struct net_box net_box;

static inline uv_handle_t *net_handle_uv(const net_handle *handle) {
  return (uv_handle_t *)((char *)handle + handle->uv);
}

static inline const net_type *net_handle_type(const net_handle *handle) {
  return (const net_type *)net_handle_uv(handle)->data;
}

/* In libuv's callbacks: whose handle it is. */
static inline net_handle *net_handle_from(const void *uv) {
  return (net_handle *)((char *)uv - ((const net_type *)((const uv_handle_t *)uv)->data)->uv);
}

static inline net_loop *net_handle_loop(const net_handle *handle) {
  return net_loop_from(net_handle_uv(handle)->loop);
}

/* ---- making one ---- */

/* A handle without a box; NULL and *status on failure. The argument is for the type's `init`. Never raises. */
net_handle *net_handle_new(net_loop *loop, const net_type *type, const void *argument, int *status);

/* The same in memory that was allocated before; it is the handle's if that is made. */
net_handle *net_handle_new_in(void *memory, net_loop *loop, const net_type *type, const void *argument,
                              int *status);

/* Pushes a new box for a handle of the type that holds none yet. Raises. */
net_box *net_box_push(lua_State *L, const net_type *type);
void net_box_take(net_box *box, net_handle *handle);

/* Pushes a new box with a new handle, or what tells of the failure; gives back how many values. Raises. */
int net_box_new(lua_State *L, net_loop *loop, const net_type *type, const void *argument);

/* The function that makes a handle whose `init` needs no argument. Upvalue 1 is the loop, upvalue 2 the type, as they are
 * of the `create` of a type. */
int net_handle_create(lua_State *L);
static inline const net_type *net_type_upvalue(lua_State *L) {
  return (const net_type *)lua_touserdata(L, lua_upvalueindex(2));
}

/* ---- whose one is ---- */

/* The open handle of argument `index`, or NULL if it is closed. Raises if it is no box. */
net_handle *net_handle_check(lua_State *L, int index);

/* The same if it is of this type; else NULL. */
static inline net_handle *net_handle_check_type(lua_State *L, int index, const net_type *type) {
  net_handle *handle = net_handle_check(L, index);
  return handle != NULL && net_handle_type(handle) == type ? handle : NULL;
}

/* Pushes what getmetatable shows of boxes, and of nothing else. */
void net_box_push_kind(lua_State *L);

/* The open handle of a box, or of another userdata that is not smaller; or NULL. */
net_handle *net_box_handle(const net_box *box);

/* The open handle of any value, or NULL. Never raises. */
net_handle *net_handle_test(lua_State *L, int index);

/* Attaches a handle to the table at `index`, as handle:attach(object) does. Raises before anything is done. */
void net_handle_attach(lua_State *L, net_handle *handle, int index);

/* The `data` listener of its owner, if it is remembered, changes. Raises nothing. */
void net_handle_forget_listener(lua_State *L, net_handle *handle);

/* ---- what its owner is told ---- */

/* The owner's methods. To tell of something new, add one here, and its name in handle.c. */
enum net_method {
  NET_ON_READ, /* _onread(chunk), or nil, code, errno, sentence */
  NET_ON_WRITTEN, /* _onwritten(closing) or (closing, code, errno, sentence); closing: what close() gave, or nil */
  NET_ON_SHUTDOWN,  /* _onshutdown(closing), and the same */
  NET_ON_OVER,      /* _onover(): both sides are over, and nobody hears of it: stream_lazy.c */
  NET_ON_CONNECTED, /* _onconnected(), or code, errno, sentence */
  NET_ON_CONNECTION, /* _onconnection(handle); (handle, code, …): to be dropped; or nil, code, errno, sentence */
  NET_ON_CLOSED,   /* _onclosed() */
  NET_ON_EXIT,     /* _onexit(status, signal) */
  NET_ON_SIGNAL,   /* _onsignal(number) */
  NET_ON_IDLE,     /* _onidle() */
  NET_ON_DEADLINE, /* _ondeadline() */
  NET_METHODS
};

/* What a callback of libuv has to tell. It lies on the C stack, as the beginning of a struct with the rest. */
typedef struct net_event {
  net_handle *handle;
  enum net_method method;
  int (*push)(lua_State *L,
              struct net_event *event); /* pushes the arguments, gives back how many. May raise. */
} net_event;

/* Calls the owner's method, if there is an owner. LUA_OK, or the status of what was raised. Never raises. */
int net_handle_tell(net_event *event);

/* ---- its end ---- */

enum net_handle_tells { NET_TELL_NOBODY, NET_TELL_OWNER, NET_TELL_LISTENER /* if it has one for `close` */ };

/* Begins to close. `tell`: whether the owner's _onclosed is called at the end. Never raises. */
void net_handle_close(net_handle *handle, enum net_handle_tells tell);

/* While it is held, libuv's handle stays open: it is sent along with a write, say. So often and no more. Never raise. */
enum { NET_MOST_HELD = (1 << 14) - 1 };
static inline void net_handle_hold(net_handle *handle) { handle->held++; }
void net_handle_release(net_handle *handle);

/* Makes the metatables of these types' boxes, and puts the functions that make one into the table on top of the stack. */
void net_handle_open(lua_State *L, net_loop *loop, const net_type *const *types);

#endif
