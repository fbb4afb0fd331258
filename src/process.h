/* Child processes.
 * Floor 7.
 * Owns no memory but each net_process; what uv_spawn reads lies in userdata. */
#ifndef UVNET_PROCESS_H
#define UVNET_PROCESS_H

#include "handle.h"

extern const net_type net_process_type;

#endif
