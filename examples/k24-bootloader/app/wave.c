#include <stdio.h>

#include "app.h"
#include "sine.h"

#define LINES 32u
#define HALF_WIDTH 30

void wave_print(void) {
  for (uint32_t line = 0; line < LINES; line++) {
    float height = (float)sine_of(line * (0xFFFFFFFFu / LINES + 1u)) / 2147483648.0f;
    int column = HALF_WIDTH + (int)(height * HALF_WIDTH);
    printf("%+8.5f %*c\n", (double)height, column + 1, '*');
  }
}
