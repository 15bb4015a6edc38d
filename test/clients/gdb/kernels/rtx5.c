#define FORM 3
#include "common.h"

typedef struct osRtxThread_s {
  u8 id, state, flags, attr;
  const char *name;
  struct osRtxThread_s *thread_next, *thread_prev, *delay_next, *delay_prev, *thread_join;
  u32 delay;
  s8 priority, priority_base;
  u8 stack_frame, flags_options;
  u32 wait_flags, thread_flags;
  void *mutex_list, *stack_mem;
  u32 stack_size, sp, thread_addr, tz_memory;
} osRtxThread_t;
typedef struct { u8 id, state, flags, attr; const char *name; osRtxThread_t *thread_list; } osRtxObject_t;
typedef struct {
  const char *os_id;
  u32 version;
  struct { u8 state; volatile u8 blocked; u8 pendSV, reserved; u32 tick; } kernel;
  int tick_irqn;
  struct {
    struct { osRtxThread_t *curr, *next; } run;
    osRtxObject_t ready;
    osRtxThread_t *idle, *delay_list, *wait_list, *terminate_list;
    u32 reserved;
  } thread;
  u32 rest[24];
} osRtxInfo_t;

osRtxInfo_t osRtxInfo;
static osRtxThread_t tasks[TASKS];

static void kernel_create(int task, u32 sp) {
  tasks[task].sp = sp;
  tasks[task].stack_frame = 0xFD;
  tasks[task].name = names[task];
  tasks[task].priority = 8 * task;
  tasks[task].state = task == 2 ? 0x13 : 1;
  osRtxInfo.thread.delay_list = &tasks[2];
  osRtxInfo.thread.ready.thread_list = &tasks[1];
  osRtxInfo.kernel.state = 2;
}
static void kernel_store(int task, u32 sp, u32 exc_return, const u32 *callee) {
  (void)callee;
  tasks[task].sp = sp;
  tasks[task].stack_frame = exc_return;
}
static void kernel_load(int task, u32 *sp, u32 *exc_return, u32 *callee) {
  (void)callee;
  *sp = tasks[task].sp;
  *exc_return = 0xFFFFFF00 | tasks[task].stack_frame;
}
static void kernel_run(int task) { osRtxInfo.thread.run.curr = &tasks[task]; }
