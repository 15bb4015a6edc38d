#include "../common/chip.h"
#include "boot.h"

/* Interrupts stay off: the bootloader polls, and the watchdog's keys must not be torn apart. */
void boot_reset(void) {
  __asm volatile("cpsid i");
  watchdog_stop();
  boot_main();
  unexpected_exception();
}
