/* Tasks that wait to read: what can go the short way from libuv to the task does.
 * Floor 5.
 * Owns no memory.
 *
 * The path is open (NET_READ_TASK) while a chunk that comes would go to whoever waits and nobody else could tell: Lua opens
 * it when somebody has waited the usual way (fast_path.lua), and whatever makes a difference closes it. */
#include "stream.h"

/* ---- may one wait here? ---- */

/* Of Lua 5.1 and 5.2 nobody tells but the stack. Pushes the first function in C that stands between the caller of level
 * `level` and the coroutine's beginning, but for those in the table at index `allowed`, 0 for none. */
static int push_between(lua_State *L, int level, int allowed) {
  lua_Debug info;
  for (; lua_getstack(L, level, &info); level++) {
    lua_getinfo(L, "Sf", &info);
    if (*info.what == 'C') {
      int may_stand = 0;
      if (allowed != 0) {
        lua_pushvalue(L, -1);
        lua_rawget(L, allowed);
        may_stand = lua_toboolean(L, -1);
        lua_pop(L, 1);
      }
      if (!may_stand) return 1;
    }
    lua_pop(L, 1);
  }
  return 0;
}

/* between(level, allowed) -> the function in C that keeps the task from waiting, if there is one. */
static int wait_between(lua_State *L) {
  int level = net_check_int(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  return push_between(L, level, 2);
}

static int is_yieldable(lua_State *L) {
  int known = net_is_yieldable(L);
  return known >= 0 ? known : !push_between(L, 1, 0);
}

/* ---- beginning a wait ---- */

enum {
  UP_LOOP = 1,
  UP_NOW,    /* its first element is the task that runs */
  UP_UNWAIT, /* what is called if the wait is broken off */
  UP_HANDLE,
  UP_READER,
  UP_THREAD,
  UP_INNER,
  UP_UNWAIT_NAME,
  UP_SUBJECT,
  UP_INTERRUPT,
  UP_EXPIRED,
  UPVALUES = UP_EXPIRED
};

static int has_field(lua_State *L, int index, int name) {
  int type = net_push_field(L, index, name);
  lua_pop(L, 1);
  return type != LUA_TNIL;
}

static void set_field(lua_State *L, int index, int name, int value) {
  lua_pushvalue(L, lua_upvalueindex(name));
  lua_pushvalue(L, value);
  lua_rawset(L, index);
}

static int is_open(lua_State *L) {
  const net_loop *loop = (const net_loop *)lua_touserdata(L, lua_upvalueindex(UP_LOOP));
  const net_stream *stream = loop->reading;
  if (stream == NULL || lua_topointer(L, 1) != stream->handle.owner) {
    net_push_field(L, 1, UP_HANDLE);
    const net_handle *handle = net_handle_test(L, -1);
    lua_pop(L, 1);
    if (handle == NULL || !net_handle_type(handle)->is_stream) return 0;
    stream = (const net_stream *)handle;
  }
  return (stream->flags & NET_READ_TASK) && !has_field(L, 1, UP_READER);
}

/* Is it the task at index 2 that runs, and is nothing to be raised in it? */
static int can_wait(lua_State *L) {
  int is_it = net_loop_task_runs(L, 2, UP_THREAD, UP_INNER);
  lua_settop(L, 2);
  return is_it && !has_field(L, 2, UP_UNWAIT_NAME) && !has_field(L, 2, UP_INTERRUPT) &&
         !has_field(L, 2, UP_EXPIRED) && is_yieldable(L);
}

/* await(socket) -> true: the task that runs waits to read, and is to yield; nil: nothing has been done. */
static int wait_begin(lua_State *L) {
  lua_settop(L, 1);
  if (lua_type(L, 1) != LUA_TTABLE || !is_open(L)) return 0;
  lua_rawgeti(L, lua_upvalueindex(UP_NOW), 1);
  if (lua_type(L, 2) != LUA_TTABLE || !can_wait(L)) return 0;
  set_field(L, 2, UP_UNWAIT_NAME, lua_upvalueindex(UP_UNWAIT));
  set_field(L, 2, UP_SUBJECT, 1);
  set_field(L, 1, UP_READER, 2);
  lua_pushboolean(L, 1);
  return 1;
}

/* awaits(now, unwait) -> await. Upvalue 1 is the loop. */
static int wait_make(lua_State *L) {
  static const char *const names[] = {"_handle", "_reader",  "co",         "_inner",
                                      "_unwait", "_subject", "_interrupt", "_expired"};
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  for (int i = 0; i <= UPVALUES - UP_HANDLE; i++) lua_pushstring(L, names[i]);
  lua_pushcclosure(L, wait_begin, UPVALUES);
  return 1;
}

/* ---- what comes ---- */

struct pulled {
  const struct net_chunk *chunk;
  int is_taken;
};

static int deliver_reader(lua_State *L) {
  struct pulled *pulled = (struct pulled *)lua_touserdata(L, 1);
  const struct net_chunk *chunk = pulled->chunk;
  lua_rawgeti(L, lua_upvalueindex(NET_UP_OBJECTS), chunk->event.handle->ref);
  net_loop_push_hook(L, NET_ENTRY_READER);
  lua_pushliteral(L, "_reader");
  lua_pushvalue(L, -1);
  lua_rawget(L, 2);
  if (lua_isnil(L, -1)) return 0; /* nobody waits: it goes the usual way */
  lua_insert(L, -2);
  lua_pushlstring(L, chunk->data, (size_t)chunk->size);
  lua_insert(L, -2);
  pulled->is_taken = 1;
  lua_pushnil(L);
  lua_rawset(L, 2);
  lua_call(L, 2, 0);
  return 0;
}

int net_stream_give_to_task(net_stream *stream, const struct net_chunk *chunk) {
  net_loop *loop = net_stream_loop(stream);
  if (!(stream->flags & NET_READ_TASK) || stream->handle.ref == LUA_NOREF) return 0;
  struct pulled pulled = {chunk, 0};
  loop->reading = stream;
  (void)net_enter_for(loop, NET_ENTRY_READER, stream->handle.ref, &pulled);
  loop->reading = NULL;
  return pulled.is_taken;
}

void net_stream_open_wait(lua_State *L) { net_loop_set_entry(L, NET_ENTRY_READER, deliver_reader); }

void net_stream_open_tasks(lua_State *L, net_loop *loop) {
  lua_pushcfunction(L, wait_between);
  lua_setfield(L, -2, "between");
  lua_pushlightuserdata(L, loop);
  lua_pushcclosure(L, wait_make, 1);
  lua_setfield(L, -2, "awaits");
}
