/* What the bootloader finds at 0x5400, and the application puts there. */
#ifndef APPLICATION_HEADER_H
#define APPLICATION_HEADER_H

#include <stdint.h>

#define APPLICATION_BASE 0x00005000u
#define APPLICATION_HEADER 0x00005400u
#define APPLICATION_MAGIC 0x50415046u /* the letters FPAP */
#define FLASH_END 0x00100000u

struct application_header {
  uint32_t magic;
  uint32_t version; /* 16 bits before the point, 16 after */
  uint32_t length;  /* bytes from APPLICATION_BASE */
  uint32_t crc;     /* CRC-32 of these bytes, this field counted as 0 */
};

#endif
