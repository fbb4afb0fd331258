/* Encodings: text to bytes, and bytes that come in pieces to text. Text is UTF-8.
 * Floor 1.
 * Owns no memory. */
#ifndef UVNET_CODEC_H
#define UVNET_CODEC_H

#include <lua.h>
#include <stddef.h>

#include "utf8.h"

enum net_encoding {
  NET_UTF8,
  NET_ASCII,
  NET_LATIN1,
  NET_HEX,
  NET_BASE64,
  NET_BASE64URL,
  NET_UTF16LE,
};

/* Holds back the beginning of a character, of a group of base64 digits or of a 16-bit unit. */
struct net_decoder {
  enum net_encoding encoding;
  unsigned char pending; /* bytes held back */
  unsigned char missing; /* bytes that make them whole */
  char held[4];
};

/* Writes the bytes that a text stands for; returns how many. Not for NET_UTF8, which has nothing to do. */
size_t net_encode(enum net_encoding encoding, const char *text, size_t length, char *out);

/* How many bytes net_encode() may write. */
size_t net_encode_bound(enum net_encoding encoding, size_t length);

void net_decoder_init(struct net_decoder *decoder, enum net_encoding encoding);

/* Is the text of these bytes the bytes themselves, with nothing to wait for before or after? */
int net_decoder_is_plain(const struct net_decoder *decoder, const char *data, size_t length);

/* How many bytes net_decoder_write() may write for so many bytes of data, or for these. */
size_t net_decoder_bound(const struct net_decoder *decoder, const char *data, size_t length);

/* Writes the text of the next bytes; returns how many bytes that is. */
size_t net_decoder_write(struct net_decoder *decoder, const char *data, size_t length, char *out);

enum { NET_DECODER_REST = 12 }; /* bytes that net_decoder_finish() may write */

/* Writes what is held back as well as it can be read, and starts anew. */
size_t net_decoder_finish(struct net_decoder *decoder, char *out);

/* Sets encode and decoder into the table on top of the stack. */
void net_codec_open(lua_State *L);

#endif
