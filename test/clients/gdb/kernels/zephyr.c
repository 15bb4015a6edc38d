#define FORM 4
#include "common.h"

struct _callee_saved { u32 v1, v2, v3, v4, v5, v6, v7, v8, psp; };
struct _thread_base { void *next, *previous, *pended_on; u8 user_options, thread_state; s8 prio; u8 sched_locked; };
struct _thread_arch { u32 basepri; u32 swap_return_value; float preempt_float[16]; u8 mode_bits, mode_exc_return; u16 rest; };
struct k_thread {
  struct _thread_base base;
  struct _callee_saved callee_saved;
  void *entry;
  struct k_thread *next_thread;
  char name[32];
  struct _thread_arch arch;
};
struct _cpu { u32 nested; char *irq_stack; struct k_thread *current; struct k_thread *idle_thread; };
struct z_kernel { struct _cpu cpus[1]; struct k_thread *ready; struct k_thread *threads; } _kernel;

u32 _kernel_thread_info_offsets[] = {
    1, offset_in(struct _cpu, current), offset_in(struct z_kernel, threads), offset_in(struct k_thread, entry),
    offset_in(struct k_thread, next_thread), offset_in(struct _thread_base, thread_state),
    offset_in(struct _thread_base, user_options), offset_in(struct _thread_base, prio),
    offset_in(struct k_thread, callee_saved.psp), offset_in(struct k_thread, name), offset_in(struct k_thread, arch),
    offset_in(struct _thread_arch, preempt_float), 0xFFFFFFFF, offset_in(struct _thread_arch, mode_exc_return),
    0xFFFFFFFF};
u32 _kernel_thread_info_num_offsets = 15;
static struct k_thread tasks[TASKS];

static void kernel_create(int task, u32 sp) {
  tasks[task].callee_saved.psp = sp;
  tasks[task].arch.mode_exc_return = 0xFD;
  tasks[task].base.prio = task - 1;
  tasks[task].base.thread_state = task == 0 ? 0x80 : 0x02;
  tasks[task].next_thread = task == 0 ? 0 : &tasks[task - 1];
  for (int i = 0; names[task][i]; i++) tasks[task].name[i] = names[task][i];
  _kernel.threads = &tasks[task];
}
static void kernel_store(int task, u32 sp, u32 exc_return, const u32 *callee) {
  u32 *saved = &tasks[task].callee_saved.v1;
  for (int i = 0; i < 8; i++) saved[i] = callee[i];
  tasks[task].callee_saved.psp = sp;
  tasks[task].arch.mode_exc_return = exc_return;
}
static void kernel_load(int task, u32 *sp, u32 *exc_return, u32 *callee) {
  const u32 *saved = &tasks[task].callee_saved.v1;
  for (int i = 0; i < 8; i++) callee[i] = saved[i];
  *sp = tasks[task].callee_saved.psp;
  *exc_return = 0xFFFFFF00 | tasks[task].arch.mode_exc_return;
}
static void kernel_run(int task) { _kernel.cpus[0].current = &tasks[task]; }
