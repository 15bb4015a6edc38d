/* The application's parts. */
#ifndef APP_H
#define APP_H

#include <stdint.h>

/* Reset vector: floating point on, .data and .bss set up, then `main`. */
void app_reset(void);

int main(void);

/* The C library's state made usable; before the first printf. */
void library_start(void);

/* SysTick every `milliseconds`. */
void ticks_start(uint32_t milliseconds);
void ticks_interrupt(void);

/* Interrupts since `ticks_start`. */
uint32_t ticks_count(void);

/* Arithmetic checked against known values, printed with printf. */
void report_print(void);

/* `text` in letters made of the pen font's pixels. */
void banner_print(const char *text);

/* One period of the sine table, sideways. */
void wave_print(void);

#endif
