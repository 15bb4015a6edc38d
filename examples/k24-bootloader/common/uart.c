#include "uart.h"

#include "chip.h"
#include "registers.h"

#define BAUD 115200u

/* UART, "Baud rate generation": baud = clock / (16 * (SBR + BRFA / 32)), here in 32nds, rounded: 11 + 12/32 gives 115,228. */
#define DIVISOR_32NDS ((2u * CORE_CLOCK_HZ + BAUD / 2u) / BAUD)
#define SBR (DIVISOR_32NDS / 32u)
#define BRFA (DIVISOR_32NDS % 32u)

static void pins_to_uart(void) {
  SIM_SCGC5 |= SIM_SCGC5_PORTB;
  PORTB_PCR16 = PORT_PCR_MUX_ALT3;
  PORTB_PCR17 = PORT_PCR_MUX_ALT3;
}

void uart_start(void) {
  SIM_SCGC4 |= SIM_SCGC4_UART0;
  pins_to_uart();
  UART0_C2 = 0;
  UART0_C1 = 0;
  UART0_BDH = SBR >> 8;
  UART0_BDL = SBR & 0xFFu;
  UART0_C4 = BRFA;
  UART0_C2 = UART_C2_TE | UART_C2_RE;
}

void uart_send(uint8_t byte) {
  while ((UART0_S1 & UART_S1_TDRE) == 0) {
  }
  UART0_D = byte;
}

/* Reading S1 and then D clears RDRF, and OR with it when a byte was lost. */
int uart_receive(void) {
  return (UART0_S1 & UART_S1_RDRF) != 0 ? UART0_D : -1;
}

void uart_drain(void) {
  while ((UART0_S1 & UART_S1_TC) == 0) {
  }
}
