#include "../common/chip.h"
#include "small.h"

void small_reset(void) {
  __asm volatile("cpsid i");
  watchdog_stop();
  small_main();
  unexpected_exception();
}
