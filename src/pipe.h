/* Unix domain sockets, and named pipes on Windows.
 * Floor 7.
 * Owns no memory. */
#ifndef UVNET_PIPE_H
#define UVNET_PIPE_H

#include "handle.h"

/* pipe([ipc]) -> a handle without a socket yet; ipc: one that can carry handles. */
extern const net_type net_pipe_type;

#endif
