#include "chip.h"
#include "registers.h"

/* Watchdog Timer (WDOG), unlocking: the new value may be written from one bus clock after the keys, for 256. */
void watchdog_stop(void) {
  WDOG_UNLOCK = WDOG_UNLOCK_KEY1;
  WDOG_UNLOCK = WDOG_UNLOCK_KEY2;
  __asm volatile("nop\n\tnop");
  WDOG_STCTRLH = WDOG_STCTRLH_RESET & ~WDOG_STCTRLH_WDOGEN;
}
