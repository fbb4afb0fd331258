/* Text to the bytes that it stands for in an encoding.
 * Floor 1.
 * Owns no memory. */
#include <stdint.h>
#include <string.h>

#include "codec.h"

enum { NO_DIGIT = -1, LEAD_SURROGATE = 0xD800, TRAIL_SURROGATE = 0xDC00 };

/* Of both alphabets: what wrote the digits does not matter to who reads them. */
static const int8_t base64_values[256] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, 62, -1, 63, 52, 53, 54, 55,
    56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63, -1, 26, 27, 28, 29, 30, 31, 32,
    33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

/* A character as 16-bit units; returns how many. */
static int split(uint32_t character, uint32_t units[2]) {
  if (character < 0x10000) {
    units[0] = character;
    return 1;
  }
  units[0] = LEAD_SURROGATE + ((character - 0x10000) >> 10);
  units[1] = TRAIL_SURROGATE + ((character - 0x10000) & 0x3FF);
  return 2;
}

static size_t encode_utf16le(const char *text, size_t length, char *out) {
  size_t written = 0;
  for (size_t i = 0; i < length;) {
    uint32_t character;
    uint32_t units[2];
    i += net_utf8_next(text + i, length - i, &character);
    int count = split(character, units);
    for (int u = 0; u < count; u++) {
      out[written++] = (char)(units[u] & 0xFF);
      out[written++] = (char)(units[u] >> 8);
    }
  }
  return written;
}

/* The low byte of each 16-bit unit: never more bytes than the text has. */
static size_t encode_latin1(const char *text, size_t length, char *out) {
  size_t written = 0;
  for (size_t i = 0;;) {
    size_t ascii = net_utf8_ascii_prefix(text + i, length - i);
    memcpy(out + written, text + i, ascii);
    written += ascii;
    i += ascii;
    if (i == length) return written;
    uint32_t character;
    uint32_t units[2];
    i += net_utf8_next(text + i, length - i, &character);
    int count = split(character, units);
    for (int u = 0; u < count; u++) out[written++] = (char)(units[u] & 0xFF);
  }
}

static int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return NO_DIGIT;
}

/* Ends before the first pair that is none. `out` may be `digits`. */
static size_t encode_hex(const char *digits, size_t length, char *out) {
  size_t written = 0;
  for (size_t i = 0; length - i >= 2; i += 2) {
    int high = hex_value(digits[i]);
    int low = hex_value(digits[i + 1]);
    if (high == NO_DIGIT || low == NO_DIGIT) break;
    out[written++] = (char)(high << 4 | low);
  }
  return written;
}

static size_t put_group(uint32_t bits, char *out, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) out[i] = (char)(bits >> (16 - 8 * i) & 0xFF);
  return bytes;
}

/* Passes over what is no digit and ends at the first "=". `out` may be `digits`. */
static size_t encode_base64(const char *digits, size_t length, char *out) {
  size_t written = 0;
  uint32_t bits = 0;
  size_t count = 0;
  for (size_t i = 0; i < length && digits[i] != '='; i++) {
    int value = base64_values[(unsigned char)digits[i]];
    if (value == NO_DIGIT) continue;
    bits = bits << 6 | (uint32_t)value;
    if (++count == 4) {
      written += put_group(bits, out + written, 3);
      bits = 0;
      count = 0;
    }
  }
  /* One digit is less than a byte. */
  if (count >= 2) written += put_group(bits << 6 * (4 - count), out + written, count - 1);
  return written;
}

size_t net_encode_bound(enum net_encoding encoding, size_t length) {
  return encoding == NET_UTF16LE ? 2 * length : length;
}

size_t net_encode(enum net_encoding encoding, const char *text, size_t length, char *out) {
  if (encoding == NET_UTF16LE) return encode_utf16le(text, length, out);
  if (encoding == NET_ASCII || encoding == NET_LATIN1) return encode_latin1(text, length, out);
  const char *digits = text;
  if (net_utf8_ascii_prefix(text, length) < length) {
    length = encode_latin1(text, length, out);
    digits = out;
  }
  if (encoding == NET_HEX) return encode_hex(digits, length, out);
  return encode_base64(digits, length, out);
}
