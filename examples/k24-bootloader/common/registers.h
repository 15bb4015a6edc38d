/* The registers of the MK24FN1M0xxx12 that this firmware touches, by their names in the manuals.
   Chip: K24 Sub-Family Reference Manual, chapter named at each block.
   Core: Armv7-M Architecture Reference Manual, section named at each block. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#define REG8(address) (*(volatile uint8_t *)(address))
#define REG16(address) (*(volatile uint16_t *)(address))
#define REG32(address) (*(volatile uint32_t *)(address))

/* Watchdog Timer (WDOG) */
#define WDOG_STCTRLH REG16(0x40052000u)
#define WDOG_STCTRLH_RESET 0x01D3u
#define WDOG_STCTRLH_WDOGEN 0x0001u
#define WDOG_UNLOCK REG16(0x4005200Eu)
#define WDOG_UNLOCK_KEY1 0xC520u
#define WDOG_UNLOCK_KEY2 0xD928u

/* System Integration Module (SIM) */
#define SIM_SCGC4 REG32(0x40048034u)
#define SIM_SCGC4_UART0 (1u << 10)
#define SIM_SCGC5 REG32(0x40048038u)
#define SIM_SCGC5_PORTB (1u << 10)

/* Port Control and Interrupts (PORT); ALT3 of PTB16 is UART0_RX, of PTB17 UART0_TX (Signal Multiplexing) */
#define PORTB_PCR16 REG32(0x4004A040u)
#define PORTB_PCR17 REG32(0x4004A044u)
#define PORT_PCR_MUX_ALT3 (3u << 8)

/* Universal Asynchronous Receiver/Transmitter (UART), instance 0 */
#define UART0_BDH REG8(0x4006A000u)
#define UART0_BDL REG8(0x4006A001u)
#define UART0_C1 REG8(0x4006A002u)
#define UART0_C2 REG8(0x4006A003u)
#define UART_C2_RE 0x04u
#define UART_C2_TE 0x08u
#define UART0_S1 REG8(0x4006A004u)
#define UART_S1_RDRF 0x20u
#define UART_S1_TC 0x40u
#define UART_S1_TDRE 0x80u
#define UART0_D REG8(0x4006A007u)
#define UART0_C4 REG8(0x4006A00Au)

/* SysTick, Armv7-M B3.3 */
#define SYST_CSR REG32(0xE000E010u)
#define SYST_CSR_ENABLE 0x1u
#define SYST_CSR_TICKINT 0x2u
#define SYST_CSR_CLKSOURCE 0x4u
#define SYST_RVR REG32(0xE000E014u)
#define SYST_CVR REG32(0xE000E018u)

/* System Control Block, Armv7-M B3.2 */
#define SCB_VTOR REG32(0xE000ED08u)
#define SCB_AIRCR REG32(0xE000ED0Cu)
#define SCB_AIRCR_SYSRESETREQ 0x05FA0004u
#define SCB_CPACR REG32(0xE000ED88u)
#define SCB_CPACR_CP10_CP11_FULL (0xFu << 20)

#endif
