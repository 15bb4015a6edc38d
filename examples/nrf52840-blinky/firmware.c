/*
 * Blinks LED 1 of an nRF52840-DK (P0.13) and says so on its UART (P0.06, 115200 baud), by SysTick.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Registers: nRF52840 product specification and Nordic's MDK, UARTE, GPIO and APPROTECT; ARMv7-M ARM, SysTick.
 */
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* From build F0 on the debug port stays open only where the firmware says so, too, at each start. */
#define APPROTECT_DISABLE REGISTER(0x40000558)
#define SW_DISABLE 0x5Au

#define FICR_PART REGISTER(0x10000100)

#define UARTE0 0x40002000u
#define TASKS_STARTTX REGISTER(UARTE0 + 0x008)
#define EVENTS_ENDTX REGISTER(UARTE0 + 0x120)
#define ENABLE REGISTER(UARTE0 + 0x500)
#define PSEL_TXD REGISTER(UARTE0 + 0x50C)
#define BAUDRATE REGISTER(UARTE0 + 0x524)
#define TXD_PTR REGISTER(UARTE0 + 0x544)
#define TXD_MAXCNT REGISTER(UARTE0 + 0x548)
#define ENABLE_UARTE 8u
#define BAUD_115200 0x01D60000u
#define TX_PIN 6u

#define P0_OUTSET REGISTER(0x50000508)
#define P0_OUTCLR REGISTER(0x5000050C)
#define P0_DIRSET REGISTER(0x50000518)
#define LED (1u << 13)

#define SYST_CSR REGISTER(0xE000E010)
#define SYST_RVR REGISTER(0xE000E014)
#define SYST_CVR REGISTER(0xE000E018)
#define CORE_HZ 64000000u
#define TICKS_PER_SECOND 8u

extern uint32_t zero_from, zero_to;

static volatile uint32_t ticks;
/* EasyDMA reads from RAM only. */
static char line[64];

static void send(const char *text)
{
	uint32_t length = 0;

	while (text[length] && length < sizeof line) {
		line[length] = text[length];
		length++;
	}
	TXD_PTR = (uint32_t)line;
	TXD_MAXCNT = length;
	EVENTS_ENDTX = 0;
	TASKS_STARTTX = 1;
	while (!EVENTS_ENDTX)
		;
}

static void send_number(uint32_t value, uint32_t base)
{
	char digits[12];
	uint32_t at = sizeof digits - 1;

	digits[at] = 0;
	do {
		uint32_t digit = value % base;

		digits[--at] = (char)(digit < 10 ? '0' + digit : 'A' + digit - 10);
		value /= base;
	} while (value);
	send(digits + at);
}

static void start_uart(void)
{
	P0_OUTSET = 1u << TX_PIN;
	P0_DIRSET = 1u << TX_PIN;
	PSEL_TXD = TX_PIN;
	BAUDRATE = BAUD_115200;
	ENABLE = ENABLE_UARTE;
}

void tick(void)
{
	ticks++;
}

void reset(void)
{
	for (uint32_t *at = &zero_from; at < &zero_to; at++)
		*at = 0;
	APPROTECT_DISABLE = SW_DISABLE;
	P0_DIRSET = LED;
	start_uart();
	send("nRF52840 blinky: hello from part 0x");
	send_number(FICR_PART, 16);
	send("\r\n");
	SYST_RVR = CORE_HZ / TICKS_PER_SECOND - 1;
	SYST_CVR = 0;
	SYST_CSR = 7;
	for (uint32_t blinks = 1;; blinks++) {
		uint32_t until = ticks + TICKS_PER_SECOND / 4;

		if (blinks & 1)
			P0_OUTCLR = LED;
		else
			P0_OUTSET = LED;
		send("blink ");
		send_number(blinks, 10);
		send("\r\n");
		while (ticks < until)
			__asm volatile("wfi");
	}
}

static void stop(void)
{
	for (;;)
		;
}

#define STACK_TOP ((void (*)(void))0x20040000)

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
	STACK_TOP, reset, stop, stop, stop, stop, stop, 0, 0, 0, 0, stop, stop, 0, stop, tick,
};
