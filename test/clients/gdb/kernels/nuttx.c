#define FORM 4
#include "common.h"

enum { REG_SP, REG_BASEPRI, REG_R4, REG_EXC_RETURN = 10, REG_R0, REG_R1, REG_R2, REG_R3, REG_R12, REG_LR, REG_PC, REG_XPSR, REGS };
struct tcb_s {
  struct tcb_s *flink, *blink;
  u32 group;
  u16 pid;
  u8 sched_priority, task_state;
  u32 flags[5];
  struct { void *sigdeliver; u32 *regs; } xcp;
  char name[32];
};
struct tcbinfo_s {
  u16 pid_off, state_off, pri_off, name_off;
#ifdef STACK_INFO
  u16 stack_off, stack_size_off;
#endif
  u16 regs_off, basic_num, total_num;
  union { u8 u[8]; const u16 *p; } reg_off;
} __attribute__((packed));

#define OFFSET(register) ((register) * 4)
static const u16 g_reg_offs[] = {
    OFFSET(REG_R0), OFFSET(REG_R1), OFFSET(REG_R2), OFFSET(REG_R3), OFFSET(REG_R4), OFFSET(REG_R4 + 1),
    OFFSET(REG_R4 + 2), OFFSET(REG_R4 + 3), OFFSET(REG_R4 + 4), OFFSET(REG_R4 + 5), OFFSET(REG_R4 + 6),
    OFFSET(REG_R4 + 7), OFFSET(REG_R12), OFFSET(REG_SP), OFFSET(REG_LR), OFFSET(REG_PC), OFFSET(REG_XPSR)};
const struct tcbinfo_s g_tcbinfo = {
    .pid_off = offset_in(struct tcb_s, pid), .state_off = offset_in(struct tcb_s, task_state),
    .pri_off = offset_in(struct tcb_s, sched_priority), .name_off = offset_in(struct tcb_s, name),
    .regs_off = offset_in(struct tcb_s, xcp.regs), .basic_num = 17, .total_num = 17, .reg_off.p = g_reg_offs};

struct { struct tcb_s *head, *tail; } g_readytorun;
struct tcb_s **g_pidhash;
volatile int g_npidhash;
static struct tcb_s *hash[4], tasks[TASKS];
static u32 saved[TASKS][REGS];
static u32 stack_of[TASKS];

static void kernel_store(int task, u32 sp, u32 exc_return, const u32 *callee) {
  const u32 *frame = (const u32 *)sp;
  u32 *regs = saved[task];
  stack_of[task] = sp;
  for (int i = 0; i < 8; i++) regs[REG_R4 + i] = callee[i], regs[REG_R0 + i] = frame[i];
  regs[REG_SP] = sp + (exc_return & 0x10 ? 32 : 104) + (frame[7] & 1u << 9 ? 4 : 0);
  regs[REG_EXC_RETURN] = exc_return;
}
static void kernel_create(int task, u32 sp) {
  static const u32 zeros[8];
  kernel_store(task, sp, 0xFFFFFFFD, zeros);
  tasks[task].xcp.regs = saved[task];
  tasks[task].pid = task;
  tasks[task].sched_priority = 100 + task;
  tasks[task].task_state = task == 2 ? 5 : 2;
  for (int i = 0; names[task][i]; i++) tasks[task].name[i] = names[task][i];
  hash[task] = &tasks[task];
  g_pidhash = hash;
  g_npidhash = 4;
}
static void kernel_load(int task, u32 *sp, u32 *exc_return, u32 *callee) {
  for (int i = 0; i < 8; i++) callee[i] = saved[task][REG_R4 + i];
  *sp = stack_of[task];
  *exc_return = saved[task][REG_EXC_RETURN];
}
static void kernel_run(int task) { g_readytorun.head = &tasks[task]; }
