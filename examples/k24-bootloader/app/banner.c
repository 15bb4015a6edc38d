#include <stdio.h>

#include "app.h"
#include "font.h"

#define LARGE_FITS 6u

static uint32_t length_of(const char *text) {
  uint32_t length = 0;
  while (text[length] != '\0') {
    length++;
  }
  return length;
}

/* The largest font whose line stays within about a hundred columns. */
static const struct font *font_for(uint32_t length) {
  return length <= LARGE_FITS ? &font_16 : &font_8;
}

static void print_row(const struct font *font, const char *text, uint32_t y) {
  for (; *text != '\0'; text++) {
    for (uint32_t x = 0; x < font->width; x++) {
      putchar(font_pixel(font, *text, x, y) ? '#' : ' ');
    }
  }
  putchar('\n');
}

void banner_print(const char *text) {
  const struct font *font = font_for(length_of(text));
  for (uint32_t y = 0; y < font->height; y++) {
    print_row(font, text, y);
  }
}
