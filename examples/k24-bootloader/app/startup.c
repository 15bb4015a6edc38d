#include "../common/chip.h"
#include "../common/registers.h"
#include "app.h"

extern uint32_t data_begin[], data_end[], bss_begin[], bss_end[];
extern const uint32_t data_image[];

/* Armv7-M B3.2.20: coprocessors 10 and 11 are the FPU; it may be used after the barriers. */
static void floating_point_on(void) {
  SCB_CPACR |= SCB_CPACR_CP10_CP11_FULL;
  __asm volatile("dsb\n\tisb");
}

static void memory_start(void) {
  const uint32_t *from = data_image;
  for (uint32_t *to = data_begin; to < data_end; to++) {
    *to = *from++;
  }
  for (uint32_t *to = bss_begin; to < bss_end; to++) {
    *to = 0;
  }
}

/* Runs before the FPU is on: this file is compiled for the general registers alone. */
void app_reset(void) {
  floating_point_on();
  memory_start();
  library_start();
  main();
  unexpected_exception();
}
