/* The same console on the board `mps2-an386` of QEMU: CMSDK APB UART 0 (Arm Cortex-M System Design Kit TRM, APB UART). */
#include "../common/uart.h"

#include "../common/registers.h"

#define CMSDK_DATA REG32(0x40004000u)
#define CMSDK_STATE REG32(0x40004004u)
#define CMSDK_STATE_TX_FULL 0x1u
#define CMSDK_STATE_RX_FULL 0x2u
#define CMSDK_CTRL REG32(0x40004008u)
#define CMSDK_CTRL_TX_RX 0x3u
#define CMSDK_BAUDDIV REG32(0x40004010u)

void uart_start(void) {
  CMSDK_BAUDDIV = 25000000u / 115200u;
  CMSDK_CTRL = CMSDK_CTRL_TX_RX;
}

void uart_send(uint8_t byte) {
  while ((CMSDK_STATE & CMSDK_STATE_TX_FULL) != 0) {
  }
  CMSDK_DATA = byte;
}

int uart_receive(void) {
  return (CMSDK_STATE & CMSDK_STATE_RX_FULL) != 0 ? (int)CMSDK_DATA : -1;
}

void uart_drain(void) {
}
