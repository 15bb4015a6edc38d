/* The bootloader's parts. It keeps nothing in RAM but its stack. */
#ifndef BOOT_H
#define BOOT_H

#include <stdint.h>

/* Reset vector: watchdog off, then `boot_main`. */
void boot_reset(void);

/* Checks the application and starts it, or stays in the console. */
void boot_main(void);

enum application_fault {
  APPLICATION_OK,
  APPLICATION_ABSENT,
  APPLICATION_LENGTH_WRONG,
  APPLICATION_CRC_WRONG,
  APPLICATION_VECTORS_WRONG,
};

struct application_check {
  enum application_fault fault;
  uint32_t crc; /* computed; 0 where the length forbids it */
};

/* Looks at header, length, CRC and vectors, in this order. */
struct application_check application_check(void);

/* One line: what the check found. */
void application_report(struct application_check check);

/* Version, length and CRC as the header states them. */
void application_describe(void);

/* Hands the chip over; does not return. */
void application_start(void);

/* Prompt and commands, for ever. */
void console_run(void);

#endif
