/* Framing: where in a stream of bytes a message ends.
 * Floor 1.
 * Owns no memory. */
#ifndef UVNET_FRAMING_H
#define UVNET_FRAMING_H

#include "compat.h"

/* Looks for a delimiter in bytes that come in pieces. `matched` is how many of the delimiter's bytes the last piece ended
 * with, 0 to begin with. Gives back where the delimiter ends in this piece, or -1, and sets `matched` for the next one.
 * Each byte is looked at once, but for those that a failed beginning of the delimiter has held up. */
ptrdiff_t net_framing_find(const char *data, size_t size, const char *delimiter, size_t length,
                           size_t *matched);

/* Adds cut and find to the table on top of the stack. */
void net_framing_open(lua_State *L);

#endif
