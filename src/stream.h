/* Streams: handles that are read and written. Reading, writing, shutting down; the fast paths past the owner's methods.
 * Floor 5.
 * Owns no memory but requests under way (req.h); the read buffer is the loop's. */
#ifndef UVNET_STREAM_H
#define UVNET_STREAM_H

#include "handle.h"

enum net_stream_flag {
  NET_READ_FAST = 1,    /* a chunk goes straight to the one `data` listener */
  NET_READ_TEXT = 2,    /* of those, what is UTF-8, whole characters */
  NET_WRITE_FAST = 4,   /* nothing stands between write() and the system */
  NET_CONNECTING = 8,   /* to a path: see pipe_connect */
  NET_LISTENING = 16,   /* at a path: see stream_listen */
  NET_HALF_OPEN = 64,   /* its owner stays writable when the peer has ended */
  NET_HELD = 128,       /* a server that leaves connections in the system's queue, */
  NET_ANNOUNCED = 256,  /* one of which libuv has taken out: see on_connection */
  NET_WAITING = 512,    /* a connection that could not be accepted yet: see listener.c */
  NET_READ_TASK = 1024, /* a chunk goes straight to the task that waits */
  NET_LOST = 2048,      /* bytes were lost for want of memory, and its owner could not be told yet */
  NET_REFUSED = 4096,   /* a fast write has failed: see net_stream_refuse */
  NET_LINKED = 8192,    /* into or out of a pipe: it has a net_link */
  NET_TIMED = 16384,    /* has an idle time or a deadline */
  NET_LAZY = 32         /* its owner has no state of a stream but the stage (net/fast_path.lua) */
};

/* How far a lazy stream is. */
enum net_stage { NET_OPEN, NET_ENDED, NET_FINISHING, NET_SHUTTING };

typedef struct net_stream net_stream;

/* What a pipe needs. Most streams are in none. */
typedef struct net_link {
  net_idle *idle;
  net_stream *to; /* what is read goes there, past Lua; it is the other's `from` */
  net_stream *from;
} net_link;

struct net_stream {
  net_handle handle;
  uint64_t bytes_read;    /* received */
  uint64_t bytes_written; /* given to libuv */
  union {
    net_idle *idle; /* its idle time and its deadline, if it has some: see net_stream_idles */
    net_link *link; /* NET_LINKED */
  } more;
  uint32_t active_low;  /* ms on the loop's clock of the last traffic: see net_stream_active */
  uint32_t writes : 24; /* requests under way */
  uint32_t active_high : 8;
  uint32_t taken; /* bytes that write calls of one callback have put into the system; or NET_REFUSED */
  /* Of numbers that count up, the lower bits, to tell one from those around it. Where they mislead, once in a great while,
   * a read waits for one run of the loop more, or a write asks for a pause that was not needed. */
  uint16_t taken_in; /* that callback's */
  uint16_t flags;    /* net_stream_flag */
  union {            /* last, and only as long as its type needs */
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
    uv_tty_t tty;
  } uv;
};

/* In callbacks of libuv, and for whoever knows that it is one. */
static inline net_stream *net_stream_of(net_handle *handle) { return (net_stream *)handle; }
static inline net_stream *net_stream_from(const void *uv) {
  return (net_stream *)((char *)uv - offsetof(net_stream, uv));
}

static inline net_loop *net_stream_loop(const net_stream *stream) {
  return net_loop_from(stream->uv.stream.loop);
}

/* The open stream of argument `index`, or NULL if it is closed or no stream. Raises if it is no handle. */
net_stream *net_stream_check(lua_State *L, int index);

void net_stream_put_off(net_stream *stream, unsigned traffic);

/* There is traffic: what came from the peer, or what goes to it. */
enum net_stream_traffic { NET_TRAFFIC_READ = 1, NET_TRAFFIC_WRITE = 2 };

static inline net_idle **net_stream_idles(net_stream *stream) {
  return stream->flags & NET_LINKED ? &stream->more.link->idle : &stream->more.idle;
}

/* Of the ms 40 bits are kept, 34 years: in two parts, each of which is one store. */
static inline void net_stream_note_active(net_stream *stream, uint64_t now) {
  stream->active_low = (uint32_t)now;
  stream->active_high = (uint8_t)(now >> 32);
}

static inline uint64_t net_stream_active(const net_stream *stream) {
  return (uint64_t)stream->active_high << 32 | stream->active_low;
}

static inline void net_stream_touch(net_stream *stream, enum net_stream_traffic traffic) {
  net_stream_note_active(stream, uv_now(stream->uv.stream.loop));
  if ((stream->flags & NET_TIMED)) net_stream_put_off(stream, traffic);
}

/* A write that nobody hears of has failed: the next `write` reports the status. Nothing is taken before that, so it stands
 * in the place of what has been. */
static inline void net_stream_refuse(net_stream *stream, int status) {
  stream->flags |= NET_REFUSED;
  stream->taken = (uint32_t)-status;
}

/* What is to be written in one go. */
typedef struct net_output {
  uv_buf_t *buffers; /* at least one, if there is a handle or a byte */
  unsigned count;
  uint64_t size;    /* of all together, bytes */
  net_stream *sent; /* goes along with the first byte, over a pipe between processes; or NULL */
  int first, last;  /* the values on the stack that own the bytes */
} net_output;

enum { NET_WROTE, NET_WROTE_MUCH, NET_WRITE_QUEUED };

/* Offers bytes to the system: how many it took, or a status below 0. Never raises. */
static inline int net_stream_offer(net_stream *stream, const uv_buf_t *buffers, unsigned count) {
  int written = uv_try_write(&stream->uv.stream, buffers, count);
  if (written > 0) stream->bytes_written += (uint64_t)written;
  return written == UV_EAGAIN || written == UV_ENOSYS ? 0 : written;
}

/* The one way to write: offers it to the system, queues what that does not take, and anchors the values until it is
 * sent. NET_WROTE: the system has it; NET_WROTE_MUCH: and that is enough for one callback; NET_WRITE_QUEUED: the owner's
 * _onwritten will say. Else a status below 0. Raises what anchoring raises; where L is NULL, it never raises, and queues
 * a copy of the one buffer. */
int net_stream_write(lua_State *L, net_stream *stream, const net_output *output);

/* The second half of that: queues all but the first `written` bytes, which the system has. */
int net_stream_queue(lua_State *L, net_stream *stream, const net_output *output, size_t written);

/* Idle time (stream_idle.c). */
void net_stream_forget_idle(net_stream *stream);
int net_stream_push_idle(lua_State *L, net_stream *stream); /* ms, or nothing; gives back how many */
void net_stream_open_idle(net_loop *loop);
extern const luaL_Reg net_stream_idle_methods[];

/* For the types: their `leave`, and the methods of every stream. */
void net_stream_leave(net_handle *handle);
extern const luaL_Reg net_stream_methods[];
extern const luaL_Reg net_stream_read_methods[];
extern const luaL_Reg net_stream_write_methods[];
extern const luaL_Reg net_stream_lazy_methods[];

/* Adds between and awaits, for tasks, to the table on top of the stack. */
void net_stream_open_tasks(lua_State *L, net_loop *loop);

/* forgetListener(handle): the `data` listener of its owner is about to change. */
int net_stream_forget_listener(lua_State *L);

/* Makes the entries of the fast paths to `data` listeners and to tasks. */
void net_stream_open(lua_State *L, net_loop *loop);

/* ---- between the files of this header ---- */

/* A writer who fills a fast reader's connection in one callback would hold the loop for ever if each write that the
 * system takes at once said "go on". So after this many bytes the answer is "wait for drain". */
enum { NET_TAKEN_LIMIT = 1024 * 1024 };

/* Counts what the system took within this callback; whether that is too much for one. */
static inline int net_stream_take(net_stream *stream, size_t size) {
  const net_loop *loop = net_stream_loop(stream);
  /* Whose chunk is being listened to has been touched already, by the loop's clock. */
  if (loop->reading != stream || (stream->flags & NET_TIMED)) net_stream_touch(stream, NET_TRAFFIC_WRITE);
  if (stream->taken_in != (uint16_t)loop->callback) {
    stream->taken_in = (uint16_t)loop->callback;
    stream->taken = 0;
  }
  if (size < NET_TAKEN_LIMIT - stream->taken) {
    stream->taken += (uint32_t)size;
    return 0;
  }
  stream->taken = 0;
  return 1;
}

/* What has been read: bytes, or a libuv status. */
struct net_chunk {
  net_event event;
  const char *data;
  ssize_t size;
  int is_given; /* Lua has it: what fails from then on is not of the delivery itself */
};

/* Does what is read go to the one `data` listener, without a look? */
static inline int net_stream_is_direct(const net_stream *stream) {
  return (stream->flags & (NET_READ_FAST | NET_READ_TEXT | NET_LINKED)) == NET_READ_FAST;
}

/* Gives it to that, if it is there; false also if it could not be given, for want of memory. Never raises. */
static inline int net_stream_give(net_stream *stream, struct net_chunk *chunk) {
  net_loop *loop = net_stream_loop(stream);
  int done = 1;
  loop->reading = stream;
  if (stream->handle.known && loop->L != NULL) {
    net_enter_known(loop, stream->handle.ref, chunk);
  } else {
    done = net_enter_data(loop, stream->handle.ref, chunk);
  }
  loop->reading = NULL;
  return done && chunk->is_given;
}

/* What is read goes past the owner, as far as it can: into a pipe, or to the one `data` listener. True: all of it. The
 * chunk becomes what is left. Never raises. */
int net_stream_read_fast(net_stream *stream, struct net_chunk *chunk);

/* The same to the task that waits. Never raises. */
int net_stream_give_to_task(net_stream *stream, const struct net_chunk *chunk);
void net_stream_open_wait(lua_State *L);

/* Ends the piping out of it. */
void net_stream_unpipe(net_stream *stream);

/* Has it read, for the owner. Returns a status. */
int net_stream_start(net_stream *stream);

/* The buffer to read into, from before a read to after its callback. */
void net_stream_lend_buffer(net_loop *loop, uv_buf_t *buffer);
void net_stream_give_buffer_back(net_loop *loop, const uv_buf_t *buffer);

/* Begins to send FIN, without the state. Returns a status. Never raises. */
int net_stream_shut(net_stream *stream);

/* The peer of a lazy stream has ended. True: that has been seen to, the owner need not hear of it. Never raises. */
int net_stream_end_lazily(net_stream *stream);

/* FIN is out. Is it a lazy stream whose owner need not hear of what comes between this and the close? Never raises. */
int net_stream_is_over(const net_stream *stream);

/* directWrite(slow, over, queued, told): makes the `write` of sockets. Where the fast path is closed, it is
 * slow(self, ...). Else it offers the data to the system. If that takes all, a callback is noted by told(self, callback),
 * and the answer is true, or over(self) after too much within one callback of the loop. If not, the rest is queued, and
 * the answer is queued(self, bytes, callback).
 *
 * It gives back two more, for LuaJIT: the address of a pointer to int offer(void *box, const char *data, int size), and
 * what getmetatable shows of boxes. */
int net_stream_fast_write(lua_State *L);

#endif
