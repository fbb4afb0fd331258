/* Immediates and the loop's one timer: queues of callbacks that live in Lua, and what is idle.
 * Floor 2.
 * Owns no memory: the handles lie in the loop. */
#include "loop.h"

/* The hook of a queue answers false when it is done; one that raises is called again for the rest, so that an error in
 * one callback takes nothing from the others. */
struct queue_event {
  enum net_entry entry;
  int more;
  uint64_t limit; /* timeouts: what is due later waits */
};

static int deliver_queue(lua_State *L) {
  struct queue_event *event = (struct queue_event *)lua_touserdata(L, 1);
  net_loop_push_hook(L, event->entry);
  net_pushsize(L, event->limit);
  lua_call(L, 1, 1);
  event->more = lua_toboolean(L, -1);
  return 0;
}

/* True: there is more to do. */
static int run_queue(net_loop *loop, enum net_entry entry, uint64_t limit) {
  struct queue_event event = {entry, 1, limit};
  struct net_retry retry = {0, 0};
  int status = LUA_OK;
  /* A raise leaves `more` as it was. */
  while (event.more && loop->L != NULL && net_loop_may_retry(loop, status, &retry))
    status = net_enter(loop, entry, &event);
  return event.more;
}

static void on_check(uv_check_t *check) { run_queue(net_loop_from(check->loop), NET_ENTRY_IMMEDIATES, 0); }

static void on_idle(uv_idle_t *idle) { (void)idle; }

/* ---- the timer ---- */

static void on_timer(uv_timer_t *timer);

static void arm(net_loop *loop, uint64_t due) {
  loop->armed = due;
  if (due == UINT64_MAX) {
    uv_timer_stop(&loop->own->timer);
    return;
  }
  uv_update_time(loop->uv);
  uint64_t now = uv_now(loop->uv);
  uv_timer_start(&loop->own->timer, on_timer, due > now ? due - now : 1, 0);
}

static void arm_for_next(net_loop *loop) {
  uint64_t due = net_idle_next(&loop->idle);
  arm(loop, due < loop->timeouts_due ? due : loop->timeouts_due);
}

void net_loop_wait_till(net_loop *loop, uint64_t due) {
  if (due < loop->armed && loop->open) arm(loop, due);
}

/* What was due when this began, in the order in which it was; what becomes due meanwhile waits for the next turn, so that
 * callbacks that take longer than their interval leave the network its turns. */
static void on_timer(uv_timer_t *timer) {
  net_loop *loop = net_loop_from(timer->loop);
  uint64_t turn = net_loop_now();
  uint32_t before = loop->callback;
  int more = 0;
  loop->armed = 0; /* nobody need arm it meanwhile */
  while (loop->L != NULL && !more) {
    uint64_t idle = net_idle_next(&loop->idle);
    int is_before = idle < loop->timeouts_due || (idle == loop->timeouts_due && idle != UINT64_MAX &&
                                                  net_idle_first_within(&loop->idle) < loop->timeouts_within);
    if (idle <= turn && is_before) {
      loop->idle_due(loop, net_idle_take(&loop->idle));
    } else if (loop->timeouts_due <= turn) {
      more = run_queue(loop, NET_ENTRY_TIMERS, idle < turn ? idle : turn);
    } else {
      break;
    }
  }
  if (!loop->open) return;
  /* Older versions of libuv call timers at the beginning of a turn, and would wait for something else to happen. */
  if (loop->once && loop->callback != before) uv_stop(loop->uv);
  if (more) {
    arm(loop, 0); /* at once, but not before the network has had its turn */
  } else {
    arm_for_next(loop);
  }
}

/* timer(due, ref, within): the first timeout is due then, and keeps the loop running or not; nil: there is none. Of what is
 * due in the same ms, what has begun first comes first: `within` tells how far its ms had gone then, in ns. */
static int loop_timer(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  if (!loop->open) return 0;
  loop->timeouts_due = lua_isnoneornil(L, 1) ? UINT64_MAX : (uint64_t)lua_tonumber(L, 1);
  loop->timeouts_within = (uint32_t)lua_tointeger(L, 3);
  if (loop->armed != 0 || loop->timeouts_due == UINT64_MAX) arm_for_next(loop);
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
  net_loop_set_entry(L, NET_ENTRY_IMMEDIATES, deliver_queue);
  net_loop_set_entry(L, NET_ENTRY_TIMERS, deliver_queue);
}
