/* Firmware for any chip with a Cortex-M core: it calls, counts, and changes a variable that a debugger watches. */
typedef unsigned int u32;

void reset(void);
int main(void);

volatile u32 total;
volatile u32 watched;

__attribute__((noinline)) void count(u32 by) { total += by; }

int main(void) {
#ifdef K24
  /* Twenty bus clocks between the keys of the watchdog. */
  *(volatile unsigned short *)0x4005200E = 0xC520;
  *(volatile unsigned short *)0x4005200E = 0xD928;
  __asm__ volatile("nop\n\tnop");
  *(volatile unsigned short *)0x40052000 = 0x01D2;
#endif
  total = 0;
  watched = 0;
  for (u32 i = 1; i <= 4; i++) count(i);
  watched = total + 0x1234;
  for (;;) count(1);
}

__attribute__((noreturn)) void fault(void) {
  for (;;) {
  }
}

__attribute__((naked)) void reset(void) { __asm__("ldr r0, =stack\n\tmov sp, r0\n\tldr r0, =main\n\tbx r0\n\t.ltorg"); }

extern u32 stack[];

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    (void *)stack, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};

#ifdef K24
/* Open, as shipped. */
__attribute__((section(".fcf"), used)) static const u32 field[4] = {~0u, ~0u, ~0u, 0xFFFFFFFEu};
#endif
#ifdef BOOT2_SUM
__attribute__((section(".boot2sum"), used)) static const u32 boot2_sum = BOOT2_SUM;
#endif
