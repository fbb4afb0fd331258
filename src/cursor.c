/* Many small messages in one chunk: each is one call of C.
 * Floor 2.
 * Owns no memory.
 *
 * The first chunk that a stream holds is *held*: the messages in it are taken here, without a look at the stream's state,
 * in which nothing is written meanwhile. That takes care of itself: while a chunk is held, the state (`stream._rs`) has
 * no `length` and no `buffer`, and a metatable that hears of whoever asks for a field that is not there. Then what was
 * taken is written into the state, and the chunk is held no more. So nobody has to know of this but who holds. One chunk
 * is held at a time.
 *
 * What a message is not made of, or ends the chunk, is left to Lua, which knows what else is to be done then. */
#include "cursor.h"

#include "framing.h"

#include <string.h>

enum { LONGEST_DELIMITER = 256 }; /* bytes */

/* To hold a chunk and to let it go takes about as long as to take five messages the usual way. */
enum { WORTH_WHILE = 512 }; /* bytes */

/* A userdata, which the functions share as an upvalue. */
struct cursor {
  const char *data; /* of the chunk; NULL: nothing is taken from it any more */
  size_t at;        /* what is before that has been taken */
  size_t size;
  uint64_t whole; /* what the stream had held when `at` was 0 */
  int is_held;    /* the state is to be written yet */
};

enum {
  UP_CURSOR = 1,
  UP_STREAM, /* a weak table: its first element is whose chunk is held */
  UP_STATE, /* its first element is his state, the second the state's buffer; and it is the metatable of the state */
  UP_BUFFER,
  UP_LENGTH,
  UP_OFFSET,
  UP_HEAD,
  UPVALUES = UP_HEAD
};

static struct cursor *cursor_of(lua_State *L) {
  return (struct cursor *)lua_touserdata(L, lua_upvalueindex(UP_CURSOR));
}

/* Sets a field to the value on top of the stack. */
static void set_field(lua_State *L, int index, int name) {
  lua_pushvalue(L, lua_upvalueindex(name));
  lua_insert(L, -2);
  lua_rawset(L, index);
}

static void clear_field(lua_State *L, int index, int name) {
  lua_pushnil(L);
  set_field(L, index, name);
}

/* Writes what was taken into the state. If memory fails, the rest is done when somebody asks again: nothing is taken from
 * the chunk any more, and who looks for bytes asks for the buffer, which comes last. */
static void let_go(lua_State *L, struct cursor *cursor) {
  if (!cursor->is_held) return;
  int top = lua_gettop(L), state = top + 1;
  cursor->data = NULL;
  lua_rawgeti(L, lua_upvalueindex(UP_STATE), 1);
  if (net_push_field(L, state, UP_LENGTH) == LUA_TNIL) { /* else somebody may have counted on already */
    net_pushsize(L, cursor->at);
    set_field(L, state, UP_OFFSET);
    net_pushsize(L, cursor->whole - cursor->at);
    set_field(L, state, UP_LENGTH);
  }
  lua_rawgeti(L, lua_upvalueindex(UP_STATE), 2);
  set_field(L, state, UP_BUFFER);
  lua_pushnil(L);
  lua_setmetatable(L, state);
  cursor->is_held = 0;
  for (int place = 1; place <= 2; place++) {
    lua_pushnil(L);
    lua_rawseti(L, lua_upvalueindex(UP_STATE), place);
  }
  lua_settop(L, top);
}

/* Somebody asks for a field of the state. */
static int state_index(lua_State *L) {
  let_go(L, cursor_of(L));
  lua_rawget(L, 1);
  return 1;
}

static int state_newindex(lua_State *L) {
  let_go(L, cursor_of(L));
  lua_rawset(L, 1);
  return 0;
}

/* hold(stream, state): the first chunk that it holds, of which something has been taken, if that is worth while. It takes
 * no memory, for the message that was taken before would be lost with it; to let another stream go may. */
static int cursor_hold(lua_State *L) {
  struct cursor *cursor = cursor_of(L);
  size_t size;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  let_go(L, cursor);
  if (net_push_field(L, 2, UP_BUFFER) != LUA_TTABLE) return 0; /* 3 */
  net_push_field(L, 2, UP_HEAD);
  lua_rawgeti(L, 3, (int)lua_tointeger(L, 4));
  net_push_field(L, 2, UP_OFFSET);
  net_push_field(L, 2, UP_LENGTH);
  if (lua_type(L, 5) != LUA_TSTRING || lua_type(L, 6) != LUA_TNUMBER || lua_getmetatable(L, 2)) return 0;
  const char *data = lua_tolstring(L, 5, &size);
  size_t at = (size_t)lua_tonumber(L, 6);
  if (at > size || size - at < WORTH_WHILE) return 0;
  uint64_t whole = (uint64_t)lua_tonumber(L, 7) + at;
  lua_pushvalue(L, 1);
  lua_rawseti(L, lua_upvalueindex(UP_STREAM), 1);
  lua_pushvalue(L, 2);
  lua_rawseti(L, lua_upvalueindex(UP_STATE), 1);
  lua_pushvalue(L, 3);
  lua_rawseti(L, lua_upvalueindex(UP_STATE), 2);
  clear_field(L, 2, UP_BUFFER);
  clear_field(L, 2, UP_LENGTH);
  lua_pushvalue(L, lua_upvalueindex(UP_STATE));
  lua_setmetatable(L, 2);
  cursor->data = data;
  cursor->at = at;
  cursor->size = size;
  cursor->whole = whole;
  cursor->is_held = 1;
  return 0;
}

/* ---- taking ---- */

/* The cursor if it is the stream at index 1 whose chunk is held; or NULL. Leaves something on the stack. */
static struct cursor *held(lua_State *L) {
  struct cursor *cursor = cursor_of(L);
  if (cursor->data == NULL) return NULL;
  lua_rawgeti(L, lua_upvalueindex(UP_STREAM), 1);
  return lua_topointer(L, 1) == lua_topointer(L, -1) && !lua_isnil(L, -1) ? cursor : NULL;
}

/* Gives back so many bytes, unless they or what comes with them end the chunk. */
static int take(lua_State *L, struct cursor *cursor, size_t from, size_t length, size_t next) {
  if (next >= cursor->size) return 0;
  lua_pushlstring(L, cursor->data + from, length);
  cursor->at = next;
  return 1;
}

/* A count of bytes that Lua has as a number, perhaps math.huge. */
static size_t to_size(lua_State *L, int index) {
  lua_Number value = lua_tonumber(L, index);
  return value < 0 ? 0 : value >= (lua_Number)(SIZE_MAX / 2) ? SIZE_MAX / 2 : (size_t)value;
}

/* next_line(stream, limit) -> the line, or nothing. */
static int cursor_next_line(lua_State *L) {
  struct cursor *cursor = held(L);
  if (cursor == NULL) return 0;
  size_t rest = cursor->size - cursor->at, limit = to_size(L, 2);
  const char *from = cursor->data + cursor->at;
  const char *end = (const char *)memchr(from, '\n', rest > limit + 2 ? limit + 2 : rest);
  if (end == NULL) return 0;
  size_t length = (size_t)(end - from), next = cursor->at + length + 1;
  if (length > 0 && end[-1] == '\r') length--;
  return length > limit ? 0 : take(L, cursor, cursor->at, length, next);
}

/* next_until(stream, delimiter, limit) -> what is before it, or nothing. */
static int cursor_next_until(lua_State *L) {
  struct cursor *cursor = held(L);
  if (cursor == NULL || lua_type(L, 2) != LUA_TSTRING) return 0;
  size_t size, matched = 0, limit = to_size(L, 3), rest = cursor->size - cursor->at;
  const char *delimiter = lua_tolstring(L, 2, &size);
  if (size == 0 || size > LONGEST_DELIMITER) return 0;
  if (rest > limit && rest - limit > size) rest = limit + size;
  ptrdiff_t end = net_framing_find(cursor->data + cursor->at, rest, delimiter, size, &matched);
  if (end < 0 || (size_t)end - size > limit) return 0;
  return take(L, cursor, cursor->at, (size_t)end - size, cursor->at + (size_t)end);
}

/* next_bytes(stream, n) -> so many bytes, or nothing. */
static int cursor_next_bytes(lua_State *L) {
  struct cursor *cursor = held(L);
  int64_t n;
  if (cursor == NULL || lua_type(L, 2) != LUA_TNUMBER || !net_towhole(L, 2, &n) || n <= 0) return 0;
  if ((uint64_t)n >= cursor->size - cursor->at) return 0;
  return take(L, cursor, cursor->at, (size_t)n, cursor->at + (size_t)n);
}

/* next_frame(stream, size, little, limit) -> what follows a length of so many bytes, or nothing. */
static int cursor_next_frame(lua_State *L) {
  struct cursor *cursor = held(L);
  if (cursor == NULL) return 0;
  size_t size = to_size(L, 2), rest = cursor->size - cursor->at;
  int little = lua_toboolean(L, 3);
  if (size > 8 || rest < size) return 0;
  uint64_t length = 0;
  const unsigned char *from = (const unsigned char *)cursor->data + cursor->at;
  for (size_t i = 0; i < size; i++) length = length << 8 | from[little ? size - 1 - i : i];
  if (length >= rest - size || length > to_size(L, 4)) return 0;
  size_t begin = cursor->at + size;
  return take(L, cursor, begin, (size_t)length, begin + (size_t)length);
}

static void push_upvalues(lua_State *L, int first) {
  for (int i = 0; i < UPVALUES; i++) lua_pushvalue(L, first + i);
}

void net_cursor_open(lua_State *L) {
  static const luaL_Reg functions[] = {{"hold", cursor_hold},
                                       {"next_line", cursor_next_line},
                                       {"next_until", cursor_next_until},
                                       {"next_bytes", cursor_next_bytes},
                                       {"next_frame", cursor_next_frame},
                                       {NULL, NULL}};
  static const char *const names[] = {"buffer", "length", "offset", "head"};
  int first = lua_gettop(L) + 1;
  struct cursor *cursor = (struct cursor *)net_newuserdata(L, sizeof *cursor);
  memset(cursor, 0, sizeof *cursor);
  lua_createtable(L, 1, 0);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_createtable(L, 2, 2);
  for (int i = 0; i <= UPVALUES - UP_BUFFER; i++) lua_pushstring(L, names[i]);
  int state = first + UP_STATE - 1;
  push_upvalues(L, first);
  lua_pushcclosure(L, state_index, UPVALUES);
  lua_setfield(L, state, "__index");
  push_upvalues(L, first);
  lua_pushcclosure(L, state_newindex, UPVALUES);
  lua_setfield(L, state, "__newindex");
  lua_pushvalue(L, first - 1);
  push_upvalues(L, first);
  net_setfuncs(L, functions, UPVALUES);
  lua_settop(L, first - 1);
}
