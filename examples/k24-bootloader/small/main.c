#include "small.h"

#include "../app/font.h"
#include "../app/sine.h"
#include "../common/chip.h"
#include "../common/registers.h"
#include "../common/text.h"
#include "../common/uart.h"

#define TICKS_PER_SECOND 10u
#define HALF_WIDTH 24

/* No start-up code clears .bss here: `small_main` sets it before the first interrupt. */
static volatile uint32_t ticks;

void small_tick(void) {
  ticks++;
}

static void start_ticks(void) {
  ticks = 0;
  SYST_RVR = CORE_CLOCK_HZ / TICKS_PER_SECOND - 1u;
  SYST_CVR = 0;
  SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE;
  __asm volatile("cpsie i");
}

static void send_row(const struct font *font, const char *text, uint32_t y) {
  for (; *text != '\0'; text++) {
    for (uint32_t x = 0; x < font->width; x++) {
      uart_send(font_pixel(font, *text, x, y) ? '#' : ' ');
    }
  }
  text_end_line();
}

static void send_sign(const struct font *font, const char *text) {
  for (uint32_t y = 0; y < font->height; y++) {
    send_row(font, text, y);
  }
}

/* A star that swings once in 32 ticks. */
static void send_swing(uint32_t tick) {
  int column = HALF_WIDTH + (int)(((int64_t)sine_of(tick << 27) * HALF_WIDTH) >> 31);
  while (column-- > 0) {
    uart_send(' ');
  }
  text_send_line("*");
}

static void show_tick(uint32_t tick) {
  text_send("tick ");
  text_send_decimal(tick);
  text_end_line();
  send_swing(tick);
}

void small_main(void) {
  uart_start();
  text_send_line("K24 small 1.0");
  send_sign(&font_16, "K24");
  send_sign(&font_8, "small");
  start_ticks();
  for (uint32_t shown = 0;;) {
    __asm volatile("wfi");
    while (shown != ticks) {
      show_tick(++shown);
    }
  }
}
