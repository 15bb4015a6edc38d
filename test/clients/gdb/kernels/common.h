/*
 * Three tasks on a Cortex-M4F, switched by PendSV. A kernel's file has its structures (written from public tables of their
 * members), says by FORM where a switch saves registers, and keeps its lists.
 */
typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define BEHIND 1
#define FIRST 2
#define FLOATS 3
#define APART 4

#define TASKS 3
#define REGISTER(address) (*(volatile u32 *)(address))
#define offset_in(type, member) __builtin_offsetof(type, member)

static const char *const names[TASKS] = {"main", "worker", "waiter"};

/* A kernel's part: a task that is about to begin, one that stops with what was saved of it, one that continues. */
static void kernel_create(int task, u32 sp);
static void kernel_store(int task, u32 sp, u32 exc_return, const u32 *callee);
static void kernel_load(int task, u32 *sp, u32 *exc_return, u32 *callee);
/* All tasks are there; this one runs now. */
static void kernel_run(int task);

static u32 stacks[TASKS][128] __attribute__((aligned(8)));
static int running;
volatile float fraction;

static inline void yield(void) {
  REGISTER(0xE000ED04) = 1u << 28;
  __asm__ volatile("dsb\n\tisb" ::: "memory");
}

__attribute__((noinline)) void worker_waits(float by) {
  fraction = fraction * by;
  yield();
  fraction += by;
}
__attribute__((noinline)) void worker(void) {
  for (;;) worker_waits(1.5f);
}
__attribute__((noinline)) void waiter_waits(void) {
  yield();
  __asm__ volatile("nop");
}
__attribute__((noinline)) void waiter(void) {
  for (;;) waiter_waits();
}
__attribute__((noinline)) void main_calls(void) {
  __asm__ volatile("svc #0");
  __asm__ volatile("nop");
}
__attribute__((noinline)) void main_task(void) {
  for (;;) {
    yield();
    main_calls();
  }
}

__attribute__((noinline)) void in_handler(void) { __asm__ volatile("nop"); }
/* In assembly, as Zephyr's _isr_wrapper is: nothing but its own instructions says how it is unwound. */
void svc(void);
__asm__(".thumb_func\n.type svc, %function\nsvc: push {r0, lr}\n bl in_handler\n nop\n pop {r0, pc}\n.size svc, . - svc");
void hard_fault(void) {
  for (;;);
}

__attribute__((used)) u64 switched(u32 sp, u32 exc_return, u32 *callee) {
  kernel_store(running, sp, exc_return, callee);
  running = (running + 1) % TASKS;
  kernel_run(running);
  kernel_load(running, &sp, &exc_return, callee);
  return (u64)exc_return << 32 | sp;
}

#define SAVE_FLOATS "tst lr, #0x10\n\tit eq\n\tvstmdbeq r0!, {s16-s31}\n\t"
#define LOAD_FLOATS "tst lr, #0x10\n\tit eq\n\tvldmiaeq r0!, {s16-s31}\n\t"
#if FORM == BEHIND
#define SAVE SAVE_FLOATS "stmdb r0!, {r4-r11, lr}\n\t"
#define LOAD "ldmia r0!, {r4-r11, lr}\n\t" LOAD_FLOATS
#elif FORM == FIRST
#define SAVE "stmdb r0!, {r4-r11}\n\t" SAVE_FLOATS "stmdb r0!, {lr}\n\t"
#define LOAD "ldmia r0!, {lr}\n\t" LOAD_FLOATS "ldmia r0!, {r4-r11}\n\t"
#elif FORM == FLOATS
#define SAVE "stmdb r0!, {r4-r11}\n\t" SAVE_FLOATS
#define LOAD LOAD_FLOATS "ldmia r0!, {r4-r11}\n\t"
#else
#define SAVE ""
#define LOAD ""
#endif

__attribute__((naked)) void pendsv(void) {
  __asm__ volatile("mrs r0, psp\n\t" SAVE "mov r1, lr\n\tpush {r4-r11}\n\tmov r2, sp\n\tpush {r3, lr}\n\t"
                   "bl switched\n\tpop {r3, lr}\n\tpop {r4-r11}\n\tmov lr, r1\n\t" LOAD "msr psp, r0\n\tbx lr");
}

void start(void);
__attribute__((aligned(128))) void (*const vectors[16])(void) = {
    [1] = start, [3] = hard_fault, [11] = svc, [14] = pendsv};

/* The frame of a task that has not run: the core's, and before it what a switch would have saved. */
static u32 first_frame(int task, void (*code)(void)) {
  u32 *frame = &stacks[task][128 - 8];
  frame[6] = (u32)code & ~1u;
  frame[7] = 1u << 24;
#if FORM == BEHIND
  frame -= 9;
  frame[8] = 0xFFFFFFFD;
#elif FORM == FIRST
  frame -= 9;
  frame[0] = 0xFFFFFFFD;
#elif FORM == FLOATS
  frame -= 8;
#endif
  return (u32)frame;
}

__attribute__((used)) u32 begin(void) {
  REGISTER(0xE000ED08) = (u32)vectors;
  REGISTER(0xE000ED88) |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb");
  fraction = 1.0f;
  kernel_create(0, first_frame(0, main_task));
  kernel_create(1, first_frame(1, worker));
  kernel_create(2, first_frame(2, waiter));
  kernel_run(0);
  return (u32)&stacks[0][128];
}

/* The K24's watchdog off first: it takes its keys only soon after a reset. */
__attribute__((naked, section(".start"))) void start(void) {
  __asm__ volatile("ldr r0, =0x40052000\n\tldr r1, =0xC520\n\tstrh r1, [r0, #14]\n\tldr r1, =0xD928\n\tstrh r1, [r0, #14]\n\t"
                   "ldr r1, =0x01D2\n\tstrh r1, [r0]\n\tldr r0, =0x20020000\n\tmsr msp, r0\n\tbl begin\n\tmsr psp, r0\n\t"
                   "mov r1, #2\n\tmsr control, r1\n\tisb\n\tmovs r0, #0\n\tmov lr, r0\n\tbl main_task\n\tb .\n\t.ltorg");
}
