/*
 * A flash algorithm for an STM32F40x with 1 MB, of our own loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../stm32f4-queue/queue.c"
#include "flm.h"

#define FLASH 0x08000000u
#define CONTROLLER_START 0x40023C00u
#define KEYR 0x04
#define CR_LOCK 0x80000000u
#define CR_SER 2u
#define CR_SNB_SHIFT 3
#define WORDS 2u

DESCRIPTOR = {
	0x0101, "Flashproof STM32F4 1 MB", ON_CHIP, FLASH, 0x100000, 0x400, 0, 0xFF, 1000, 6000,
	{ { 0x4000, 0 }, { 0x10000, 0x10000 }, { 0x20000, 0x20000 }, END_OF_SECTORS },
};

/* What the loader's functions look at: the controller, and no watchdog. */
static void set_up(struct setup *s)
{
	s->family[CONTROLLER] = CONTROLLER_START;
	s->family[PSIZE] = WORDS;
	s->family[WATCHDOG] = 0;
}

API u32 Init(u32 address, u32 clock, u32 function)
{
	struct setup s;

	(void)address, (void)clock, (void)function;
	set_up(&s);
	if (*reg(&s, CR) & CR_LOCK) {
		*reg(&s, KEYR) = 0x45670123u;
		*reg(&s, KEYR) = 0xCDEF89ABu;
	}
	return open_flash();
}

/* Four sectors of 16 KB, one of 64 KB, the others of 128 KB. */
static u32 sector_of(u32 offset)
{
	if (offset < 0x10000)
		return offset >> 14;
	return offset < 0x20000 ? 4 : 4 + (offset >> 17);
}

API u32 EraseSector(u32 address)
{
	struct setup s;
	struct step step;
	u32 offset = address - FLASH;
	u32 fault = check_open();

	if (fault)
		return fault;
	set_up(&s);
	step.address = address;
	step.length = offset < 0x10000 ? 0x4000 : offset < 0x20000 ? 0x10000 : 0x20000;
	step.more[ERASE] = CR_SER | sector_of(offset) << CR_SNB_SHIFT | WORDS << CR_PSIZE_SHIFT;
	return erase(&s, &step);
}

API u32 ProgramPage(u32 address, u32 size, const u32 *from)
{
	struct setup s;
	struct step step;
	u32 fault = check_open();

	if (fault)
		return fault;
	set_up(&s);
	step.address = address;
	step.length = size;
	step.buffer = (u32)from;
	return program(&s, &step);
}
