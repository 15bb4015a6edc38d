/*
 * The K24's flash algorithm with one fault, which a definition switches on: what a foreign algorithm may do wrong.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define Init good_init
#define EraseSector good_erase
#define ProgramPage good_program
#include "kinetis-ftfe.c"
#undef Init
#undef EraseSector
#undef ProgramPage

API u32 Init(u32 address, u32 clock, u32 function)
{
#ifdef WATCHDOG_LEFT_ON
	(void)address, (void)clock, (void)function;
	return open_flash();
#endif
#ifdef INIT_LOOPS
	for (;;)
		;
#endif
	return good_init(address, clock, function);
}

API u32 EraseSector(u32 address)
{
#ifdef ERASES_NOTHING
	return check_open();
#endif
#ifdef ERASE_FAILS
	return 0x42;
#endif
	return good_erase(address);
}

#ifdef LOSES_STATIC_BASE
__attribute__((naked)) API u32 ProgramPage(u32 address, u32 size, const u32 *from)
{
	(void)address, (void)size, (void)from;
	__asm volatile("push {r4, lr}\n\tbl good_program\n\tldr r1, =0x20001234\n\tmov r9, r1\n\tpop {r4, pc}");
}
#define ProgramPage unused_program
#endif
API u32 ProgramPage(u32 address, u32 size, const u32 *from)
{
#ifdef PROGRAM_LOOPS
	for (;;)
		;
#endif
#ifdef UNMASKS_INTERRUPTS
	/* SysTick, every 100 cycles: its handler is that of the firmware in flash. */
	((volatile u32 *)0xE000E010)[1] = 100;
	((volatile u32 *)0xE000E010)[2] = 0;
	((volatile u32 *)0xE000E010)[0] = 7;
	__asm volatile("cpsie i");
#endif
#if defined(SKIPS_LAST_WORD) || defined(VERIFY_AGREES)
	/* A section of the controller has units of 16 bytes. */
	return size > 16 ? good_program(address, size - 16, from) : check_open();
#endif
#ifdef WRITES_WITHOUT_A_CHIP
	/* SIM_SDID, which is 0 on no chip. */
	if (*(volatile u32 *)0x40048024 == 0)
		((volatile u32 *)from)[size / 4] = 0;
#endif
#ifdef WRITES_BEHIND_BUFFER
	((volatile u32 *)from)[size / 4] = 0;
#endif
#ifdef OVERFLOWS_STACK
	volatile u32 much[0x100];

	for (u32 i = 0; i < 0x100; i++)
		much[i] = i;
#endif
	return good_program(address, size, from);
}

#ifdef VERIFY_AGREES
API u32 Verify(u32 address, u32 size, const u32 *from)
{
	(void)from;
	return address + size;
}
#endif
