#include <stdio.h>

#include "../common/uart.h"
#include "app.h"

#define TICK_MILLISECONDS 10u

static int ticks_shown = 1;

static void print_help(void) {
  puts("r report, f font, w wave, t ticks on or off, ? this list");
}

static void serve(int command) {
  switch (command) {
  case 'r':
    report_print();
    break;
  case 'f':
    banner_print("K24");
    banner_print("Flashproof");
    break;
  case 'w':
    wave_print();
    break;
  case 't':
    ticks_shown = !ticks_shown;
    break;
  case '?':
    print_help();
    break;
  }
}

static void show_tick(uint32_t tick) {
  if (ticks_shown) {
    printf("tick %lu\n", (unsigned long)tick);
  }
}

/* Every tick is shown, also those that passed while a command was served. */
static void run(void) {
  for (uint32_t shown = 0;;) {
    __asm volatile("wfi");
    serve(uart_receive());
    while (shown != ticks_count()) {
      show_tick(++shown);
    }
  }
}

int main(void) {
  uart_start();
  puts("application 1.0");
  ticks_start(TICK_MILLISECONDS);
  run();
}
