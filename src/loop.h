/* The event loop of a Lua state, and the one way by which its callbacks enter Lua.
 * Floor 2.
 * Owns the uv_loop_t, the shared read buffer, and the loop's own timer, check, idle and async handles. */
#ifndef UVNET_LOOP_H
#define UVNET_LOOP_H

#include <stdint.h>
#include <uv.h>

#include "compat.h"
#include "idle.h"

/* The rules of entering Lua.
 *
 * libuv calls us only while net_loop_run stands on the C stack (or during teardown, when Lua is not entered). That frame
 * keeps the entries, a function each, the delivery, at fixed places of the Lua stack. A callback packs what it has to say
 * into a struct on its own C stack and calls net_enter with an entry; everything that may raise, running out of memory
 * included, happens in the delivery, inside a protected call. An error is kept, the loop stops after this turn, and run
 * raises it. No longjmp ever crosses libuv.
 */
enum net_entry {
  NET_ENTRY_NONE,
  NET_ENTRY_TICKS,
  NET_ENTRY_IMMEDIATES,
  NET_ENTRY_TIMERS,
  NET_ENTRY_EVENT, /* of a handle, to its owner: handle.c */
  NET_ENTRY_LOOKUP,
  NET_ENTRY_DATA,      /* net_enter_data */
  NET_ENTRY_INTERRUPT, /* loop_interrupt.c */
  NET_ENTRY_TAKEN,     /* net_loop_may_retry */
  NET_ENTRY_READER,    /* net_stream_give_to_task */
  NET_ENTRY_OWNER,     /* net_loop_keep_error */
  NET_ENTRIES          /* how many, counted from 1 */
};

/* What a delivery has at its upvalues, if net_loop_set_entry has made it: the owners of open handles, and the hooks. */
enum { NET_UP_OBJECTS = 1, NET_UP_HOOKS, NET_UPVALUES = NET_UP_HOOKS };

enum { NET_READ_SIZE = 65536 }; /* bytes; less makes bulk transfers wait for delayed acknowledgements */
enum { NET_LOOP_ENDS = 4 };

typedef struct net_loop net_loop;
typedef void (*net_loop_end)(net_loop *loop);
typedef void (*net_loop_fork)(net_loop *loop, int goes_on);

/* What libuv writes into. Apart from the userdata, because it may have to outlive that: see loop_gc. */
struct net_loop_own {
  uv_loop_t uv;
  uv_timer_t timer; /* the one timer, for timeouts, which live in Lua, and for what is idle */
  uv_check_t check; /* immediates run here, */
  uv_idle_t idle;   /* and this keeps the loop from waiting while there are some */
  uv_async_t interrupt;
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } turned_away;   /* a connection for which there was no memory: listener.c */
  uv_timer_t look; /* for new handlers of signals */
};

/* What is to be done after a callback. */
enum { NET_AFTER_TICKS = 1, NET_AFTER_HOOK = 2, NET_AFTER_LOOK = 4 };

struct net_loop {
  uv_loop_t *uv; /* in own */
  struct net_loop_own *own;
  lua_State *L;       /* the thread that runs the loop; NULL: Lua is not to be entered */
  char *buffer;       /* NET_READ_SIZE bytes that every read shares */
  size_t handles;     /* streams that are not closed yet */
  uint32_t callback;  /* the number of the current callback: what counts "within one callback" compares it */
  uint32_t run;       /* the number of this run */
  int refusing, fair; /* reads have been refused in this run; in the one before */
  int errors;         /* how many are kept for run to raise */
  int raised;         /* their list: up to here they have been raised, */
  int last_error;     /* up to here there are some */
  const char *lost;   /* why one could not be put there */
  void *spare;        /* memory for the next connection that is accepted, should there be none (listener.c) */
  int descriptor_limit;             /* of the process, when it was last looked at; 0: not yet */
  struct net_lookup *lookups;       /* under way (dns.c) */
  net_loop_end ends[NET_LOOP_ENDS]; /* what closes the handles and cancels the requests of the floors above */
  net_loop_fork at_fork; /* what becomes of the lookups in a child; NULL while there have been none */
  unsigned forks;        /* net_loop_forks when the loop was made, or taken over */
  int broken;            /* 0, or why it could not be taken over */
  void *event;           /* of NET_ENTRY_DATA */
  const void *write;     /* the address of sockets' standard `write` */
  struct net_stream
      *reading; /* whose data a listener is being given: most often it writes to the same socket */
  unsigned char open, lent, stopping;
  unsigned char begun;   /* has had a stream */
  unsigned char turning; /* away, own->turned_away */
  unsigned char once;    /* this run is one turn that waits for something to happen */
  unsigned char after;   /* NET_AFTER_... */
  /* Of the host's hook (loop_hooks.c): the one that was taken, of which thread, and one that was put off. */
  lua_Hook hook;
  lua_State *hooked;
  lua_Hook volatile late_hook;
  int late_mask, late_count;
  const char *ours; /* where the names of our own files begin */
  size_t ours_length;
  unsigned char hook_is_lua, one_hook;
  volatile unsigned char taking; /* signal handlers must leave the hook alone */
  uint64_t looked;               /* for handlers of signals: when last */
  /* Of the timer, in ms of net_loop_now; UINT64_MAX: never. */
  uint64_t timeouts_due, armed; /* the first of the timeouts; what the timer waits for */
  uint32_t timeouts_within;     /* in ns, how far the ms had gone in which the first of the timeouts began */
  struct net_idle_lists idle;
  void (*idle_due)(struct net_loop *loop, net_idle *idle);
};

/* The time, not the loop's, which is that of the last turn: what begins now, after somebody has computed for long, has all
 * its time. No system call. */
static inline uint64_t net_loop_now(void) { return uv_hrtime() / NET_NS_PER_MS; }

/* Something that is idle may be due by then. Never raises. */
void net_loop_wait_till(net_loop *loop, uint64_t due);

/* Makes the state's loop, unless it has one; leaves the stack as it was. Raises. */
net_loop *net_loop_open(lua_State *L);

/* The state's loop, or NULL. Never raises. */
net_loop *net_loop_find(lua_State *L);

static inline net_loop *net_loop_from(const uv_loop_t *uv) { return (net_loop *)uv->data; }

/* Adds what is called when the state closes, before the loop runs to its end. */
void net_loop_at_end(net_loop *loop, net_loop_end end);

/* ---- forks (loop_fork.c) ----
 *
 * After a fork, parent and child share all that the loop has in the system: what the child takes away is taken away from
 * its parent. So whoever would take something away, or wait, makes the loop the child's own before. */

/* From how many forks this process comes. */
extern volatile unsigned net_loop_forks;

/* Called before the first loop of the process is made, and after. */
void net_loop_watch_forks(int first);

/* Makes the loop this process's own, if it is its parent's still. `goes_on`: it will be run. Gives back 0, or a status
 * if it cannot be used any more. Never raises. */
int net_loop_take_over(net_loop *loop, int goes_on);

/* Called before something is given to libuv's threads. */
void net_loop_uses_threads(void);

static inline int net_loop_is_forked(const net_loop *loop) { return loop->forks != net_loop_forks; }

/* Sets the delivery of an entry. Raises. */
void net_loop_set_entry(lua_State *L, enum net_entry entry, lua_CFunction delivery);

/* The same for a function with upvalues of its own: it is on top of the stack (popped). Raises. */
void net_loop_put_entry(lua_State *L, enum net_entry entry);

/* Pushes the table that anchors the Lua object of each open handle. */
void net_loop_push_objects(lua_State *L);

/* In callbacks of libuv: takes one out of it. Never raises. */
void net_loop_forget_object(const net_loop *loop, int ref);

/* For callbacks that stay in C: is the field `write` of an open handle's object the standard one? (A connected socket has it as
 * a field of its own; where the user has taken that away, the class is to be asked.)
 * Never raises. */
int net_loop_writes_as_usual(net_loop *loop, int ref);

/* For the same: has an open handle's object a listener for one of the events whose names are at these places of the frame?
 * Never raises. */
int net_loop_listens(int first, int last, const net_loop *loop, int ref);

/* For deliveries: pushes the hook that Lua has set for an entry. */
static inline void net_loop_push_hook(lua_State *L, enum net_entry entry) {
  lua_rawgeti(L, lua_upvalueindex(NET_UP_HOOKS), (int)entry);
}

/* Enters Lua: calls the entry's delivery with `event` as a light userdata, then runs the ticks. Never raises; gives back
 * LUA_OK or the status of what the delivery has raised. */
int net_enter(net_loop *loop, enum net_entry entry, void *event);

/* The same for an event of an open handle, whose object is in the table of objects at `ref`. */
int net_enter_for(net_loop *loop, enum net_entry entry, int ref, void *event);

/* The same for the one plain `data` listener of an object: by NET_ENTRY_DATA, if there is one. Else false, and nothing has
 * been done. The delivery gets the object and, last, the listener, and the event by `loop->event`: the way by the
 * stack costs more. */
int net_enter_data(net_loop *loop, int ref, void *event);

/* In the delivery of NET_ENTRY_DATA: keeps the listener, which is on top of the stack, beside its object. May raise, and
 * nothing has been done. */
void net_loop_remember_listener(lua_State *L, int ref);

/* It is kept no longer: for functions that Lua calls, and for callbacks of libuv, which never raises. */
void net_loop_forget_listener(lua_State *L, int ref);
void net_loop_drop_listener(const net_loop *loop, int ref);

/* For functions that Lua calls: the loop, which is their upvalue 1. */
static inline net_loop *net_loop_upvalue(lua_State *L) {
  return (net_loop *)lua_touserdata(L, lua_upvalueindex(1));
}

/* Adds run, stop, now, ... to the table on top of the stack. */
void net_loop_open_functions(lua_State *L);

/* ---- between the files of this header ---- */

/* The frame of run: the entries' deliveries at 1 to NET_ENTRIES - 1, and then these. What is called from a callback lies
 * there ready, for to make a function takes memory on Lua 5.1. */
enum net_place {
  NET_PLACE_HANDLER = NET_ENTRIES, /* with the next two, it stands behind the entries */
  NET_PLACE_KEEPER,
  NET_PLACE_PROBE,
  NET_PLACE_OBJECTS,
  NET_PLACE_LISTENERS,
  NET_PLACE_ERRORS,
  NET_PLACE_WRITE,
  NET_PLACE_EVENTS,
  NET_PLACE_ON_DATA,
  NET_PLACE_DATA,
  NET_PLACE_END,
  NET_PLACE_FINISH,
  NET_PLACE_PREFINISH,
  NET_PLACE_CLOSE,
  NET_PLACES = NET_PLACE_CLOSE
};

/* Makes the message handler, the keeper of errors and the probe: puts them into the table on top of the stack. Raises. */
void net_loop_open_errors(lua_State *L);

/* Pushes the list of the errors that are kept. */
void net_loop_push_errors(lua_State *L);

/* Takes the error value from the top of the stack and keeps it for run to raise. A delivery of the entry has raised it; if
 * that was of an event of a handle, `ref` is its object, else 0: Lua is told whose error it is. Never raises. */
void net_loop_keep_error(net_loop *loop, enum net_entry entry, int ref);

/* Raises the oldest error that is kept. */
int net_loop_raise_error(lua_State *L, net_loop *loop);

/* After a queue's hook has ended with a status, may it be called for the rest at once? What raises does not keep the rest
 * from running, so yes, if it has taken something from its queue. Else it is the call itself that fails, or our own
 * lines: then the rest has to wait, as it has after a great many errors. */
struct net_retry {
  lua_Number taken; /* as it was after the last error */
  int errors;       /* so far */
};

int net_loop_may_retry(net_loop *loop, int status, struct net_retry *retry);

/* Make what stands behind the entries, and the entries of the loop itself. Raise. */
void net_loop_open_frame(lua_State *L);
void net_loop_open_queues(lua_State *L);
void net_loop_open_interrupt(lua_State *L);
void net_loop_open_hooks(lua_State *L);

/* The handles that wake the loop for a signal and look for handlers; from when to when signals are heard. Never raise. */
int net_loop_init_interrupt(net_loop *loop);
void net_loop_close_interrupt(net_loop *loop);
void net_loop_hear_interrupt(net_loop *loop, uv_run_mode mode);
void net_loop_leave_interrupt(net_loop *loop);
void net_loop_look_later(net_loop *loop);

/* Before a callback: takes a hook that somebody has set. After run: gives it back. Never raise. */
void net_loop_take_new_hook(net_loop *loop);
void net_loop_give_hook_back(net_loop *loop, lua_State *L, int always);

static inline void net_loop_take_hook(net_loop *loop) {
  if (lua_gethook(loop->L) != NULL) net_loop_take_new_hook(loop);
}

/* What is due after a callback: ticks, most of all; or the process is a child that was forked in it. Never raises. */
void net_loop_after_callback(net_loop *loop);

/* net_enter_data for a listener that net_loop_remember_listener has kept, which is the only argument; `run` runs. */
static inline void net_enter_known(net_loop *loop, int ref, void *event) {
  lua_State *L = loop->L;
  net_loop_take_hook(loop);
  lua_pushvalue(L, NET_ENTRY_DATA);
  lua_rawgeti(L, NET_PLACE_LISTENERS, ref);
  loop->callback++;
  loop->event = event;
  if (lua_pcall(L, 1, 0, NET_PLACE_HANDLER) != LUA_OK) net_loop_keep_error(loop, NET_ENTRY_DATA, ref);
  if (loop->after || net_loop_is_forked(loop)) net_loop_after_callback(loop);
}

/* After a callback: keeps what a hook has raised in our own lines. Never raises. */
void net_loop_keep_hook_error(net_loop *loop);

/* In the handler of a signal, after it has asked the user's: a hook that this has set, in the place of the one before, is
 * put off. Between callbacks: it is set at last. */
void net_loop_put_hook_off(net_loop *loop, lua_Hook before);
void net_loop_set_late_hook(net_loop *loop);

/* Pushes the message handler. Raises. */
void net_loop_push_handler(lua_State *L);

/* run itself. */
int net_loop_run(lua_State *L);

/* Is it the task at that index whose coroutine asks? Two upvalues have the names of its fields: its own coroutine, and
 * the one that may be running in it on Lua 5.1 (see task.pcall). Pushes values. */
static inline int net_loop_task_runs(lua_State *L, int me, int thread, int inner) {
#ifdef NET_CONTINUATION
  (void)inner;
  net_push_field(L, me, thread);
#else
  if (net_push_field(L, me, inner) == LUA_TNIL) net_push_field(L, me, thread);
#endif
  return lua_tothread(L, -1) == L;
}

int net_loop_timeouts(lua_State *L);
extern const luaL_Reg net_loop_run_functions[];
extern const luaL_Reg net_loop_hook_functions[];
extern const luaL_Reg net_loop_queue_functions[];

#endif
