/* The standard descriptors, 0 to 2, are never ours, open or not.
 * Floor 1.
 * Owns the descriptors that stand in their places, from a hold to its release. */
#ifndef UVNET_DESCRIPTORS_H
#define UVNET_DESCRIPTORS_H

/* Of a process that was started without some of them, or has closed them, the system would give their numbers to our own
 * descriptors: libuv never closes such, and what anybody prints to standard error would go to a peer. So whatever makes a
 * descriptor of its own does that between a hold and a release. */

/* Takes the places that are free; gives back what release has to be told. errno stays. Never raises. */
unsigned net_descriptors_hold(void);
void net_descriptors_release(unsigned held);

/* The same, where what happens in between is the fork of a process: only once, before the first loop is made, and after. */
void net_descriptors_hold_forks(void);
void net_descriptors_release_forks(void);

/* The first number that may be ours. */
enum { NET_DESCRIPTORS_OURS = 3 };

#endif
