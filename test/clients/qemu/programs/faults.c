/* Every fault that code can cause, its frame and its status; handlers step over the culprit. */
#include "board.h"

struct Frame {
  uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

static volatile int skip;

__attribute__((used)) static void report(struct Frame *frame, uint32_t exc_return) {
  uint32_t ipsr, cfsr = CFSR;
  __asm__("mrs %0, ipsr" : "=r"(ipsr));
  printf("  exception %u cfsr %08x hfsr %08x lr %08x r0 %08x r12 %08x xpsr %08x", (unsigned)ipsr, (unsigned)cfsr,
         (unsigned)HFSR, (unsigned)exc_return, (unsigned)frame->r0, (unsigned)frame->r12, (unsigned)frame->xpsr);
  if (cfsr & 0x8000) printf(" bfar %08x", (unsigned)BFAR);
  printf(" shcsr %08x\n", (unsigned)SHCSR);
  CFSR = cfsr;
  HFSR = HFSR;
  frame->pc += skip;
  if (!(frame->xpsr & (1u << 24))) {
    frame->xpsr |= 1u << 24;
    frame->pc = frame->lr & ~1u;
  }
}

__attribute__((naked)) static void fault(void) {
  __asm__ volatile("tst lr, #4\nite eq\nmrseq r0, msp\nmrsne r0, psp\nmov r1, lr\npush {r4, lr}\nbl report\npop {r4, pc}");
}

#define CAUSE(what, bytes, ...) \
  do { \
    printf("%s\n", what); \
    skip = bytes; \
    __asm__ volatile("mov r0, #0x11\nmov r12, #0x22\n" __VA_ARGS__ ::: "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory"); \
  } while (0)

static void causes(void) {
  CAUSE("undefined", 2, ".hword 0xde00\n");
  CAUSE("undefined wide", 4, ".hword 0xf7f0\n.hword 0xa000\n");
  CAUSE("no coprocessor", 4, ".hword 0xee10\n.hword 0x0110\n");
  CAUSE("load from nowhere", 4, "ldr r1, =0x90000000\nldr.w r0, [r1, #4]\n");
  CAUSE("store to nowhere", 4, "ldr r1, =0x90000000\nstr.w r0, [r1, #8]\n");
  CAUSE("unaligned ldrd", 4, "ldr r1, =0x20000002\nldrd r2, r3, [r1]\n");
  CAUSE("arm state", 0, "adr r1, 1f\nadr r2, 1f\nadd r2, #1\nmov lr, r2\nbx r1\n.align 2\n1: nop\n");
  CCR |= 0x18;
  /* The branch makes QEMU 7.2 store r0 first: it raises this fault with the registers of the last block. */
  CAUSE("division by zero", 4, "movs r1, #0\nb 1f\n1: udiv r0, r0, r1\n");
  CAUSE("unaligned with trap", 4, "ldr r1, =0x20000001\nldr.w r0, [r1]\n");
  CCR &= ~0x18u;
  CAUSE("in an it block", 2, "movs r1, #0\ncmp r1, #0\n.hword 0xbf02\n.hword 0x2201\n.hword 0xde00\n.hword 0x2302\n");
  CAUSE("fetch from a peripheral", 0, "ldr r1, =0x40000001\nadr r2, 1f\nadd r2, #1\nmov lr, r2\nldr r3, =ending\nstr r2, [r3]\nbx r1\n.align 2\n1: nop\n");
}

uint32_t ending;

/* After a bad fetch there is nothing to step over: the handler goes where the code asked to be taken. */
__attribute__((used)) static void report_fetch(struct Frame *frame, uint32_t exc_return) {
  report(frame, exc_return);
  if (ending) frame->pc = ending & ~1u;
  ending = 0;
}

__attribute__((naked)) static void fetch_fault(void) {
  __asm__ volatile("tst lr, #4\nite eq\nmrseq r0, msp\nmrsne r0, psp\nmov r1, lr\npush {r4, lr}\nbl report_fetch\npop {r4, pc}");
}

static void become_privileged(void) { __asm__ volatile("mov r0, #0\nmsr control, r0\nisb" ::: "r0"); }

int main(void) {
  handlers[11] = become_privileged;
  handlers[3] = fetch_fault;
  handlers[4] = fetch_fault;
  handlers[5] = fault;
  handlers[6] = fault;
  printf("escalated to HardFault\n");
  causes();
  printf("enabled\n");
  SHCSR |= 0x70000;
  causes();
  printf("unprivileged\n");
  __asm__ volatile("mov r0, #1\nmsr control, r0\nisb" ::: "r0");
  CAUSE("scs access", 4, "ldr r1, =0xe000ed00\nldr.w r0, [r1]\n");
  __asm__ volatile("svc 0");
  uint32_t control;
  __asm__ volatile("mrs %0, control" : "=r"(control));
  printf("control %u\n", (unsigned)control & 3);
}
