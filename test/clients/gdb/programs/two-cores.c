/* Firmware for the RP2040: the first core starts the second one by its FIFO; both count, by a function of one RAM. */
typedef unsigned int u32;

#define FIFO_STATE (*(volatile u32 *)0xD0000050)
#define FIFO_WRITE (*(volatile u32 *)0xD0000054)
#define FIFO_READ (*(volatile u32 *)0xD0000058)

void reset(void);
int main(void);

volatile u32 first;
volatile u32 second;
volatile u32 laps;
volatile u32 second_stack[64];
/* adds r0, #1; bx lr */
volatile unsigned short more[2];

extern u32 stack[];
extern void *const vectors_of_both[16];

static u32 one_more(u32 value) { return ((u32(*)(u32))((u32)more | 1))(value); }

__attribute__((noinline)) void count_second(void) { second = one_more(second); }

__attribute__((noinline)) void count_first(void) { first = one_more(first); }

__attribute__((noreturn)) void second_main(void) {
  for (;;) {
    count_second();
    laps++;
  }
}

/* Words that the boot ROM of the second core gives back one by one. */
static void start_second(void) {
  const u32 words[6] = {0, 0, 1, (u32)vectors_of_both, (u32)(second_stack + 64), (u32)second_main};
  for (int i = 0; i < 6;) {
    if (words[i] == 0) {
      while (FIFO_STATE & 1) (void)FIFO_READ;
      __asm__ volatile("sev");
    }
    while (!(FIFO_STATE & 2)) {
    }
    FIFO_WRITE = words[i];
    __asm__ volatile("sev");
    while (!(FIFO_STATE & 1)) __asm__ volatile("wfe");
    i = FIFO_READ == words[i] ? i + 1 : 0;
  }
}

int main(void) {
  first = 0;
  second = 0;
  more[0] = 0x3001;
  more[1] = 0x4770;
  start_second();
  for (;;) count_first();
}

__attribute__((noreturn)) void fault(void) {
  for (;;) {
  }
}

__attribute__((naked)) void reset(void) { __asm__("ldr r0, =stack\n\tmov sp, r0\n\tldr r0, =main\n\tbx r0\n\t.ltorg"); }

__attribute__((section(".vectors"), used)) void *const vectors_of_both[16] = {
    (void *)stack, (void *)reset, (void *)fault, (void *)fault,
};

#ifdef BOOT2_SUM
__attribute__((section(".boot2sum"), used)) static const u32 boot2_sum = BOOT2_SUM;
#endif
