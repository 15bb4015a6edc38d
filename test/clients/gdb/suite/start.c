/* Where the suite's programs begin: the K24's watchdog off and the FPU on, then newlib's own start-up code. */
extern void _start(void);

#define WDOG_STCTRLH (*(volatile unsigned short *)0x40052000)
#define WDOG_UNLOCK (*(volatile unsigned short *)0x4005200E)
#define CPACR (*(volatile unsigned *)0xE000ED88)

__attribute__((naked)) void board_start(void) {
#ifndef NO_WATCHDOG
  WDOG_UNLOCK = 0xC520;
  WDOG_UNLOCK = 0xD928;
  WDOG_STCTRLH = 0x01D2;
#endif
  CPACR |= 0xF00000;
  __asm__ volatile("dsb\n isb\n b _start");
}

#ifndef SPINS_PER_SECOND
#define SPINS_PER_SECOND 2000000
#endif

/* What newlib leaves to the board: some programs wait by it for their debugger. */
__attribute__((weak)) unsigned sleep(unsigned seconds) {
  while (seconds-- > 0)
    for (volatile unsigned spins = SPINS_PER_SECOND; spins > 0; spins--);
  return 0;
}
