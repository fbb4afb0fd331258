/* Signals of the process that a loop listens for.
 * Floor 4.
 * Owns no memory but each net_signal, and the actions that it has put aside. */
#ifndef UVNET_SIGNALS_H
#define UVNET_SIGNALS_H

#include "handle.h"

extern const net_type net_signal_type;

/* Adds signals to the table on top of the stack: a table of names and numbers. */
void net_signal_open(lua_State *L);

#endif
