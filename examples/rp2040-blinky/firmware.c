/*
 * Blinks a pin by SysTick, and says so on UART0 (115,200 baud on GPIO0): what a board needs to show that it was programmed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>

#ifndef BOOT2_SUM
#define BOOT2_SUM 0
#endif

#define REG(address) (*(volatile uint32_t *)(address))
#define CLR(address) REG((address) + 0x3000)

#define CLOCKS 0x40008000u
#define RESETS 0x4000c000u
#define IO_BANK0 0x40014000u
#define XOSC 0x40024000u
#define UART0 0x40034000u
#define SIO 0xd0000000u
#define SYST 0xe000e010u

#define LED 25
#define CRYSTAL_HZ 12000000u
#define BLINKS_A_SECOND 10

/* The sum that the boot ROM wants behind the second stage. */
__attribute__((section(".boot2sum"), used)) static const uint32_t boot2_sum = BOOT2_SUM;

static volatile uint32_t ticks;

static void start_clocks(void)
{
	REG(XOSC + 0x0c) = 47; /* STARTUP: 1 ms */
	REG(XOSC + 0x00) = (0xfab << 12) | 0xaa0;
	while (!(REG(XOSC + 0x04) & 0x80000000u))
		;
	REG(CLOCKS + 0x30) = 2; /* CLK_REF from the crystal, CLK_SYS from that */
	while (REG(CLOCKS + 0x38) != 4)
		;
	REG(CLOCKS + 0x48) = 1 << 11; /* CLK_PERI from CLK_SYS */
}

static void start_peripherals(void)
{
	const uint32_t used = (1 << 5) | (1 << 8) | (1 << 22); /* IO_BANK0, PADS_BANK0, UART0 */
	CLR(RESETS) = used;
	while ((REG(RESETS + 8) & used) != used)
		;
	REG(IO_BANK0 + 0x04) = 2; /* GPIO0: UART0 TX */
	REG(IO_BANK0 + 8 * LED + 4) = 5; /* SIO */
	REG(SIO + 0x24) = 1 << LED;
	REG(UART0 + 0x24) = CRYSTAL_HZ / (16 * 115200); /* 6 */
	REG(UART0 + 0x28) = 33; /* and 33/64 */
	REG(UART0 + 0x2c) = 0x70; /* 8N1, FIFOs */
	REG(UART0 + 0x30) = 0x301;
}

static void say(const char *text)
{
	for (; *text; text++) {
		while (REG(UART0 + 0x18) & 0x20)
			;
		REG(UART0) = (uint8_t)*text;
	}
}

static void say_number(uint32_t number)
{
	char digits[11];
	int at = 10;
	digits[at] = 0;
	do {
		/* The core has no divide instruction. */
		uint32_t tens = 0;
		for (uint32_t rest = number; rest >= 10; rest -= 10)
			tens++;
		digits[--at] = (char)('0' + (number - 10 * tens));
		number = tens;
	} while (number != 0);
	say(digits + at);
}

static void sys_tick(void)
{
	REG(SIO + 0x1c) = 1 << LED;
	ticks++;
}

static void __attribute__((noreturn)) hang(void)
{
	for (;;)
		__asm volatile("wfi");
}

__attribute__((noreturn)) void reset(void)
{
	ticks = 0;
	start_clocks();
	start_peripherals();
	say("RP2040 blinky 1.0\r\n");
	REG(SYST + 4) = CRYSTAL_HZ / BLINKS_A_SECOND - 1;
	REG(SYST + 8) = 0;
	REG(SYST) = 7;
	for (uint32_t seen = 0;;) {
		__asm volatile("wfi");
		if (ticks == seen)
			continue;
		seen = ticks;
		say("blink ");
		say_number(seen);
		say("\r\n");
	}
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
	(vector)0x20042000, reset, hang, hang, 0, 0, 0, 0, 0, 0, 0, hang, 0, 0, hang, sys_tick,
};
