#include "crc32.h"

uint32_t crc32_continue(uint32_t crc, const uint8_t *bytes, uint32_t length) {
  crc = ~crc;
  for (uint32_t index = 0; index < length; index++) {
    crc = (crc >> 8) ^ crc32_table[(crc ^ bytes[index]) & 0xFFu];
  }
  return ~crc;
}
