#include "text.h"

#include "uart.h"

void text_send(const char *text) {
  while (*text != '\0') {
    uart_send((uint8_t)*text++);
  }
}

void text_send_hex(uint32_t value) {
  for (int shift = 28; shift >= 0; shift -= 4) {
    uart_send((uint8_t) "0123456789ABCDEF"[(value >> shift) & 0xFu]);
  }
}

void text_send_decimal(uint32_t value) {
  if (value >= 10u) {
    text_send_decimal(value / 10u);
  }
  uart_send((uint8_t)('0' + value % 10u));
}

void text_end_line(void) {
  text_send("\r\n");
}

void text_send_line(const char *text) {
  text_send(text);
  text_end_line();
}
