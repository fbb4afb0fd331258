/* Hooks that raise (a host's watchdog, the interpreter's Ctrl-C) while our own lines run: they are called as ever, but
 * what they raise waits until the callback is over, and comes out of run.
 * Floor 2.
 * Owns a table in the registry: the hook that was set, and what hooks have raised. */
#include <string.h>

#include "loop.h"

/* A hook may raise at any instruction, and no order of lines is safe from that: an event that is taken from its queue and
 * not yet handed on would be lost, and a socket left half-way between two states. To what was written for the C API,
 * a library in C, that does not happen. So it does not happen to our Lua lines either: when a callback begins, a hook that
 * somebody has set since is taken, and another stands in its place, which calls it. In the user's lines, what it raises
 * is raised there. In ours, it is caught, and kept for run. A hook is taken until its owner sets another one, or none. */

static const char hooks_key = 0; /* the address of the table's key */
static const char nil_key = 0;   /* stands for error(nil) */

enum {
  PLACE_HOOK = 1,
  PLACE_GETHOOK,
  PLACE_CALLER,
  PLACE_HANDLER,
  PLACE_KEPT,
  PLACE_RAISED,
  PLACE_OURS,
  PLACE_EVENTS
};

static void push_table(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key); }

/* ---- whose lines are they? ---- */

/* On Windows the search path may have either slash, and the loader its own. */
static int begins_with(const char *source, const char *start, size_t length) {
#ifdef _WIN32
  for (size_t i = 0; i < length; i++) {
    int slashes = (source[i] == '/' || source[i] == '\\') && (start[i] == '/' || start[i] == '\\');
    if (source[i] != start[i] && !slashes) return 0;
  }
  return 1;
#else
  return strncmp(source, start, length) == 0;
#endif
}

/* Of the running function, or of the one that has called it, if it is in C, and so on. The C functions right above run
 * are ours. */
static int is_ours(lua_State *L, const net_loop *loop) {
  lua_Debug info;
  for (int level = 0; lua_getstack(L, level, &info); level++) {
    lua_getinfo(L, "Sf", &info);
    int is_run = lua_tocfunction(L, -1) == net_loop_run;
    lua_pop(L, 1);
    if (is_run) return 1;
    if (info.linedefined < 0) continue; /* in C, or built in, or in the place of a tail call */
    return loop->ours_length > 0 && begins_with(info.source, loop->ours, loop->ours_length);
  }
  return 0;
}

/* ours(): the files beside the caller's directory, and below, are the lines of the library. */
static int hooks_ours(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  lua_Debug info;
  lua_getglobal(L, "jit"); /* LuaJIT has one hook for all its threads */
  loop->one_hook = (unsigned char)lua_istable(L, -1);
  if (!lua_getstack(L, 1, &info) || !lua_getinfo(L, "S", &info) || *info.source != '@') return 0;
  size_t length = strlen(info.source);
  for (int parts = 0; length > 0 && parts < 2; length--) {
    if (info.source[length - 1] == '/' || info.source[length - 1] == '\\') parts++;
  }
  if (length == 0) return 0;
  push_table(L);
  lua_pushlstring(L, info.source, length + 1);
  loop->ours = lua_tolstring(L, -1, &loop->ours_length);
  lua_rawseti(L, -2, PLACE_OURS);
  return 0;
}

/* ---- calling the hook that was taken ---- */

struct c_hook {
  lua_Hook hook;
  lua_Debug *event;
};

static int call_c_hook(lua_State *L) {
  const struct c_hook *call = (const struct c_hook *)lua_touserdata(L, 1);
  call->hook(L, call->event);
  return 0;
}

/* Pushes nothing if it does not raise, else what it has raised. A function of Lua's is called just as the debug library
 * would, so that levels of the stack are what it expects. */
static int call_hook(int is_lua, lua_State *L, lua_Hook hook, int ours, lua_Debug *event) {
  struct c_hook call = {hook, event};
  push_table(L);
  int table = lua_gettop(L);
  lua_rawgeti(L, table, PLACE_HANDLER);
  int status;
  if (is_lua) {
    lua_rawgeti(L, table, PLACE_HOOK);
    lua_rawgeti(L, table, PLACE_EVENTS + event->event);
    if (event->event == LUA_HOOKLINE) {
      lua_pushinteger(L, event->currentline);
    } else {
      lua_pushnil(L);
    }
    status = lua_pcall(L, 2, 0, ours ? table + 1 : 0);
  } else {
    lua_rawgeti(L, table, PLACE_CALLER);
    lua_pushlightuserdata(L, &call);
    status = lua_pcall(L, 1, 0, ours ? table + 1 : 0);
  }
  if (status == LUA_OK) {
    lua_settop(L, table - 1);
    return status;
  }
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushlightuserdata(L, (void *)&nil_key);
  }
  lua_pushvalue(L, -1);
  lua_rawseti(L, table, PLACE_RAISED);
  lua_replace(L, table);
  lua_settop(L, table);
  return status;
}

/* Raises what is on top of the stack. */
static void raise_value(lua_State *L) {
  if (lua_touserdata(L, -1) == (void *)&nil_key) lua_pushnil(L);
  lua_error(L);
}

static void take(net_loop *loop, lua_State *L);

static void on_hook(lua_State *L, lua_Debug *event) {
  net_loop *loop = net_loop_find(L);
  if (loop == NULL) return;
  int ours = loop->L != NULL && is_ours(L, loop);
  lua_Hook hook = loop->hook;
  int is_lua = loop->hook_is_lua;
  if (loop->late_hook != NULL) {
    /* Set by the handler of a signal: to be called once, as soon as that may be. */
    if (ours) return;
    hook = loop->late_hook;
    is_lua = 0;
    loop->late_hook = NULL;
    lua_sethook(L, hook, loop->late_mask, loop->late_count);
  }
  if (hook == NULL) return;
  if (L != loop->hooked &&
      !loop->one_hook) { /* a coroutine that has inherited it: such have none of Lua's functions */
    if (!is_lua) hook(L, event);
    return;
  }
  if (ours && (loop->after & NET_AFTER_HOOK)) return; /* what it has raised is on its way */
  int status = call_hook(is_lua, L, hook, ours, event);
  if (loop->L == L && lua_gethook(L) != on_hook) take(loop, L); /* it has set another */
  if (status == LUA_OK) return;
  if (!ours) raise_value(L);
  push_table(L);
  lua_insert(L, -2);
  lua_rawseti(L, -2, PLACE_KEPT);
  lua_pop(L, 1);
  loop->after |= NET_AFTER_HOOK;
}

/* ---- taking it ---- */

static void take(net_loop *loop, lua_State *L) {
  loop->taking = 1;
  lua_Hook hook = lua_gethook(L);
  if (hook == on_hook || hook == NULL) {
    loop->taking = 0;
    return;
  }
  int mask = lua_gethookmask(L), count = lua_gethookcount(L);
  lua_sethook(L, hook, LUA_MASKCOUNT, 0x7fffffff); /* not to be called now, but to be asked for */
  int top = lua_gettop(L);
  push_table(L);
  lua_rawgeti(L, -1, PLACE_GETHOOK);
  int is_lua = lua_isfunction(L, -1) && lua_pcall(L, 0, 1, 0) == LUA_OK && lua_isfunction(L, -1);
  if (is_lua) lua_rawseti(L, top + 1, PLACE_HOOK);
  lua_settop(L, top);
  loop->hook = hook;
  loop->hook_is_lua = (unsigned char)is_lua;
  loop->hooked = L;
  lua_sethook(L, on_hook, mask, count);
  loop->taking = 0;
}

void net_loop_take_new_hook(net_loop *loop) { take(loop, loop->L); }

/* When run ends. One that counts stays: to give it back would begin its count anew. */
void net_loop_give_hook_back(net_loop *loop, lua_State *L, int always) {
  if (loop->hook != NULL && lua_gethook(L) == on_hook && (always || !(lua_gethookmask(L) & LUA_MASKCOUNT)))
    lua_sethook(L, loop->hook, lua_gethookmask(L), lua_gethookcount(L));
}

/* Called by a signal handler, with what the hook was before it asked the one of the user. */
void net_loop_put_hook_off(net_loop *loop, lua_Hook before) {
  lua_State *L = loop->L;
  lua_Hook hook = lua_gethook(L);
  if (hook == before || hook == NULL || hook == on_hook) return;
  loop->late_mask = lua_gethookmask(L);
  loop->late_count = lua_gethookcount(L);
  loop->late_hook = hook;
  loop->hooked = L;
  lua_sethook(L, on_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

/* Between two callbacks: the hook of a signal's handler, if it has not been called yet, stands as it was set. */
void net_loop_set_late_hook(net_loop *loop) {
  if (loop->late_hook == NULL) return;
  lua_Hook hook = loop->late_hook;
  loop->late_hook = NULL;
  if (lua_gethook(loop->L) == on_hook) lua_sethook(loop->L, hook, loop->late_mask, loop->late_count);
}

void net_loop_keep_hook_error(net_loop *loop) {
  lua_State *L = loop->L;
  loop->after &= (unsigned char)~NET_AFTER_HOOK;
  push_table(L);
  lua_rawgeti(L, -1, PLACE_KEPT);
  lua_pushboolean(L, 0);
  lua_rawseti(L, -3, PLACE_KEPT);
  lua_remove(L, -2);
  if (lua_touserdata(L, -1) == (void *)&nil_key) {
    lua_pop(L, 1);
    lua_pushnil(L);
  }
  net_loop_keep_error(loop, NET_ENTRY_NONE, 0);
}

/* keepInterrupt(value): is this what a hook has raised last? Then it comes out of run after this callback. */
static int hooks_keep_interrupt(lua_State *L) {
  net_loop *loop = net_loop_upvalue(L);
  lua_settop(L, 1);
  push_table(L);
  lua_rawgeti(L, 2, PLACE_RAISED);
  int is_nil = lua_touserdata(L, 3) == (void *)&nil_key;
  if (lua_isboolean(L, 3) || !(is_nil ? lua_isnil(L, 1) : lua_rawequal(L, 1, 3))) return 0;
  lua_pushboolean(L, 0);
  lua_rawseti(L, 2, PLACE_RAISED);
  if (loop->L == NULL) {
    lua_settop(L, 1);
    return lua_error(L);
  }
  if (!(loop->after & NET_AFTER_HOOK)) {
    lua_rawseti(L, 2, PLACE_KEPT);
    loop->after |= NET_AFTER_HOOK;
  }
  lua_pushboolean(L, 1);
  return 1;
}

const luaL_Reg net_loop_hook_functions[] = {
    {"ours", hooks_ours}, {"keepInterrupt", hooks_keep_interrupt}, {NULL, NULL}};

void net_loop_open_hooks(lua_State *L) {
#ifdef LUA_HOOKTAILRET
  static const char *const events[] = {"call", "return", "line", "count", "tail return"};
#else
  static const char *const events[] = {"call", "return", "line", "count", "tail call"};
#endif
  lua_createtable(L, PLACE_EVENTS + 5, 0);
  for (int i = 1; i <= PLACE_EVENTS + 4; i++) {
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, i);
  }
  lua_getglobal(L, "debug");
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "gethook");
    lua_rawseti(L, -3, PLACE_GETHOOK);
  }
  lua_pop(L, 1);
  lua_pushcfunction(L, call_c_hook);
  lua_rawseti(L, -2, PLACE_CALLER);
  net_loop_push_handler(L);
  lua_rawseti(L, -2, PLACE_HANDLER);
  for (int i = 0; i < 5; i++) {
    lua_pushstring(L, events[i]);
    lua_rawseti(L, -2, PLACE_EVENTS + i);
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &hooks_key);
}
