/* The event loop of a Lua state: how it begins, and how it ends with the state.
 * Floor 2.
 * Owns the uv_loop_t (inside a userdata that the registry anchors), the shared read buffer, and four handles. */
#include "loop.h"

#include <stdlib.h>
#include <string.h>

#include "descriptors.h"

static const char loop_key = 0; /* its address is the loop's key in the registry */

/* ---- the end ---- */

void net_loop_at_end(net_loop *loop, net_loop_end end) {
  for (int i = 0; i < NET_LOOP_ENDS; i++) {
    if (loop->ends[i] == end) return;
    if (loop->ends[i] == NULL) {
      loop->ends[i] = end;
      return;
    }
  }
}

/* The state is closing. Lua is not entered any more: what libuv still has to say, it says to C alone, which frees its memory.
 *
 * If the state is closed from within a callback, by os.exit, then libuv stands below us on the stack and may hold a queue
 * of callbacks that it will never come back to. Every descriptor is closed all the same; what libuv cannot give back is
 * left to the end of the process, which follows. */
static int loop_gc(lua_State *L) {
  net_loop *loop = (net_loop *)lua_touserdata(L, 1);
  if (!loop->open) return 0;
  int broken = net_loop_take_over(loop, 0) < 0;
  int within = loop->L != NULL;
  if (within) net_loop_leave_interrupt(loop);
  net_loop_give_hook_back(loop, L, 1);
  int rounds = 3;
  loop->open = 0;
  loop->L = NULL;
  for (int i = 0; i < NET_LOOP_ENDS; i++) {
    if (loop->ends[i] != NULL) loop->ends[i](loop);
  }
  uv_close((uv_handle_t *)&loop->own->timer, NULL);
  uv_close((uv_handle_t *)&loop->own->check, NULL);
  uv_close((uv_handle_t *)&loop->own->idle, NULL);
  net_loop_close_interrupt(loop);
  int status = UV_EBUSY;
  while (!broken && status == UV_EBUSY && (!within || rounds-- > 0)) {
    uv_run(loop->uv, within ? UV_RUN_NOWAIT : UV_RUN_DEFAULT); /* twice, if a uv_stop was left over */
    status = uv_loop_close(loop->uv);
  }
  if (status == 0) free(loop->own);
  free(loop->buffer);
  free(loop->spare);
  net_idle_close(&loop->idle);
  loop->own = NULL;
  loop->uv = NULL;
  loop->buffer = NULL;
  return 0;
}

/* ---- beginning ---- */

/* The first luaL_unref of a table makes a place in it, which takes memory. Where callbacks of libuv call it, there is
 * none to be had: nothing would catch the error. So the place is made here. */
static void make_place_for_unref(lua_State *L, int index) {
  /* Up to Lua 5.4.2 the end of the free list is nil, which takes the list's head out of the table at its next growth. */
  lua_rawgeti(L, index, 0);
  int is_empty = lua_isnil(L, -1);
  lua_pop(L, 1);
  if (is_empty) {
    lua_pushinteger(L, 0);
    lua_rawseti(L, index, 0);
  }
  lua_pushboolean(L, 1);
  luaL_unref(L, index, luaL_ref(L, index));
}

net_loop *net_loop_find(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &loop_key);
  net_loop *loop = (net_loop *)lua_touserdata(L, -1);
  lua_pop(L, 1);
  return loop;
}

net_loop *net_loop_open(lua_State *L) {
  net_loop *loop = net_loop_find(L);
  if (loop != NULL) return loop;

  net_loop_open_frame(L);
  net_loop_push_objects(L);
  make_place_for_unref(L, lua_gettop(L));
  lua_pop(L, 1);
  make_place_for_unref(L, LUA_REGISTRYINDEX);
  net_loop_open_queues(L);
  net_loop_open_interrupt(L);
  net_loop_open_hooks(L);

  /* Closed first; open once everything that can fail is done. */
  loop = (net_loop *)net_newuserdata(L, sizeof *loop);
  memset(loop, 0, sizeof *loop);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, loop_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  loop->buffer = (char *)malloc(NET_READ_SIZE);
  loop->own = (struct net_loop_own *)calloc(1, sizeof *loop->own);
  net_loop_watch_forks(1);
  unsigned held = net_descriptors_hold();
  int status = loop->buffer == NULL || loop->own == NULL ? UV_ENOMEM : uv_loop_init(&loop->own->uv);
  if (status == 0) {
    loop->uv = &loop->own->uv;
    status = net_loop_init_interrupt(loop);
    if (status < 0) uv_loop_close(loop->uv);
  }
  net_descriptors_release(held);
  net_loop_watch_forks(0);
  if (status < 0) {
    free(loop->own);
    free(loop->buffer);
    luaL_error(L, "cannot make an event loop: %s", uv_strerror(status));
    return NULL; /* luaL_error is not declared as one that never returns */
  }
  loop->uv->data = loop;
  loop->timeouts_due = loop->armed = UINT64_MAX;
  loop->forks = net_loop_forks;
  uv_timer_init(loop->uv, &loop->own->timer);
  uv_unref((uv_handle_t *)&loop->own->timer); /* until a timeout wants it */
  uv_check_init(loop->uv, &loop->own->check);
  uv_idle_init(loop->uv, &loop->own->idle);
  /* It is the idle handle that says whether immediates keep the loop running. */
  uv_unref((uv_handle_t *)&loop->own->check);
  loop->open = 1;
  lua_rawsetp(L, LUA_REGISTRYINDEX, &loop_key); /* the last that may fail: what is found there is whole */
  return loop;
}

/* ---- Lua functions ---- */

/* now() -> ms, since some time. */
static int loop_now(lua_State *L) {
  net_pushsize(L, net_loop_now());
  return 1;
}

/* moment() -> the same, and how far that ms has gone, in ns. */
static int loop_moment(lua_State *L) {
  uint64_t now = uv_hrtime();
  net_pushsize(L, now / NET_NS_PER_MS);
  lua_pushinteger(L, (lua_Integer)(now % NET_NS_PER_MS));
  return 2;
}

/* precise_now() -> the same with what is less than a ms behind the point. */
static int loop_precise_now(lua_State *L) {
  lua_pushnumber(L, (lua_Number)uv_hrtime() / 1e6);
  return 1;
}

/* backend_fd() -> the descriptor that tells of what happens, or -1. */
static int loop_backend_fd(lua_State *L) {
  const net_loop *loop = net_loop_upvalue(L);
  lua_pushinteger(L, loop->open ? uv_backend_fd(loop->uv) : -1);
  return 1;
}

/* Where nothing keeps the loop running, libuv says 0, and who waits for it would poll. What does not keep it running may
 * happen all the same. */
static int timeout_of_rest(const net_loop *loop) {
  if (loop->timeouts_due == UINT64_MAX) return -1;
  uint64_t now = net_loop_now();
  if (loop->timeouts_due <= now) return 0;
  uint64_t ms = loop->timeouts_due - now;
  return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

/* backend_timeout() -> in how many ms the loop has something to do; -1: when something happens. */
static int loop_backend_timeout(lua_State *L) {
  const net_loop *loop = net_loop_upvalue(L);
  int timeout = 0;
  if (loop->open && loop->errors == 0 && !(loop->after & NET_AFTER_TICKS)) {
    uv_update_time(loop->uv);
    timeout = uv_loop_alive(loop->uv) ? uv_backend_timeout(loop->uv) : timeout_of_rest(loop);
  }
  lua_pushinteger(L, timeout);
  return 1;
}

static int loop_handles(lua_State *L) {
  net_pushsize(L, net_loop_upvalue(L)->handles);
  return 1;
}

/* open_objects() -> a list of the servers and sockets whose handles are open. */
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

void net_loop_open_functions(lua_State *L) {
  static const luaL_Reg functions[] = {{"now", loop_now},
                                       {"moment", loop_moment},
                                       {"precise_now", loop_precise_now},
                                       {"backend_fd", loop_backend_fd},
                                       {"backend_timeout", loop_backend_timeout},
                                       {"timeouts", net_loop_timeouts},
                                       {"open_handles", loop_handles},
                                       {"open_objects", loop_objects},
                                       {NULL, NULL}};
  static const luaL_Reg *const parts[] = {functions, net_loop_run_functions, net_loop_queue_functions,
                                          net_loop_hook_functions, NULL};
  for (const luaL_Reg *const *part = parts; *part != NULL; part++) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loop_key);
    net_setfuncs(L, *part, 1);
  }
}
