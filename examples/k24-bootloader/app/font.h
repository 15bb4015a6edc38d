/* The pen font, drawn by tables/make-tables.mjs from tables/strokes.txt. */
#ifndef FONT_H
#define FONT_H

#include <stdint.h>

#define FONT_FIRST 0x20
#define FONT_LAST 0x7E

/* Glyphs of FONT_FIRST to FONT_LAST, rows from the top, leftmost pixel in bit 7. */
struct font {
  uint8_t width; /* pixels, a multiple of 8 */
  uint8_t height;
  const uint8_t *pixels;
};

extern const struct font font_8;
extern const struct font font_16;

/* Whether the pixel of `character` is inked; characters without a drawing have none. */
int font_pixel(const struct font *font, char character, uint32_t x, uint32_t y);

#endif
