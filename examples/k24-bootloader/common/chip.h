/* What the chip needs before a program can do its work, and its figures. */
#ifndef CHIP_H
#define CHIP_H

/* After reset the MCG runs in FEI: 32.768 kHz internal reference times 640, core and bus alike (Multipurpose Clock Generator). */
#define CORE_CLOCK_HZ 20971520u

#define STACK_TOP 0x20030000u
#define INTERRUPTS 86

typedef void (*handler)(void);

/* Stops the watchdog. Interrupts must be off: the second key has 20 bus clocks to follow the first. */
void watchdog_stop(void);

/* Ends in an endless loop: where a debugger finds a program that took an exception nobody serves. */
void unexpected_exception(void);

/* System reset by software; does not return. */
void chip_reset(void);

#endif
