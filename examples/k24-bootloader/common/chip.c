#include "chip.h"

#include "registers.h"

void unexpected_exception(void) {
  for (;;) {
  }
}

void chip_reset(void) {
  __asm volatile("dsb");
  SCB_AIRCR = SCB_AIRCR_SYSRESETREQ;
  unexpected_exception();
}
