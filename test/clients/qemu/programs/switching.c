/* Three threads on PSP, two of them with floating-point state, switched by PendSV: by SVC and by SysTick. */
#include "board.h"

#define THREADS 3
static uint32_t stacks[THREADS][512];
static uint32_t *saved[THREADS];
static volatile int current, alive = THREADS;
static volatile uint32_t ticks, switches;
static volatile float sums[THREADS];
static volatile int done[THREADS];

__attribute__((naked)) static void pend_sv(void) {
  __asm__ volatile("mrs r0, psp\n"
                   "tst lr, #16\n"
                   "it eq\n"
                   "vstmdbeq r0!, {s16-s31}\n"
                   "stmdb r0!, {r4-r11, lr}\n"
                   "bl next_thread\n"
                   "ldmia r0!, {r4-r11, lr}\n"
                   "tst lr, #16\n"
                   "it eq\n"
                   "vldmiaeq r0!, {s16-s31}\n"
                   "msr psp, r0\n"
                   "bx lr");
}

__attribute__((used)) static uint32_t *next_thread(uint32_t *frame) {
  saved[current] = frame;
  do current = (current + 1) % THREADS;
  while (done[current] && alive > 0);
  switches++;
  return saved[current];
}

static void sv_call(void) { ICSR = 1u << 28; }

static void sys_tick(void) {
  ticks++;
  ICSR = 1u << 28;
}

static void yield(void) { __asm__ volatile("svc 0" ::: "memory"); }

static void finish_thread(int id) {
  done[id] = 1;
  alive--;
  for (;;) yield();
}

static float run_floats(int id) {
  float a = (float)(id + 1), b = 0.5f, c = 0.25f, d = 1.0f;
  for (int i = 0; i < 200000; i++) {
    a = a * 0.9999f + b;
    b = b * 0.5f + c;
    c = c + d * 0.001f;
    d = -d;
    if (i % 4000 == 0) yield();
  }
  return a + b + c + d;
}

static void with_floats(int id) {
  sums[id] = run_floats(id);
  finish_thread(id);
}

static void with_integers(int id) {
  uint32_t x = 1;
  for (int i = 0; i < 300000; i++) {
    x = x * 1103515245u + 12345u;
    if (i % 6000 == 0) yield();
  }
  sums[id] = (float)(x >> 8);
  finish_thread(id);
}

static void start(int id, void (*entry)(int)) {
  uint32_t *top = &stacks[id][504];
  *--top = 0x01000000;
  *--top = (uint32_t)entry & ~1u;
  *--top = 0;
  for (int i = 0; i < 4; i++) *--top = 0;
  *--top = (uint32_t)id;
  *--top = 0xFFFFFFFD;
  for (int i = 0; i < 8; i++) *--top = 0;
  saved[id] = top;
}

static uint32_t handler_stack[256];

int main(void) {
  handlers[11] = sv_call;
  handlers[14] = pend_sv;
  handlers[15] = sys_tick;
  SHPR3 = 0xF0F00000;
  start(1, with_integers);
  start(2, with_floats);
  /* What runs now goes on as thread 0 on PSP; handlers get a stack of their own. */
  __asm__ volatile("mrs r0, msp\nmsr psp, r0\nmov r0, #2\nmsr control, r0\nisb\nmsr msp, %0" ::"r"(&handler_stack[256]) : "r0");
  SYST_RVR = 997;
  SYST_CVR = 0;
  SYST_CSR = 7;
  sums[0] = run_floats(0);
  done[0] = 0;
  alive--;
  while (alive > 0) yield();
  SYST_CSR = 0;
  for (int i = 0; i < THREADS; i++) printf("thread %d: %.9g\n", i, (double)sums[i]);
  printf("ticked: %s, switched often: %s\n", ticks > 5 ? "yes" : "no", switches > 50 ? "yes" : "no");
}
