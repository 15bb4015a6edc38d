/*
 * A flash algorithm for a Kinetis K24 with 1 MB, of our own loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../ftfe-loader/loader.c"
#include "flm.h"

#define FTFE 0x40020000u
#define WATCHDOG 0x40052000u
#define ACCELERATION_RAM 0x14000000u
#define SECTION 0x400u

DESCRIPTOR = {
	0x0101, "Flashproof K24 1 MB", ON_CHIP, 0x00000000, 0x100000, SECTION, 0, 0xFF, 100, 1000,
	{ { 0x1000, 0 }, END_OF_SECTORS },
};

static struct mailbox controller(void)
{
	struct mailbox m = { 0 };

	m.controller = FTFE;
	m.section_buffer = ACCELERATION_RAM;
	m.section_size = SECTION;
	m.phrase_address = NO_PHRASE;
	return m;
}

API u32 Init(u32 address, u32 clock, u32 function)
{
	(void)address, (void)clock, (void)function;
	watchdog_off(WATCHDOG);
	return open_flash();
}

API u32 EraseSector(u32 address)
{
	struct mailbox m = controller();
	u32 fault = check_open();

	return fault ? fault : launch(&m, ERSSCR << 24 | address, 0, 0);
}

API u32 ProgramPage(u32 address, u32 size, const u32 *from)
{
	struct mailbox m = controller();
	u32 fault = check_open();

	m.address = address;
	m.length = size;
	m.buffer = (u32)from;
	return fault ? fault : program(&m);
}
