/* Framing: where in a stream of bytes a message ends.
 * Floor 1.
 * Owns no memory. */
#include "framing.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST_DELIMITER = 256 }; /* bytes */

/* How many bytes of the delimiter's beginning its first `length` bytes end with, fewer than all of them: what is left of
 * a match when the next byte is another. Counted when it is needed, for most delimiters are one or two bytes long. */
static size_t fall_back(const char *delimiter, size_t length) {
  for (size_t rest = length - 1; rest > 0; rest--) {
    if (memcmp(delimiter, delimiter + length - rest, rest) == 0) return rest;
  }
  return 0;
}

ptrdiff_t net_framing_find(const char *data, size_t size, const char *delimiter, size_t length,
                           size_t *matched) {
  size_t have = *matched;
  const char *at = data, *end = data + size;
  while (at < end) {
    if (have == 0) {
      at = (const char *)memchr(at, delimiter[0], (size_t)(end - at));
      if (at == NULL) break;
      have = 1;
      at++;
    } else if (*at == delimiter[have]) {
      have++;
      at++;
    } else {
      have = fall_back(delimiter, have);
      continue;
    }
    if (have == length) {
      *matched = 0;
      return at - data;
    }
  }
  *matched = have;
  return -1;
}

/* ---- Lua functions ---- */

/* A count of bytes that Lua has as a number, perhaps math.huge. */
static size_t to_size(lua_State *L, int index) {
  lua_Number value = lua_tonumber(L, index);
  return value < 0 ? 0 : value >= (lua_Number)(SIZE_MAX / 2) ? SIZE_MAX / 2 : (size_t)value;
}

static int too_long(lua_State *L) {
  lua_pushboolean(L, 0);
  return 1;
}

static int found(lua_State *L, size_t next, const char *from, size_t length) {
  lua_pushlstring(L, from, length);
  net_pushsize(L, next);
  return 2;
}

/* The line that begins at `from`, if it ends within the chunk. No more is looked at than a line may have. */
static int cut_line(lua_State *L, size_t offset, const char *data, size_t size) {
  const char *from = data + offset;
  size_t rest = size - offset, limit = to_size(L, 3);
  size_t look = rest > limit + 2 ? limit + 2 : rest; /* the line, "\r" and "\n" */
  const char *end = look > 0 ? (const char *)memchr(from, '\n', look) : NULL;
  if (end == NULL) {
    if (rest > limit + 1 || (rest == limit + 1 && from[limit] != '\r')) return too_long(L);
    lua_pushnil(L);
    lua_pushinteger(L, 0);
    return 2;
  }
  size_t length = (size_t)(end - from), next = offset + length + 1;
  if (length > 0 && end[-1] == '\r') length--;
  if (length > limit) return too_long(L);
  return found(L, next, from, length);
}

/* cut(chunk, offset, limit[, delimiter]): what stands in the chunk behind the offset and before the delimiter, and the
 * offset behind that; nil and what `find` needs to go on if it does not end here; false if it is longer than the limit.
 * Without a delimiter it is a line, which ends with "\n" or "\r\n". */
static int framing_cut(lua_State *L) {
  size_t size;
  const char *data = luaL_checklstring(L, 1, &size);
  size_t offset = to_size(L, 2), limit = to_size(L, 3);
  if (offset > size) offset = size;
  if (lua_type(L, 4) != LUA_TSTRING) return cut_line(L, offset, data, size);
  size_t length, matched = 0;
  const char *delimiter = lua_tolstring(L, 4, &length);
  luaL_argcheck(L, length > 0 && length <= LONGEST_DELIMITER, 4, "is no delimiter");
  size_t rest = size - offset;
  size_t look = rest > limit && rest - limit > length ? limit + length : rest;
  ptrdiff_t end = net_framing_find(data + offset, look, delimiter, length, &matched);
  if (end >= 0) {
    if ((size_t)end - length > limit) return too_long(L);
    return found(L, offset + (size_t)end, data + offset, (size_t)end - length);
  }
  if (rest - matched > limit) return too_long(L);
  lua_pushnil(L);
  net_pushsize(L, matched);
  return 2;
}

/* find(chunk, delimiter, matched): how many bytes of the chunk end with the delimiter, of which `matched` bytes have come
 * before; or nil, and how many have come by now. */
static int framing_find(lua_State *L) {
  size_t size, length;
  const char *data = luaL_checklstring(L, 1, &size);
  const char *delimiter = luaL_checklstring(L, 2, &length);
  size_t matched = to_size(L, 3);
  luaL_argcheck(L, length > 0 && length <= LONGEST_DELIMITER && matched < length, 2, "is no delimiter");
  ptrdiff_t end = net_framing_find(data, size, delimiter, length, &matched);
  if (end >= 0) {
    net_pushsize(L, (size_t)end);
    return 1;
  }
  lua_pushnil(L);
  net_pushsize(L, matched);
  return 2;
}

void net_framing_open(lua_State *L) {
  static const luaL_Reg functions[] = {{"cut", framing_cut}, {"find", framing_find}, {NULL, NULL}};
  net_setfuncs(L, functions, 0);
}
