/* A pipe between processes that carries handles beside the bytes.
 * Floor 8.
 * Owns what it reads into while libuv has it, and a handle that has arrived until a box has it. */
#ifndef UVNET_CHANNEL_H
#define UVNET_CHANNEL_H

#include "stream.h"

/* channel() -> a pipe that is not open yet. */
extern const net_type net_channel_type;

#endif
