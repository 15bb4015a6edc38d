#define FORM 1
#include "common.h"

#ifdef TICKS64
typedef u64 TickType_t;
#else
typedef u32 TickType_t;
#endif
#ifdef INTEGRITY
#define CHECK(name) TickType_t name;
#else
#define CHECK(name)
#endif

struct xLIST;
typedef struct xLIST_ITEM {
  CHECK(xListItemIntegrityValue1)
  TickType_t xItemValue;
  struct xLIST_ITEM *pxNext, *pxPrevious;
  void *pvOwner;
  struct xLIST *pvContainer;
  CHECK(xListItemIntegrityValue2)
} ListItem_t;
#ifdef WHOLE_END
typedef ListItem_t MiniListItem_t;
#else
typedef struct xMINI_LIST_ITEM {
  CHECK(xListItemIntegrityValue)
  TickType_t xItemValue;
  ListItem_t *pxNext, *pxPrevious;
} MiniListItem_t;
#endif
typedef struct xLIST {
  CHECK(xListIntegrityValue1)
  volatile u32 uxNumberOfItems;
  ListItem_t *pxIndex;
  MiniListItem_t xListEnd;
  CHECK(xListIntegrityValue2)
} List_t;
typedef struct tskTaskControlBlock {
  volatile u32 *pxTopOfStack;
#ifdef MPU
  u32 xMPUSettings[9];
#endif
  ListItem_t xStateListItem, xEventListItem;
  u32 uxPriority;
  u32 *pxStack;
  char pcTaskName[16];
} TCB_t;

TCB_t *pxCurrentTCB;
/* In one piece, as a linker puts variables of one file: nothing between them tells them apart. */
struct { List_t ready[5], delayed1, delayed2; } lists;
__attribute__((used)) void symbols(void) {
  __asm__ volatile(".global pxReadyTasksLists, xDelayedTaskList1, xDelayedTaskList2\n\t.set pxReadyTasksLists, lists\n\t"
                   ".set xDelayedTaskList1, lists + %c0\n\t.set xDelayedTaskList2, lists + %c1" ::"i"(5 * sizeof(List_t)),
                   "i"(6 * sizeof(List_t)));
}
List_t xPendingReadyList, xSuspendedTaskList, xTasksWaitingTermination;
List_t *const pxDelayedTaskList = &lists.delayed1;
volatile u32 uxCurrentNumberOfTasks, xSchedulerRunning;
static TCB_t tasks[TASKS];

static void empty(List_t *list) {
  list->uxNumberOfItems = 0;
  list->xListEnd.xItemValue = ~(TickType_t)0;
  list->pxIndex = list->xListEnd.pxNext = list->xListEnd.pxPrevious = (ListItem_t *)&list->xListEnd;
}
static void append(List_t *list, TCB_t *task) {
  ListItem_t *item = &task->xStateListItem, *end = (ListItem_t *)&list->xListEnd;
  item->pvOwner = task;
  item->pvContainer = list;
  item->pxNext = end;
  item->pxPrevious = end->pxPrevious;
  end->pxPrevious->pxNext = item;
  end->pxPrevious = item;
  list->uxNumberOfItems++;
}
static void kernel_create(int task, u32 sp) {
  tasks[task].pxTopOfStack = (u32 *)sp;
  tasks[task].uxPriority = task == 0 ? 4 : task;
  for (int i = 0; names[task][i]; i++) tasks[task].pcTaskName[i] = names[task][i];
  uxCurrentNumberOfTasks++;
}
static void kernel_store(int task, u32 sp, u32 exc_return, const u32 *callee) {
  (void)exc_return, (void)callee;
  tasks[task].pxTopOfStack = (u32 *)sp;
}
static void kernel_load(int task, u32 *sp, u32 *exc_return, u32 *callee) {
  (void)exc_return, (void)callee;
  *sp = (u32)tasks[task].pxTopOfStack;
}
static void kernel_run(int task) {
  for (int i = 0; i < 5; i++) empty(&lists.ready[i]);
  empty(&lists.delayed1), empty(&lists.delayed2);
  empty(&xPendingReadyList), empty(&xSuspendedTaskList), empty(&xTasksWaitingTermination);
  append(&lists.ready[4], &tasks[0]);
  append(&lists.ready[1], &tasks[1]);
  append(&lists.delayed1, &tasks[2]);
  pxCurrentTCB = &tasks[task];
  xSchedulerRunning = 1;
}
