#define FORM 2
#include "common.h"

struct timer { u32 remaining, again; void *code; u32 parameter; void *next, *previous, *head; };
typedef struct TX_THREAD_STRUCT {
  u32 tx_thread_id, tx_thread_run_count;
  void *tx_thread_stack_ptr, *tx_thread_stack_start, *tx_thread_stack_end;
  u32 tx_thread_stack_size, tx_thread_time_slice, tx_thread_new_time_slice;
  struct TX_THREAD_STRUCT *tx_thread_ready_next, *tx_thread_ready_previous;
#ifdef EXTENSION
  void *tx_thread_iar_tls_pointer, *tx_thread_more;
#endif
  char *tx_thread_name;
  u32 tx_thread_priority, tx_thread_state, tx_thread_delayed_suspend, tx_thread_suspending, tx_thread_preempt_threshold;
  void *tx_thread_schedule_hook, *tx_thread_entry;
  u32 tx_thread_entry_parameter;
  struct timer tx_thread_timer;
  void *tx_thread_suspend_cleanup, *tx_thread_suspend_control_block;
  struct TX_THREAD_STRUCT *tx_thread_suspended_next, *tx_thread_suspended_previous;
  u32 tx_thread_suspend_info;
  void *tx_thread_additional_suspend_info;
  u32 tx_thread_suspend_option, tx_thread_suspend_status;
  struct TX_THREAD_STRUCT *tx_thread_created_next, *tx_thread_created_previous;
} TX_THREAD;

TX_THREAD *_tx_thread_current_ptr, *_tx_thread_created_ptr;
u32 _tx_thread_created_count;
volatile u32 _tx_thread_system_state;
static TX_THREAD tasks[TASKS];

static void kernel_create(int task, u32 sp) {
  tasks[task].tx_thread_id = 0x54485244;
  tasks[task].tx_thread_stack_ptr = (void *)sp;
  tasks[task].tx_thread_name = (char *)names[task];
  tasks[task].tx_thread_priority = task;
  tasks[task].tx_thread_state = task == 2 ? 4 : 0;
  tasks[task].tx_thread_created_next = &tasks[(task + 1) % TASKS];
  _tx_thread_created_ptr = &tasks[0];
  _tx_thread_created_count++;
}
static void kernel_store(int task, u32 sp, u32 exc_return, const u32 *callee) {
  (void)exc_return, (void)callee;
  tasks[task].tx_thread_stack_ptr = (void *)sp;
}
static void kernel_load(int task, u32 *sp, u32 *exc_return, u32 *callee) {
  (void)exc_return, (void)callee;
  *sp = (u32)tasks[task].tx_thread_stack_ptr;
}
static void kernel_run(int task) { _tx_thread_current_ptr = &tasks[task]; }
