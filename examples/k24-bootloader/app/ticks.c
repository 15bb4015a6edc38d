#include "../common/chip.h"
#include "../common/registers.h"
#include "app.h"

static volatile uint32_t ticks;

/* Armv7-M B3.3.1: reload value first, then the current value cleared, then on. */
void ticks_start(uint32_t milliseconds) {
  SYST_RVR = CORE_CLOCK_HZ / 1000u * milliseconds - 1u;
  SYST_CVR = 0;
  SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE;
}

void ticks_interrupt(void) {
  ticks++;
}

uint32_t ticks_count(void) {
  return ticks;
}
