/* The machine that the twin's test board and QEMU's mps2-an386 have in common: RAM at 0 and 0x20000000, one UART. */
#include <stdint.h>
#include <stdio.h>

#define REG(a) (*(volatile uint32_t *)(a))
#define UART_DATA REG(0x40004000)
#define UART_STATE REG(0x40004004)
#define UART_CTRL REG(0x40004008)
#define UART_BAUDDIV REG(0x40004010)

#define ICSR REG(0xE000ED04)
#define CCR REG(0xE000ED14)
#define SHPR2 REG(0xE000ED1C)
#define SHPR3 REG(0xE000ED20)
#define SHCSR REG(0xE000ED24)
#define CFSR REG(0xE000ED28)
#define HFSR REG(0xE000ED2C)
#define BFAR REG(0xE000ED38)
#define NVIC_ISER0 REG(0xE000E100)
#define NVIC_ISPR0 REG(0xE000E200)
#define NVIC_IPR ((volatile uint8_t *)0xE000E400)
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)

typedef void (*Handler)(void);
/* Filled by the programs, entry n for exception n, before anything pends: the compiler may not move that. */
extern volatile Handler handlers[64];
void finish(void) __attribute__((noreturn));
