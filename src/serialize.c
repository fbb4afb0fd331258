/* The 8-bit clean form of Lua values that two Luas send each other.
 * Floor 1.
 * Owns no memory: what grows is a userdata. */
#include "serialize.h"

#include <stdint.h>
#include <string.h>

static const char body_start[NET_BODY_START] = {'L', 1};

enum { VARINT_MAX = 10, DOUBLE_BYTES = 8, FEW_PLACES = 256, FIRST_ROOM = 512 };

/* ---- writing ---- */

/* Fixed places of the writer's stack. */
enum { W_VALUE = 1, W_CLASSIFY, W_ROOM, W_SEEN, W_PLACES = W_SEEN };

struct writer {
  lua_State *L;
  char *room; /* a userdata at W_ROOM */
  size_t size, used;
  lua_Integer tables; /* how many have been written */
  int depth;
};

static char *reserve(struct writer *writer, size_t count) {
  if (writer->size - writer->used < count) {
    size_t size = writer->size * 2;
    if (size - writer->used < count) size = writer->used + count;
    if (size < writer->size) luaL_error(writer->L, "message too large");
    char *room = (char *)net_newuserdata(writer->L, size);
    memcpy(room, writer->room, writer->used);
    lua_replace(writer->L, W_ROOM);
    writer->room = room;
    writer->size = size;
  }
  return writer->room + writer->used;
}

static void put_byte(struct writer *writer, int byte) {
  *reserve(writer, 1) = (char)byte;
  writer->used++;
}

static void put_varint(struct writer *writer, uint64_t number) {
  unsigned char *out = (unsigned char *)reserve(writer, VARINT_MAX);
  size_t count = 0;
  while (number >= 0x80) {
    out[count++] = (unsigned char)(number | 0x80);
    number >>= 7;
  }
  out[count++] = (unsigned char)number;
  writer->used += count;
}

static void put_string(struct writer *writer, int index) {
  size_t length;
  const char *bytes = lua_tolstring(writer->L, index, &length);
  put_varint(writer, length);
  memcpy(reserve(writer, length), bytes, length);
  writer->used += length;
}

static void put_integer(struct writer *writer, int64_t number) {
  put_byte(writer, NET_TAG_INTEGER);
  put_varint(writer, ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0));
}

static void put_number(struct writer *writer, int index) {
  int64_t whole;
  if (net_towhole(writer->L, index, &whole)) {
    put_integer(writer, whole);
    return;
  }
  double number = (double)lua_tonumber(writer->L, index);
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  put_byte(writer, NET_TAG_FLOAT);
  char *out = reserve(writer, DOUBLE_BYTES);
  for (int i = 0; i < DOUBLE_BYTES; i++) out[i] = (char)(bits >> (56 - 8 * i));
  writer->used += DOUBLE_BYTES;
}

/* What a writer cannot take stands on the stack as a sentence then, and the result is false. */
static int put_value(struct writer *writer, int index);

static int refuse(struct writer *writer, const char *what) {
  lua_pushfstring(writer->L, "%s could not be cloned.", what);
  return 0;
}

/* Is the key at `index` one of 1 to n? Those have been written. */
static int is_in_list(lua_State *L, int index, const size_t *n) {
  int64_t whole;
  if (lua_type(L, index) != LUA_TNUMBER || !net_towhole(L, index, &whole)) return 0;
  return whole >= 1 && (uint64_t)whole <= *n;
}

static int put_fields(struct writer *writer, int index) {
  lua_State *L = writer->L;
  size_t n = lua_rawlen(L, index);
  put_varint(writer, n);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, index, (int)i);
    if (!put_value(writer, lua_gettop(L))) return 0;
    lua_pop(L, 1);
  }
  lua_pushnil(L);
  while (lua_next(L, index)) {
    int key = lua_gettop(L) - 1;
    if (!is_in_list(L, key, &n)) {
      if (!put_value(writer, key) || !put_value(writer, key + 1)) return 0;
    }
    lua_settop(L, key);
  }
  put_byte(writer, NET_TAG_NIL);
  return 1;
}

/* Of a table with a metatable Lua is asked: the name of an Error's class and its fields, or nil for another table. */
static int put_table(struct writer *writer, int index) {
  lua_State *L = writer->L;
  int top = lua_gettop(L);
  lua_pushvalue(L, index);
  lua_rawget(L, W_SEEN);
  if (!lua_isnil(L, -1)) {
    put_byte(writer, NET_TAG_SAME);
    put_varint(writer, (uint64_t)lua_tointeger(L, -1));
    lua_settop(L, top);
    return 1;
  }
  lua_pop(L, 1);
  lua_pushvalue(L, index);
  lua_pushinteger(L, ++writer->tables);
  lua_rawset(L, W_SEEN);
  if (lua_getmetatable(L, index)) {
    lua_pop(L, 1);
    lua_pushvalue(L, W_CLASSIFY);
    lua_pushvalue(L, index);
    lua_call(L, 1, 2);
    if (lua_type(L, -2) == LUA_TSTRING && lua_istable(L, -1)) {
      put_byte(writer, NET_TAG_ERROR);
      put_string(writer, -2);
      if (!put_fields(writer, top + 2)) return 0;
      lua_settop(L, top);
      return 1;
    }
    lua_settop(L, top);
  }
  put_byte(writer, NET_TAG_TABLE);
  if (!put_fields(writer, index)) return 0;
  lua_settop(L, top);
  return 1;
}

static int put_value(struct writer *writer, int index) {
  lua_State *L = writer->L;
  switch (lua_type(L, index)) {
    case LUA_TNIL: put_byte(writer, NET_TAG_NIL); return 1;
    case LUA_TBOOLEAN: put_byte(writer, lua_toboolean(L, index) ? NET_TAG_TRUE : NET_TAG_FALSE); return 1;
    case LUA_TNUMBER: put_number(writer, index); return 1;
    case LUA_TSTRING:
      put_byte(writer, NET_TAG_STRING);
      put_string(writer, index);
      return 1;
    case LUA_TTABLE: break;
    default: return refuse(writer, luaL_typename(L, index));
  }
  if (writer->depth == NET_NESTED_MAX) return refuse(writer, "A table that is nested too deep");
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  writer->depth++;
  int done = put_table(writer, index);
  writer->depth--;
  return done;
}

/* serialize(value, classify): the message; or nil and why not. */
static int serialize(lua_State *L) {
  struct writer writer = {L, NULL, FIRST_ROOM, NET_LENGTH_BYTES, 0, 0};
  lua_settop(L, W_CLASSIFY);
  writer.room = (char *)net_newuserdata(L, writer.size);
  lua_newtable(L);
  for (int i = 0; i < NET_BODY_START; i++) put_byte(&writer, body_start[i]);
  if (!put_value(&writer, W_VALUE)) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  uint64_t length = writer.used - NET_LENGTH_BYTES;
  if (length > UINT32_MAX) return luaL_error(L, "message too large");
  for (int i = 0; i < NET_LENGTH_BYTES; i++) writer.room[i] = (char)(length >> (24 - 8 * i));
  lua_pushlstring(L, writer.room, writer.used);
  return 1;
}

/* ---- reading ---- */

enum { R_TEXT = 1, R_FIRST, R_LAST, R_MAKE, R_TABLES };

struct reader {
  lua_State *L;
  const unsigned char *at, *end;
  lua_Integer tables;
  int depth;
};

static int take_varint(struct reader *reader, uint64_t *number) {
  *number = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (reader->at == reader->end) return 0;
    uint64_t byte = *reader->at++;
    if (shift == 63 && byte > 1) return 0;
    *number |= (byte & 0x7f) << shift;
    if (byte < 0x80) return 1;
  }
  return 0;
}

static int take_string(struct reader *reader) {
  uint64_t length;
  if (!take_varint(reader, &length) || length > (uint64_t)(reader->end - reader->at)) return 0;
  lua_pushlstring(reader->L, (const char *)reader->at, (size_t)length);
  reader->at += length;
  return 1;
}

static int take_float(struct reader *reader) {
  if (reader->end - reader->at < DOUBLE_BYTES) return 0;
  uint64_t bits = 0;
  for (int i = 0; i < DOUBLE_BYTES; i++) bits = bits << 8 | *reader->at++;
  double number;
  memcpy(&number, &bits, sizeof number);
  lua_pushnumber(reader->L, (lua_Number)number);
  return 1;
}

static int take_integer(struct reader *reader) {
  uint64_t number;
  if (!take_varint(reader, &number)) return 0;
  int64_t whole = (int64_t)(number >> 1);
  net_pushwhole(reader->L, number & 1 ? -whole - 1 : whole);
  return 1;
}

static int take_value(struct reader *reader);

/* The fields of the table on top of the stack. */
static int take_fields(struct reader *reader, uint64_t n) {
  lua_State *L = reader->L;
  int table = lua_gettop(L);
  for (uint64_t i = 1; i <= n; i++) {
    if (!take_value(reader)) return 0;
    lua_rawseti(L, table, (int)i);
  }
  for (;;) {
    if (!take_value(reader)) return 0;
    if (lua_isnil(L, -1)) break;
    if (lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) != lua_tonumber(L, -1)) return 0; /* NaN */
    if (!take_value(reader)) return 0;
    lua_rawset(L, table);
  }
  lua_settop(L, table);
  return 1;
}

/* A table takes its number before its fields, which may name it. */
static int take_table(struct reader *reader, int is_error) {
  lua_State *L = reader->L;
  uint64_t n;
  if (is_error) {
    lua_pushvalue(L, R_MAKE);
    if (!take_string(reader)) return 0;
    lua_call(L, 1, 1);
    if (!lua_istable(L, -1)) return 0;
  }
  /* Each value is a byte at least, and every byte that is claimed has to be there. */
  if (!take_varint(reader, &n) || n > (uint64_t)(reader->end - reader->at)) return 0;
  if (!is_error) lua_createtable(L, n < FEW_PLACES ? (int)n : FEW_PLACES, 0);
  lua_pushvalue(L, -1);
  lua_rawseti(L, R_TABLES, (int)++reader->tables);
  return take_fields(reader, n);
}

static int take_same(struct reader *reader) {
  uint64_t number;
  if (!take_varint(reader, &number) || number < 1 || number > (uint64_t)reader->tables) return 0;
  lua_rawgeti(reader->L, R_TABLES, (int)number);
  return 1;
}

static int take_value(struct reader *reader) {
  lua_State *L = reader->L;
  if (reader->at == reader->end) return 0;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  int tag = *reader->at++;
  switch (tag) {
    case NET_TAG_NIL: lua_pushnil(L); return 1;
    case NET_TAG_FALSE: lua_pushboolean(L, 0); return 1;
    case NET_TAG_TRUE: lua_pushboolean(L, 1); return 1;
    case NET_TAG_INTEGER: return take_integer(reader);
    case NET_TAG_FLOAT: return take_float(reader);
    case NET_TAG_STRING: return take_string(reader);
    case NET_TAG_SAME: return take_same(reader);
    case NET_TAG_TABLE:
    case NET_TAG_ERROR: break;
    default: return 0;
  }
  if (reader->depth == NET_NESTED_MAX) return 0;
  reader->depth++;
  int done = take_table(reader, tag == NET_TAG_ERROR);
  reader->depth--;
  return done;
}

/* deserialize(text, first, last, make): true and the value of the body text:sub(first, last); or false. `make(name)`
 * gives an empty Error. */
static int deserialize(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, R_TEXT, &length);
  lua_Integer first = luaL_checkinteger(L, R_FIRST), last = luaL_checkinteger(L, R_LAST);
  lua_settop(L, R_MAKE);
  lua_newtable(L);
  struct reader reader = {L, NULL, NULL, 0, 0};
  int done = first >= 1 && last >= first && (uint64_t)last <= length && last - first + 1 > NET_BODY_START;
  if (done) {
    reader.at = (const unsigned char *)text + first - 1;
    reader.end = (const unsigned char *)text + last;
    done = memcmp(reader.at, body_start, NET_BODY_START) == 0;
    reader.at += NET_BODY_START;
  }
  if (done) done = take_value(&reader) && reader.at == reader.end;
  if (!done) {
    lua_pushboolean(L, 0);
    return 1;
  }
  lua_pushboolean(L, 1);
  lua_insert(L, -2);
  return 2;
}

void net_serialize_open(lua_State *L) {
  static const luaL_Reg functions[] = {{"serialize", serialize}, {"deserialize", deserialize}, {NULL, NULL}};
  net_setfuncs(L, functions, 0);
}
