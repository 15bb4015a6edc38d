/* The console: UART0, 115200 8N1 on PTB16 (in) and PTB17 (out), polled. */
#ifndef UART_H
#define UART_H

#include <stdint.h>

void uart_start(void);

/* Sends one byte, waiting for room. */
void uart_send(uint8_t byte);

/* The byte received last, or -1. */
int uart_receive(void);

/* Waits until the last bit has left the pin. */
void uart_drain(void);

#endif
