/* Firmware that faults in the way that the debugger sets in `how`, from a function of its own. */
typedef unsigned int u32;

#define REGISTER(address) (*(volatile u32 *)(address))
#define CCR REGISTER(0xE000ED14)
/* Nothing answers here. */
#define HOLE 0x30000000u

void reset(void);

volatile u32 how;
volatile u32 zero;
volatile u32 words[4];

typedef void Code(void);

__attribute__((noinline)) void fault_load(void) { words[0] = REGISTER(HOLE); }
__attribute__((noinline)) void fault_store(void) { REGISTER(HOLE + 4) = 1; }
__attribute__((noinline)) void fault_undefined(void) { __asm__ volatile("udf #1"); }
__attribute__((noinline)) void fault_unaligned(void) {
  CCR |= 1u << 3;
  words[0] = *(volatile u32 *)((u32)words + 1);
}
__attribute__((noinline)) void fault_division(void) {
  CCR |= 1u << 4;
  words[0] = 100 / zero;
}
__attribute__((noinline)) void fault_even_address(void) { ((Code *)((u32)reset & ~1u))(); }
__attribute__((noinline)) void fault_stack(void) { __asm__ volatile("ldr r0, =0x1FF00000\n\tmov sp, r0\n\tsvc #0"); }
__attribute__((noinline)) void fault_peripheral_code(void) { ((Code *)0x40048001)(); }
__attribute__((noinline)) void fault_no_code(void) { ((Code *)(HOLE | 1))(); }
__attribute__((noinline)) void fault_float(void) { __asm__ volatile("vmov.f32 s0, #1.0"); }
__attribute__((noinline)) void fault_return(void) { __asm__ volatile("svc #0"); }
static Code *const faults[] = {
    fault_load,  fault_store,           fault_undefined, fault_unaligned, fault_division, fault_even_address,
    fault_stack, fault_peripheral_code, fault_no_code,   fault_float,     fault_return,
};

__attribute__((noinline)) void begin(void) { __asm__ volatile("nop"); }

int main(void) {
  begin();
  faults[how]();
  for (;;) {
  }
}

__attribute__((noreturn)) void hard_fault(void) {
  for (;;) {
  }
}

/* Returns by a value that is no EXC_RETURN. */
__attribute__((naked)) void sv_call(void) { __asm__("ldr lr, =0xFFFFFFF5\n\tbx lr\n\t.ltorg"); }

__attribute__((naked)) void reset(void) {
  __asm__(
      "ldr r0, =0x40052000\n\tmovw r1, #0xC520\n\tmovw r2, #0xD928\n\tmovw r3, #0x01D2\n\t"
      "strh r1, [r0, #0xE]\n\tstrh r2, [r0, #0xE]\n\tnop\n\tnop\n\tstrh r3, [r0]\n\tb main\n\t.ltorg");
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    (void *)0x20030000, (void *)reset,      (void *)hard_fault, (void *)hard_fault,
    (void *)hard_fault, (void *)hard_fault, (void *)hard_fault, 0,
    0,                  0,                  0,                  (void *)sv_call,
};

/* Open, as shipped. */
__attribute__((section(".fcf"), used)) static const u32 field[4] = {~0u, ~0u, ~0u, 0xFFFFFFFEu};
