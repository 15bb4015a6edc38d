/* The first bytes of the application's image, and the header that the bootloader checks. */
#include "../common/application-header.h"
#include "../common/chip.h"
#include "app.h"

struct vectors {
  uint32_t stack;
  handler handlers[15 + INTERRUPTS];
};

/* Exception 15 is SysTick (Armv7-M B1.5.2). */
__attribute__((section(".vectors"), used)) const struct vectors app_vectors = {
    STACK_TOP,
    {app_reset, [1 ... 13] = unexpected_exception, ticks_interrupt, [15 ... 14 + INTERRUPTS] = unexpected_exception}};

extern const uint8_t app_length[]; /* the linker script: an address that is a number */

/* The CRC is put in after linking. */
__attribute__((section(".header"), used)) const struct application_header app_header = {
    APPLICATION_MAGIC, 0x00010000u, (uint32_t)app_length, 0};
