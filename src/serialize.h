/* The 8-bit clean form of Lua values that two Luas send each other.
 * Floor 1.
 * Owns no memory: what grows is a userdata. */
#ifndef UVNET_SERIALIZE_H
#define UVNET_SERIALIZE_H

#include "compat.h"

/* A message is four bytes of length, big-endian, and a body: two bytes that name the format, and one value. A value is a
 * tag and what that takes. Whole numbers are written in groups of seven bits, the low ones first; a set high bit says
 * that more follow. */
enum net_tag {
  NET_TAG_NIL, /* as a key: the end of a table */
  NET_TAG_FALSE,
  NET_TAG_TRUE,
  NET_TAG_INTEGER, /* zigzag: the sign is the lowest bit */
  NET_TAG_FLOAT,   /* the 8 bytes of an IEEE double, big-endian */
  NET_TAG_STRING,  /* its length, its bytes */
  NET_TAG_TABLE,   /* n, the values at 1 to n, then keys and values, then nil */
  NET_TAG_SAME,    /* the number of a table or Error that has been there: 1 is the first */
  NET_TAG_ERROR    /* the length and the bytes of its class's name, then as a table */
};

enum {
  NET_BODY_START = 2,   /* bytes that name the format */
  NET_LENGTH_BYTES = 4, /* before a body */
  NET_NESTED_MAX = 200  /* tables within tables: so many C frames */
};

/* Adds serialize and deserialize to the table on top of the stack. */
void net_serialize_open(lua_State *L);

#endif
