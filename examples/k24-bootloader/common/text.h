/* Text on the console without a C library. Lines end with CR LF. */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

void text_send(const char *text);
void text_send_hex(uint32_t value); /* eight digits, capitals */
void text_send_decimal(uint32_t value);
void text_end_line(void);
void text_send_line(const char *text);

#endif
