/* CRC-32 as zlib computes it: polynomial EDB88320 reflected, start and final exclusive-or FFFFFFFF. */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

extern const uint32_t crc32_table[256];

/* The CRC of `length` bytes more, after `crc`; 0 at the start. */
uint32_t crc32_continue(uint32_t crc, const uint8_t *bytes, uint32_t length);

#endif
