/* Immediates and the loop's one timer: each runs a queue of callbacks that lives in Lua.
 * Floor 2.
 * Owns no memory: the three handles lie in the loop. */
#include "loop.h"

/* The hook of a queue answers false when it is done; one that raises is called again for the rest, so that an error in
 * one callback takes nothing from the others. */
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
  struct net_retry retry = {0, 0};
  int status = LUA_OK;
  /* A raise leaves `more` as it was. */
  while (event.more && loop->L != NULL && net_loop_may_retry(loop, status, &retry))
    status = net_enter(loop, door, &event);
  return event.more;
}

static void on_check(uv_check_t *check) { run_queue(net_loop_from(check->loop), NET_DOOR_IMMEDIATES); }

static void on_idle(uv_idle_t *idle) { (void)idle; }

static void on_timer(uv_timer_t *timer) {
  net_loop *loop = net_loop_from(timer->loop);
  if (run_queue(loop, NET_DOOR_TIMERS) && loop->open) uv_timer_start(timer, on_timer, 1, 0);
}

/* timer(ms, ref): the timer is due in so many ms, and keeps the loop running or not; nil stops it. */
static int loop_timer(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
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
  net_loop *loop = net_loop_upvalue(L);
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

const luaL_Reg net_loop_queue_functions[] = {
    {"timer", loop_timer}, {"immediates", loop_immediates}, {NULL, NULL}};

void net_loop_open_queues(lua_State *L) {
  net_loop_set_door(L, NET_DOOR_IMMEDIATES, deliver_queue);
  net_loop_set_door(L, NET_DOOR_TIMERS, deliver_queue);
}
