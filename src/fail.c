/* A libuv status, as Lua gets it.
 * Floor 1.
 * Owns no memory. */
#include "fail.h"

#include <string.h>
#include <uv.h>

int net_fail_push(lua_State *L, int status) {
  char text[128];
  lua_pushstring(L, uv_err_name_r(status, text, sizeof text));
  lua_pushinteger(L, status);
  lua_pushstring(L, uv_strerror_r(status, text, sizeof text));
  return 3;
}

int net_fail(lua_State *L, int status) {
  lua_pushnil(L);
  return 1 + net_fail_push(L, status);
}

int net_done(lua_State *L, int status) {
  if (status < 0) return net_fail(L, status);
  lua_pushboolean(L, 1);
  return 1;
}

int net_fail_number(const char *code) {
#define NUMBER(name, text) \
  if (strcmp(code, #name) == 0) return UV_##name;
  UV_ERRNO_MAP(NUMBER) /* the way in which libuv lists its errors */
#undef NUMBER
  return UV_UNKNOWN;
}
