/*
 * A flash algorithm for an nRF52840, of our own loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
typedef unsigned short u16;
#include "../nrf52-loader/loader.c"
#include "flm.h"

#define NVMC 0x4001E000u

DESCRIPTOR = {
	0x0101, "Flashproof nRF52840", ON_CHIP, 0x00000000, 0x100000, 0x400, 0, 0xFF, 1000, 1000,
	{ { 0x1000, 0 }, END_OF_SECTORS },
};

static struct mailbox controller(u32 address, u32 length)
{
	struct mailbox m = { 0 };

	m.controller = NVMC;
	m.then_address = NO_WORD;
	m.address = address;
	m.length = length;
	return m;
}

API u32 Init(u32 address, u32 clock, u32 function)
{
	(void)address, (void)clock, (void)function;
	return open_flash();
}

API u32 EraseSector(u32 address)
{
	struct mailbox m = controller(address, 0x1000);
	u32 fault = check_open();

	return fault ? fault : erase(&m, ERASEPAGE, address);
}

API u32 ProgramPage(u32 address, u32 size, const u32 *from)
{
	struct mailbox m = controller(address, size);
	u32 fault = check_open();

	return fault ? fault : program(&m, address, from, size);
}
