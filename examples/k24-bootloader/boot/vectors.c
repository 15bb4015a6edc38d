/* The first 0x410 bytes that the chip itself reads: vectors, and the flash configuration field. */
#include "../common/chip.h"
#include "boot.h"

struct vectors {
  uint32_t stack;
  handler handlers[15 + INTERRUPTS];
};

__attribute__((section(".vectors"), used)) const struct vectors boot_vectors = {
    STACK_TOP, {boot_reset, [1 ... 14 + INTERRUPTS] = unexpected_exception}};

/* Flash Memory Module (FTFE), "Flash configuration field": backdoor key, FPROT, FSEC, FOPT, FEPROT, FDPROT.
   FSEC 7B: SEC 11 secured, FSLACC 10 factory access denied, MEEN 11 mass erase allowed, KEYEN 01 no backdoor. */
__attribute__((section(".fcf"), used)) const uint8_t flash_configuration[16] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B, 0xFF, 0xFF, 0xFF};
