/* Vectors and flash configuration field of the small firmware: FSEC FE, open, as on a chip fresh from the factory. */
#include "../common/chip.h"
#include "small.h"

struct vectors {
  uint32_t stack;
  handler handlers[15 + INTERRUPTS];
};

__attribute__((section(".vectors"), used)) const struct vectors small_vectors = {
    STACK_TOP,
    {small_reset, [1 ... 13] = unexpected_exception, small_tick, [15 ... 14 + INTERRUPTS] = unexpected_exception}};

__attribute__((section(".fcf"), used)) const uint8_t flash_configuration[16] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF};
