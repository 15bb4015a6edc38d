#include "font.h"

int font_pixel(const struct font *font, char character, uint32_t x, uint32_t y) {
  if (character < FONT_FIRST || character > FONT_LAST) {
    return 0;
  }
  uint32_t row_bytes = font->width / 8u;
  uint32_t glyph = (uint32_t)(character - FONT_FIRST) * font->height;
  uint8_t byte = font->pixels[(glyph + y) * row_bytes + x / 8u];
  return (byte >> (7u - x % 8u)) & 1;
}
