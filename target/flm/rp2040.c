/*
 * A flash algorithm for an RP2040 with 2 MB beside it: the chip's boot ROM does the work (RP2040 data sheet, 2.8.3).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
static void leave_flash(void);
#define LEAVE_FLASH leave_flash
#include "flm.h"

#define FLASH 0x10000000u
#define FUNCTION_TABLE 0x14
#define TAG(a, b) ((u32)(b) << 8 | (a))
#define SECTOR_ERASE 0x20u
#define NO_FUNCTION 0x40F0u

DESCRIPTOR = {
	0x0101, "Flashproof RP2040 2 MB", 5, FLASH, 0x200000, 0x100, 0, 0xFF, 500, 5000,
	{ { 0x1000, 0 }, END_OF_SECTORS },
};

/* Rows of a tag and an address, ended by a tag of 0. */
static u32 rom(u32 tag)
{
	const volatile u16 *row = (const volatile u16 *)(u32) * (const volatile u16 *)FUNCTION_TABLE;

	for (; row[0]; row += 2)
		if (row[0] == tag)
			return row[1];
	return 0;
}

static void call(u32 function)
{
	((void (*)(void))function)();
}

/* Flushes the cache, and has the flash read by its addresses again. */
static void leave_flash(void)
{
	call(rom(TAG('F', 'C')));
	call(rom(TAG('C', 'X')));
}

API u32 Init(u32 address, u32 clock, u32 function)
{
	(void)address, (void)clock, (void)function;
	if (!rom(TAG('I', 'F')) || !rom(TAG('E', 'X')) || !rom(TAG('R', 'E')) || !rom(TAG('R', 'P')))
		return NO_FUNCTION;
	call(rom(TAG('I', 'F')));
	call(rom(TAG('E', 'X')));
	return open_flash();
}

API u32 EraseSector(u32 address)
{
	u32 fault = check_open();

	if (!fault)
		((void (*)(u32, u32, u32, u32))rom(TAG('R', 'E')))(address - FLASH, 0x1000, 0x1000, SECTOR_ERASE);
	return fault;
}

API u32 ProgramPage(u32 address, u32 size, const u8 *from)
{
	u32 fault = check_open();

	if (!fault)
		((void (*)(u32, const u8 *, u32))rom(TAG('R', 'P')))(address - FLASH, from, size);
	return fault;
}
