/*
 * A flash algorithm for a Kinetis K24 with 1 MB, of our own loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../ftfe-queue/queue.c"
#include "flm.h"

#define FTFE 0x40020000u
#define WATCHDOG 0x40052000u
#define ACCELERATION_RAM 0x14000000u
#define SECTION 0x400u
#ifndef PAGE
#define PAGE SECTION
#endif

DESCRIPTOR = {
	0x0101, "Flashproof K24 1 MB", ON_CHIP, 0x00000000, 0x100000, PAGE, 0, 0xFF, 100, 1000,
	{ { 0x1000, 0 }, END_OF_SECTORS },
};

/* What the loader's functions look at; the controller has ended its last command. */
static void set_up(struct setup *s)
{
	s->controller = FTFE;
	s->section_buffer = ACCELERATION_RAM;
	s->section_size = SECTION;
	finish(s);
}

API u32 Init(u32 address, u32 clock, u32 function)
{
	(void)address, (void)clock, (void)function;
	watchdog_off(WATCHDOG);
	return open_flash();
}

API u32 EraseSector(u32 address)
{
	struct setup s;
	u32 fault = check_open();

	if (fault)
		return fault;
	set_up(&s);
	launch(&s, ERSSCR << 24 | address, 0, 0);
	return finish(&s);
}

/* A page is cut where sections of the controller end. */
API u32 ProgramPage(u32 address, u32 size, const u32 *from)
{
	struct setup s;
	struct step step;
	u32 end = address + size;
	u32 fault = check_open();

	if (fault)
		return fault;
	set_up(&s);
	for (step.address = address; step.address < end; step.address += step.length) {
		u32 room = SECTION - (step.address & (SECTION - 1));
		u32 left = end - step.address;
		u32 status;

		step.length = left < room ? left : room;
		step.buffer = (u32)from + (step.address - address);
		program(&s, &step);
		status = finish(&s);
		if (status)
			return status;
	}
	return 0;
}
