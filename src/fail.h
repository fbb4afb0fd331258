/* A libuv status, as Lua gets it: nil, code, errno, sentence. The one place that says so.
 * Floor 1.
 * Owns no memory. */
#ifndef UVNET_FAIL_H
#define UVNET_FAIL_H

#include "compat.h"

/* Pushes code ("ECONNREFUSED"), errno (negative) and libuv's sentence; 3 values. Raises when out of memory. */
int net_fail_push(lua_State *L, int status);

/* What a Lua-callable function returns for what the world refused: nil and the three values; 4. */
int net_fail(lua_State *L, int status);

/* `true` for a status of 0, else as net_fail: for functions that have nothing else to say. */
int net_done(lua_State *L, int status);

/* The number of a code such as "ETIMEDOUT"; UV_UNKNOWN for another text. */
int net_fail_number(const char *code);

#endif
