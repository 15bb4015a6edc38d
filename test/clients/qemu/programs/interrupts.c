/* Nesting, tail chaining, priority masks, and interrupts that pend themselves. Only the order of events is printed. */
#include "board.h"

static char log_text[400];
static int at;
static void note(char c) { log_text[at++] = c; }
static void pend(int line) { NVIC_ISPR0 = 1u << line; __asm__ volatile("dsb\nisb"); }
static void masked(uint32_t level) { __asm__ volatile("msr basepri, %0\nisb" ::"r"(level)); }

static void low(void) {
  note('(');
  pend(2);
  note('-');
  pend(1);
  note(')');
}
static void middle(void) { note('1'); }
static volatile int again;
static void high(void) {
  note('[');
  pend(1);
  if (again-- > 0) pend(2);
  note(']');
}
static void pend_sv(void) { note('p'); }
static void sv_call(void) {
  uint32_t ipsr;
  __asm__("mrs %0, ipsr" : "=r"(ipsr));
  note((char)('a' + ipsr));
  ICSR = 1u << 28;
  note('s');
}
static float kept = 1.0f;
static void floating(void) {
  kept = kept * 1.5f + 0.25f;
  pend(4);
}
static void floating_inner(void) { kept = kept / 1.25f; }

static void show(const char *what) {
  log_text[at] = 0;
  printf("%s: %s icsr %08x\n", what, log_text, (unsigned)ICSR);
  at = 0;
}

int main(void) {
  handlers[11] = sv_call;
  handlers[14] = pend_sv;
  handlers[16] = low;
  handlers[17] = middle;
  handlers[18] = high;
  handlers[19] = floating;
  handlers[20] = floating_inner;
  NVIC_IPR[0] = 0xC0;
  NVIC_IPR[1] = 0x80;
  NVIC_IPR[2] = 0x40;
  NVIC_IPR[3] = 0x60;
  NVIC_IPR[4] = 0x20;
  SHPR3 = 0x00F00000;
  NVIC_ISER0 = 0x1f;
  pend(0);
  show("nested");
  again = 2;
  pend(2);
  show("tail chained");
  masked(0x80);
  pend(0);
  pend(1);
  note('|');
  pend(2);
  note('|');
  masked(0);
  show("basepri");
  __asm__ volatile("cpsid i");
  NVIC_ISPR0 = 7;
  note('.');
  __asm__ volatile("cpsie i\nisb");
  show("primask");
  __asm__ volatile("cpsid f");
  NVIC_ISPR0 = 5;
  note('.');
  __asm__ volatile("cpsie f\nisb");
  show("faultmask");
  __asm__ volatile("svc 1");
  show("svc");
  __asm__ volatile("cpsid i");
  NVIC_ISPR0 = 2;
  __asm__ volatile("wfi");
  note('w');
  __asm__ volatile("cpsie i\nisb");
  show("wfi");
  float a = 3.0f, b = 7.0f;
  for (int i = 0; i < 5; i++) {
    a = a * 1.1f + b;
    pend(3);
    b = b * 0.9f - a * 0.01f;
  }
  printf("floats %.9g %.9g %.9g\n", (double)a, (double)b, (double)kept);
}
