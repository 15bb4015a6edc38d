/* Firmware for the K24 that gives a debugger something to do, and ends in a HardFault three calls deep. */
typedef unsigned int u32;

#define CPACR (*(volatile u32 *)0xE000ED88)
#define WDOG_UNLOCK (*(volatile unsigned short *)0x4005200E)
#define WDOG_STCTRLH (*(volatile unsigned short *)0x40052000)
/* Nothing answers here. */
#define HOLE (*(volatile u32 *)0x30000000)

extern u32 ramcode_from[], ramcode_to[], ramcode_end[];
void reset(void);
int main(void);

volatile u32 counter;
volatile u32 watched;
volatile float third;

__attribute__((noinline)) void count(u32 by) { counter += by; }

__attribute__((noinline, long_call, section(".ramcode"))) u32 twice(u32 value) { return value + value; }

__attribute__((noinline)) u32 deepest(void) { return HOLE + 1; }
__attribute__((noinline)) u32 deeper(void) { return deepest() + 1; }
__attribute__((noinline)) u32 deep(void) { return deeper() + 1; }

int main(void) {
  CPACR |= 0x00F00000;
  __asm__ volatile("dsb\n\tisb");
  for (u32 i = 0; i < 5; i++) count(i);
  watched = twice(counter);
  third = (float)watched / 3.0f;
  counter = deep();
  for (;;) {
  }
}

__attribute__((noreturn)) void hard_fault(void) {
  for (;;) {
  }
}

__attribute__((naked)) void reset(void) {
  /* Twenty bus clocks between the keys, and no refresh until the watchdog is off. */
  __asm__(
      "ldr r0, =0x40052000\n\tmovw r1, #0xC520\n\tmovw r2, #0xD928\n\tmovw r3, #0x01D2\n\t"
      "strh r1, [r0, #0xE]\n\tstrh r2, [r0, #0xE]\n\tnop\n\tnop\n\tstrh r3, [r0]\n\t"
      "ldr r0, =ramcode_from\n\tldr r1, =ramcode_to\n\tldr r2, =ramcode_end\n"
      "1:\tcmp r1, r2\n\titt lo\n\tldrlo r3, [r0], #4\n\tstrlo r3, [r1], #4\n\tblo 1b\n\t"
      "movs r3, #0\n\tldr r0, =counter\n\tstr r3, [r0]\n\tldr r0, =watched\n\tstr r3, [r0]\n\t"
      "b main\n\t.ltorg");
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    (void *)0x20030000, (void *)reset, (void *)hard_fault, (void *)hard_fault,
    (void *)hard_fault, (void *)hard_fault, (void *)hard_fault,
};

/* Open, as shipped. */
__attribute__((section(".fcf"), used)) static const u32 field[4] = {~0u, ~0u, ~0u, 0xFFFFFFFEu};
