/* Terminals.
 * Floor 7.
 * Owns no memory. */
#ifndef UVNET_TTY_H
#define UVNET_TTY_H

#include "stream.h"

extern const net_type net_tty_type;

/* Has a terminal that is in another mode get its own again when the state closes. */
void net_tty_open(net_loop *loop);

#endif
