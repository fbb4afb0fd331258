/* Bytes that come in pieces to text: what a piece cuts in two waits for the next one.
 * Floor 1.
 * Owns no memory. */
#include <string.h>

#include "codec.h"

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void net_decoder_init(struct net_decoder *decoder, enum net_encoding encoding) {
  memset(decoder, 0, sizeof *decoder);
  decoder->encoding = encoding;
}

static void hold(struct net_decoder *decoder, const char *data, size_t length) {
  memcpy(decoder->held + decoder->pending, data, length);
  decoder->pending = (unsigned char)(decoder->pending + length);
}

static int is_continuation(char byte) { return ((unsigned char)byte & 0xC0) == 0x80; }

/* How many bytes the lead byte promises; 0 for a byte that leads nothing. */
static size_t promised(char lead) {
  unsigned char byte = (unsigned char)lead;
  if ((byte & 0xE0) == 0xC0) return 2;
  if ((byte & 0xF0) == 0xE0) return 3;
  if ((byte & 0xF8) == 0xF0) return 4;
  return 0;
}

/* How many bytes at the end may become a character with `missing` more. A lead byte alone decides, as in Node: a
 * character that cannot become valid any more is also waited for. */
static size_t utf8_tail(const char *data, size_t length, unsigned char *missing) {
  *missing = 0;
  for (size_t tail = 1; tail <= length && tail < NET_UTF8_MAX; tail++) {
    char byte = data[length - tail];
    if (is_continuation(byte)) continue;
    size_t size = promised(byte);
    if (size <= tail) return 0;
    *missing = (unsigned char)(size - tail);
    return tail;
  }
  return 0;
}

int net_decoder_is_plain(const struct net_decoder *decoder, const char *data, size_t length) {
  unsigned char missing;
  switch (decoder->encoding) {
    case NET_UTF8:
      /* The end is looked at first: a character that is cut there spares the way through the whole. */
      if (decoder->pending > 0 || utf8_tail(data, length, &missing) > 0) return 0;
      return net_utf8_complete_prefix(data, length) == length;
    case NET_ASCII:
    case NET_LATIN1: return net_utf8_ascii_prefix(data, length) == length;
    default: return length == 0;
  }
}

static size_t decode_utf8(struct net_decoder *decoder, const char *data, size_t length, char *out) {
  size_t written = 0;
  if (decoder->missing > 0) {
    size_t fits = smaller(decoder->missing, length);
    size_t taken = 0;
    while (taken < fits && is_continuation(data[taken])) taken++;
    hold(decoder, data, taken);
    decoder->missing = taken < fits ? 0 : (unsigned char)(decoder->missing - taken);
    if (decoder->missing > 0) return 0;
    written = net_utf8_repair(decoder->held, decoder->pending, out);
    decoder->pending = 0;
    data += taken;
    length -= taken;
  }
  size_t tail = utf8_tail(data, length, &decoder->missing);
  written += net_utf8_repair(data, length - tail, out + written);
  hold(decoder, data + length - tail, tail);
  return written;
}

static size_t decode_ascii(const char *data, size_t length, char *out) {
  for (size_t i = 0; i < length; i++) out[i] = (char)(data[i] & 0x7F);
  return length;
}

static size_t decode_latin1(const char *data, size_t length, char *out) {
  size_t written = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)data[i];
    if (byte < 0x80) {
      out[written++] = (char)byte;
    } else {
      out[written++] = (char)(0xC0 | byte >> 6);
      out[written++] = (char)(0x80 | (byte & 0x3F));
    }
  }
  return written;
}

static size_t decode_hex(const char *data, size_t length, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)data[i];
    out[2 * i] = digits[byte >> 4];
    out[2 * i + 1] = digits[byte & 0x0F];
  }
  return 2 * length;
}

/* One to three bytes as two to four digits. */
static size_t put_digits(const struct net_decoder *decoder, const char *data, size_t length, char *out) {
  static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const char *digits = decoder->encoding == NET_BASE64URL ? for_urls : common;
  uint32_t bits = 0;
  for (size_t i = 0; i < 3; i++) bits = bits << 8 | (i < length ? (unsigned char)data[i] : 0u);
  for (size_t i = 0; i <= length; i++) out[i] = digits[bits >> (18 - 6 * i) & 0x3F];
  return length + 1;
}

static size_t decode_base64(struct net_decoder *decoder, const char *data, size_t length, char *out) {
  size_t written = 0;
  if (decoder->pending > 0) {
    size_t taken = smaller((size_t)3 - decoder->pending, length);
    hold(decoder, data, taken);
    if (decoder->pending < 3) return 0;
    written = put_digits(decoder, decoder->held, 3, out);
    decoder->pending = 0;
    data += taken;
    length -= taken;
  }
  for (; length >= 3; data += 3, length -= 3) written += put_digits(decoder, data, 3, out + written);
  hold(decoder, data, length);
  return written;
}

static uint32_t unit_at(const char *data) {
  return (uint32_t)(unsigned char)data[0] | (uint32_t)(unsigned char)data[1] << 8;
}

static int is_lead(uint32_t unit) { return (unit & 0xFC00) == 0xD800; }

static int is_trail(uint32_t unit) { return (unit & 0xFC00) == 0xDC00; }

/* Writes the characters that are whole; `used` becomes the bytes that they took. At most three bytes remain. */
static size_t put_utf16le(const char *data, size_t length, size_t *used, char *out) {
  size_t written = 0;
  size_t i = 0;
  while (length - i >= 2) {
    uint32_t character = unit_at(data + i);
    size_t size = 2;
    if (is_lead(character)) {
      if (length - i < 4) break;
      uint32_t next = unit_at(data + i + 2);
      if (is_trail(next)) {
        character = 0x10000 + ((character & 0x3FF) << 10 | (next & 0x3FF));
        size = 4;
      } else {
        character = NET_UTF8_REPLACEMENT;
      }
    } else if (is_trail(character)) {
      character = NET_UTF8_REPLACEMENT;
    }
    written += net_utf8_put(character, out + written);
    i += size;
  }
  *used = i;
  return written;
}

static size_t decode_utf16le(struct net_decoder *decoder, const char *data, size_t length, char *out) {
  size_t written = 0;
  size_t used;
  while (decoder->pending > 0 && length > 0) {
    hold(decoder, data++, 1);
    length--;
    written += put_utf16le(decoder->held, decoder->pending, &used, out + written);
    decoder->pending = (unsigned char)(decoder->pending - used);
    memmove(decoder->held, decoder->held + used, decoder->pending);
  }
  if (length == 0) return written;
  written += put_utf16le(data, length, &used, out + written);
  hold(decoder, data + used, length - used);
  return written;
}

size_t net_decoder_bound(const struct net_decoder *decoder, const char *data, size_t length) {
  switch (decoder->encoding) {
    case NET_UTF8: return NET_DECODER_REST + net_utf8_repair(data, length, NULL);
    case NET_ASCII: return length;
    case NET_LATIN1:
    case NET_HEX: return 2 * length;
    case NET_BASE64:
    case NET_BASE64URL: return (decoder->pending + length) / 3 * 4;
    case NET_UTF16LE: break;
  }
  return (decoder->pending + length) / 2 * 3;
}

size_t net_decoder_write(struct net_decoder *decoder, const char *data, size_t length, char *out) {
  switch (decoder->encoding) {
    case NET_UTF8: return decode_utf8(decoder, data, length, out);
    case NET_ASCII: return decode_ascii(data, length, out);
    case NET_LATIN1: return decode_latin1(data, length, out);
    case NET_HEX: return decode_hex(data, length, out);
    case NET_BASE64:
    case NET_BASE64URL: return decode_base64(decoder, data, length, out);
    case NET_UTF16LE: break;
  }
  return decode_utf16le(decoder, data, length, out);
}

size_t net_decoder_finish(struct net_decoder *decoder, char *out) {
  size_t pending = decoder->pending;
  size_t written = 0;
  decoder->pending = 0;
  decoder->missing = 0;
  if (pending == 0) return 0;
  if (decoder->encoding == NET_UTF8) return net_utf8_repair(decoder->held, pending, out);
  if (decoder->encoding == NET_UTF16LE) {
    /* A lead surrogate without its trail; half a unit says nothing. */
    return pending >= 2 ? net_utf8_put(NET_UTF8_REPLACEMENT, out) : 0;
  }
  written = put_digits(decoder, decoder->held, pending, out);
  while (decoder->encoding == NET_BASE64 && written < 4) out[written++] = '=';
  return written;
}
