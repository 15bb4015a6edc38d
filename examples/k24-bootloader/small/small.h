/* The small firmware: a sign and a tick, without a C library. Nothing but the stack and one counter in RAM. */
#ifndef SMALL_H
#define SMALL_H

#include <stdint.h>

void small_reset(void);
void small_main(void);

/* SysTick's handler. */
void small_tick(void);

#endif
