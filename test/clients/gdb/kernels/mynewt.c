#define FORM 1
#include "common.h"

struct os_task;
struct os_sanity_check { u32 sc_checkin_last, sc_checkin_itvl; void *sc_func, *sc_arg; struct { void *sle_next; } sc_next; };
struct os_task {
  u32 *t_stackptr, *t_stacktop;
  u16 t_stacksize;
  u8 t_taskid, t_prio, t_state, t_flags, t_lockcnt, t_pad;
  const char *t_name;
  void *t_func, *t_arg, *t_obj;
  struct os_sanity_check t_sanity_check;
  u32 t_next_wakeup, t_run_time, t_ctx_sw_cnt;
  struct { struct os_task *stqe_next; } t_os_task_list;
  struct { struct os_task *tqe_next, **tqe_prev; } t_os_list;
  struct { struct os_task *sle_next; } t_obj_list;
};

struct { struct os_task *stqh_first, **stqh_last; } g_os_task_list;
struct os_task *g_current_task;
u32 g_os_started;
static struct os_task tasks[TASKS];

static void kernel_create(int task, u32 sp) {
  tasks[task].t_stackptr = (u32 *)sp;
  tasks[task].t_name = names[task];
  tasks[task].t_prio = 10 + task;
  tasks[task].t_state = task == 2 ? 2 : 1;
  tasks[task].t_os_task_list.stqe_next = task == TASKS - 1 ? 0 : &tasks[task + 1];
  g_os_task_list.stqh_first = &tasks[0];
  g_os_started = 1;
}
static void kernel_store(int task, u32 sp, u32 exc_return, const u32 *callee) {
  (void)exc_return, (void)callee;
  tasks[task].t_stackptr = (u32 *)sp;
}
static void kernel_load(int task, u32 *sp, u32 *exc_return, u32 *callee) {
  (void)exc_return, (void)callee;
  *sp = (u32)tasks[task].t_stackptr;
}
static void kernel_run(int task) { g_current_task = &tasks[task]; }
