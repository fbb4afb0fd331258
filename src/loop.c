/* The event loop of a Lua state, and the one door through which its callbacks enter Lua.
 * Floor 2.
 * Owns the uv_loop_t (inside a userdata that the registry anchors), the shared read buffer, and three handles. */
#include "loop.h"

#include <stdlib.h>
#include <string.h>

/* Addresses that serve as keys of the registry. */
static const char loop_key = 0, doors_key = 0, hooks_key = 0, objects_key = 0, errors_key = 0;

/* The frame of run: the doors' deliveries at 1 to NET_DOORS - 1, and then these. What is called from a callback lies
 * there ready, for to make a function takes memory on Lua 5.1. */
enum {
  PLACE_HANDLER = NET_DOORS,
  PLACE_KEEPER,
  PLACE_OBJECTS,
  PLACE_ERRORS,
  PLACE_WRITE,
  PLACES = PLACE_WRITE
};

static const char *const door_names[NET_DOORS + 1] = {"",           "ticks",   "immediates", "timers",
                                                      "read",       "written", "connected",  "shutdown",
                                                      "connection", "closed",  "lookup",     NULL};

void net_loop_push_objects(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key); }

int net_loop_writes_by(net_loop *loop, int ref, lua_CFunction method) {
  lua_State *L = loop->L;
  if (L == NULL) return 0;
  lua_rawgeti(L, PLACE_OBJECTS, ref);
  lua_pushvalue(L, PLACE_WRITE);
  lua_rawget(L, -2);
  int same = lua_isnil(L, -1) || lua_tocfunction(L, -1) == method;
  lua_pop(L, 2);
  return same;
}

/* ---- errors ---- */

/* Message handler: a string gets the traceback of the callback that raised it; anything else stays what it is.
 * Upvalue 1 is debug.traceback, taken when the module was loaded. */
static int add_traceback(lua_State *L) {
  if (lua_type(L, 1) != LUA_TSTRING || !lua_isfunction(L, lua_upvalueindex(1))) {
    lua_settop(L, 1);
    return 1;
  }
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_pushinteger(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

/* Appends argument 2 to the list, argument 1. */
static int append_error(lua_State *L) {
  int length = (int)lua_rawlen(L, 1);
  lua_rawseti(L, 1, length + 1);
  return 0;
}

/* Takes the error value from the top of the stack and keeps it for run to raise. The list has places in advance; that
 * it must grow and cannot is the one case in which "not enough memory" takes the place of an error. */
static void keep_error(net_loop *loop, lua_State *L) {
  uv_stop(loop->uv);
  loop->errors++;
  if (lua_isnil(L, -1)) { /* error(nil): a list cannot hold it */
    lua_pop(L, 1);
    lua_pushlightuserdata(L, (void *)&errors_key);
  }
  lua_pushvalue(L, PLACE_KEEPER);
  lua_insert(L, -2);
  lua_pushvalue(L, PLACE_ERRORS);
  lua_insert(L, -2);
  if (lua_pcall(L, 2, 0, 0) != LUA_OK) lua_pop(L, 1);
}

/* Raises the oldest error that is kept. */
static int raise_error(lua_State *L, net_loop *loop) {
  int length = (int)lua_rawlen(L, PLACE_ERRORS);
  loop->errors--;
  if (length == 0) return luaL_error(L, "not enough memory");
  lua_rawgeti(L, PLACE_ERRORS, 1);
  for (int i = 1; i <= length; i++) {
    if (i < length) {
      lua_rawgeti(L, PLACE_ERRORS, i + 1);
    } else {
      lua_pushnil(L);
    }
    lua_rawseti(L, PLACE_ERRORS, i);
  }
  if (lua_touserdata(L, -1) == (void *)&errors_key) lua_pushnil(L);
  return lua_error(L);
}

/* ---- the door ---- */

/* LUA_OK, or the status of what was raised. */
static int call_door(net_loop *loop, enum net_door door, void *event) {
  lua_State *L = loop->L;
  lua_pushvalue(L, (int)door);
  lua_pushlightuserdata(L, event);
  int status = lua_pcall(L, 1, 0, PLACE_HANDLER);
  if (status != LUA_OK) keep_error(loop, L);
  return status;
}

/* A tick that raises does not keep the others from running. But where there is no memory, the call itself may be what
 * fails, again and again: the rest then waits for the next callback, or the next run. */
static void run_ticks(net_loop *loop) {
  int status = LUA_OK;
  while (loop->ticks && status != LUA_ERRMEM) {
    loop->ticks = 0;
    status = call_door(loop, NET_DOOR_TICKS, &status); /* an address of the stack: see loop_run */
    if (status != LUA_OK) loop->ticks = 1;
  }
}

int net_enter(net_loop *loop, enum net_door door, void *event) {
  if (loop->L == NULL) return LUA_OK;
  loop->callback++;
  int status = call_door(loop, door, event);
  if (loop->ticks) run_ticks(loop);
  return status;
}

void net_loop_set_door(lua_State *L, enum net_door door, lua_CFunction delivery) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &doors_key);
  net_loop_push_objects(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
  lua_pushliteral(L, "_events");
  lua_pushliteral(L, "data");
  lua_pushcclosure(L, delivery, NET_UPVALUES);
  lua_rawseti(L, -2, (int)door);
  lua_pop(L, 1);
}

static int deliver_ticks(lua_State *L) {
  net_loop_push_hook(L, NET_DOOR_TICKS);
  lua_call(L, 0, 0);
  return 0;
}

/* ---- immediates and the timer ---- */

/* Both run a queue of callbacks that lives in Lua. Their hook answers false when it is done; one that raises is called
 * again for the rest, so that an error in one callback takes nothing from the others. */
struct queue_event {
  enum net_door door;
  int more;
};

static int deliver_queue(lua_State *L) {
  struct queue_event *event = (struct queue_event *)lua_touserdata(L, 1);
  net_loop_push_hook(L, event->door);
  lua_call(L, 0, 1);
  event->more = lua_toboolean(L, -1);
  return 0;
}

/* True: there is more to do. */
static int run_queue(net_loop *loop, enum net_door door) {
  struct queue_event event = {door, 1};
  int status = LUA_OK;
  /* A raise leaves `more` as it was. Without memory it may be the call that fails: the rest waits for another turn. */
  while (event.more && loop->L != NULL && status != LUA_ERRMEM) status = net_enter(loop, door, &event);
  return event.more;
}

static void on_check(uv_check_t *check) { run_queue(net_loop_from(check->loop), NET_DOOR_IMMEDIATES); }

static void on_idle(uv_idle_t *idle) { (void)idle; }

static void on_timer(uv_timer_t *timer) {
  net_loop *loop = net_loop_from(timer->loop);
  if (run_queue(loop, NET_DOOR_TIMERS) && loop->open) uv_timer_start(timer, on_timer, 1, 0);
}

/* ---- Lua functions; upvalue 1 is the loop ---- */

static net_loop *upvalue_loop(lua_State *L) { return (net_loop *)lua_touserdata(L, lua_upvalueindex(1)); }

static int alive(net_loop *loop) { return loop->errors > 0 || uv_loop_alive(loop->uv); }

/* run(mode): 0 default, 1 once, 2 nowait. True while something active is left; raises what callbacks raised. */
static int loop_run(lua_State *L) {
  net_loop *loop = upvalue_loop(L);
  uv_run_mode mode = (uv_run_mode)lua_tointeger(L, 1);
  if (loop->L != NULL) return luaL_error(L, "the event loop is running already");
  if (!loop->open) return luaL_error(L, "the event loop is closed");
  luaL_checkstack(L, PLACES + LUA_MINSTACK, NULL);
  lua_settop(L, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &doors_key);
  for (int place = 1; place <= PLACE_KEEPER; place++) lua_rawgeti(L, 1, place);
  lua_remove(L, 1);
  net_loop_push_objects(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &errors_key);
  lua_pushliteral(L, "write");

  if (loop->errors > 0) return raise_error(L, loop);
  /* LuaJIT takes memory for the first light userdata of each 4 GiB of addresses: here it may. Events are on this stack. */
  lua_pushlightuserdata(L, &mode);
  lua_pop(L, 1);
  loop->L = L;
  loop->stopping = 0;
  run_ticks(loop);
  if (loop->errors == 0 && !loop->stopping) {
    uv_run(loop->uv, mode);
  } else {
    uv_run(loop->uv, UV_RUN_NOWAIT); /* takes back the uv_stop that keep_error or stop has made */
  }
  loop->L = NULL;
  if (loop->errors > 0) return raise_error(L, loop);
  lua_pushboolean(L, alive(loop));
  return 1;
}

static int loop_stop(lua_State *L) {
  net_loop *loop = upvalue_loop(L);
  if (loop->L == NULL) return 0;
  loop->stopping = 1;
  uv_stop(loop->uv);
  return 0;
}

static int loop_running(lua_State *L) {
  lua_pushboolean(L, upvalue_loop(L)->L != NULL);
  return 1;
}

/* now() -> ms on the loop's clock, brought up to date. */
static int loop_now(lua_State *L) {
  net_loop *loop = upvalue_loop(L);
  if (loop->open) uv_update_time(loop->uv);
  net_pushsize(L, loop->open ? (size_t)uv_now(loop->uv) : 0);
  return 1;
}

/* ticks(): there are ticks now; run them after this callback. */
static int loop_ticks(lua_State *L) {
  upvalue_loop(L)->ticks = 1;
  return 0;
}

/* timer(ms, ref): the timer is due in so many ms, and keeps the loop running or not; nil stops it. */
static int loop_timer(lua_State *L) {
  net_loop *loop = upvalue_loop(L);
  if (!loop->open) return 0;
  if (lua_isnoneornil(L, 1)) {
    uv_timer_stop(&loop->own->timer);
  } else {
    lua_Number ms = lua_tonumber(L, 1);
    uv_timer_start(&loop->own->timer, on_timer, ms > 0 ? (uint64_t)ms : 0, 0);
  }
  if (lua_toboolean(L, 2)) {
    uv_ref((uv_handle_t *)&loop->own->timer);
  } else {
    uv_unref((uv_handle_t *)&loop->own->timer);
  }
  return 0;
}

/* immediates(active, ref): whether there are immediates, and whether one of them keeps the loop running. */
static int loop_immediates(lua_State *L) {
  net_loop *loop = upvalue_loop(L);
  if (!loop->open) return 0;
  if (lua_toboolean(L, 1)) {
    uv_check_start(&loop->own->check, on_check);
  } else {
    uv_check_stop(&loop->own->check);
  }
  if (lua_toboolean(L, 2)) {
    uv_idle_start(&loop->own->idle, on_idle);
  } else {
    uv_idle_stop(&loop->own->idle);
  }
  return 0;
}

static int loop_handles(lua_State *L) {
  net_pushsize(L, upvalue_loop(L)->handles);
  return 1;
}

/* objects() -> a list of the servers and sockets whose handles are open. */
static int loop_objects(lua_State *L) {
  lua_settop(L, 0);
  net_loop_push_objects(L);
  lua_newtable(L);
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    if (lua_type(L, -1) == LUA_TTABLE) {
      lua_rawseti(L, 2, ++count);
    } else {
      lua_pop(L, 1);
    }
  }
  return 1;
}

/* hook(name, function): what Lua does about the events of a door. */
static int loop_hook(lua_State *L) {
  int door = luaL_checkoption(L, 1, NULL, door_names);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
  lua_insert(L, 2);
  lua_rawseti(L, 2, door);
  return 0;
}

void net_loop_open_functions(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"run", loop_run},
      {"stop", loop_stop},
      {"running", loop_running},
      {"now", loop_now},
      {"ticks", loop_ticks},
      {"timer", loop_timer},
      {"immediates", loop_immediates},
      {"hook", loop_hook},
      {"open_handles", loop_handles},
      {"open_objects", loop_objects},
      {NULL, NULL},
  };
  lua_rawgetp(L, LUA_REGISTRYINDEX, &loop_key);
  net_setfuncs(L, functions, 1);
}

/* ---- beginning and end ---- */

void net_loop_at_end(net_loop *loop, net_loop_end end) {
  for (int i = 0; i < NET_LOOP_ENDS; i++) {
    if (loop->ends[i] == end) return;
    if (loop->ends[i] == NULL) {
      loop->ends[i] = end;
      return;
    }
  }
}

/* The state is closing. The door is shut: what libuv still has to say, it says to C alone, which frees its memory.
 *
 * If the state is closed from within a callback, by os.exit, then libuv stands below us on the stack and may hold a queue
 * of callbacks that it will never come back to. Every descriptor is closed all the same; what libuv cannot give back is
 * left to the end of the process, which follows. */
static int loop_gc(lua_State *L) {
  net_loop *loop = (net_loop *)lua_touserdata(L, 1);
  if (!loop->open) return 0;
  int within = loop->L != NULL;
  int rounds = 3;
  loop->open = 0;
  loop->L = NULL;
  for (int i = 0; i < NET_LOOP_ENDS; i++) {
    if (loop->ends[i] != NULL) loop->ends[i](loop);
  }
  uv_close((uv_handle_t *)&loop->own->timer, NULL);
  uv_close((uv_handle_t *)&loop->own->check, NULL);
  uv_close((uv_handle_t *)&loop->own->idle, NULL);
  int status;
  do {
    uv_run(loop->uv, within ? UV_RUN_NOWAIT : UV_RUN_DEFAULT); /* twice, if a uv_stop was left over */
    status = uv_loop_close(loop->uv);
  } while (status == UV_EBUSY && (!within || --rounds > 0));
  if (status == 0) free(loop->own);
  free(loop->buffer);
  loop->own = NULL;
  loop->uv = NULL;
  loop->buffer = NULL;
  return 0;
}

static void set_table(lua_State *L, const char *key, int places) {
  lua_createtable(L, places, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

/* The first luaL_unref of a table makes a place in it, which takes memory. Where callbacks of libuv call it, there is
 * none to be had: nothing would catch the error. So the place is made here. */
static void make_place_for_unref(lua_State *L, int index) {
  lua_pushboolean(L, 1);
  luaL_unref(L, index, luaL_ref(L, index));
}

/* The message handler and the keeper of errors stand behind the doors. */
static void set_handler(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &doors_key);
  lua_getglobal(L, "debug");
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "traceback");
  } else {
    lua_pushnil(L);
  }
  lua_remove(L, -2);
  lua_pushcclosure(L, add_traceback, 1);
  lua_rawseti(L, -2, PLACE_HANDLER);
  lua_pushcfunction(L, append_error);
  lua_rawseti(L, -2, PLACE_KEEPER);
  lua_pop(L, 1);
}

net_loop *net_loop_open(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &loop_key);
  net_loop *loop = (net_loop *)lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (loop != NULL) return loop;

  set_table(L, &doors_key, NET_DOORS);
  set_table(L, &hooks_key, NET_DOORS);
  set_table(L, &objects_key, 8);
  set_table(L, &errors_key, 16);
  set_handler(L);
  net_loop_push_objects(L);
  make_place_for_unref(L, lua_gettop(L));
  lua_pop(L, 1);
  make_place_for_unref(L, LUA_REGISTRYINDEX);
  net_loop_set_door(L, NET_DOOR_TICKS, deliver_ticks);
  net_loop_set_door(L, NET_DOOR_IMMEDIATES, deliver_queue);
  net_loop_set_door(L, NET_DOOR_TIMERS, deliver_queue);

  /* Closed first; open once everything that can fail is done. */
  loop = (net_loop *)net_newuserdata(L, sizeof *loop);
  memset(loop, 0, sizeof *loop);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, loop_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  loop->buffer = (char *)malloc(NET_READ_SIZE);
  loop->own = (struct net_loop_own *)malloc(sizeof *loop->own);
  int status = loop->buffer == NULL || loop->own == NULL ? UV_ENOMEM : uv_loop_init(&loop->own->uv);
  if (status < 0) {
    free(loop->own);
    free(loop->buffer);
    luaL_error(L, "cannot make an event loop: %s", uv_strerror(status));
  }
  loop->uv = &loop->own->uv;
  loop->uv->data = loop;
  uv_timer_init(loop->uv, &loop->own->timer);
  uv_check_init(loop->uv, &loop->own->check);
  uv_idle_init(loop->uv, &loop->own->idle);
  uv_unref(
      (uv_handle_t *)&loop->own->check); /* the idle handle says whether immediates keep the loop running */
  loop->open = 1;
  lua_rawsetp(L, LUA_REGISTRYINDEX, &loop_key); /* the last that may fail: what is found there is whole */
  return loop;
}
