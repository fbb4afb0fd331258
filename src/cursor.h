/* Many small messages in one chunk: each is one call of C.
 * Floor 2.
 * Owns no memory. */
#ifndef UVNET_CURSOR_H
#define UVNET_CURSOR_H

#include "compat.h"

/* Adds hold, next_line, next_until, next_bytes and next_frame to the table on top of the stack. */
void net_cursor_open(lua_State *L);

#endif
