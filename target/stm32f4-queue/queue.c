/*
 * The loader that runs in the RAM of an STM32F4, and does steps from a queue (queue.h).
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Registers: RM0090, 3.9; the independent watchdog: 21.4.
 */
#include "../queue.h"

typedef unsigned char u8;
typedef unsigned short u16;

enum command { ERASE_SECTOR = 1, PROGRAM, ENSURE_BLANK, ERASE_BANK, QUIT };

static const u32 quit_command = QUIT, data_command = PROGRAM, whole_command = ERASE_BANK;

/* The set-up's own words, and those of a step; the host's side is src/families/stm32f4/queue-words.ts. */
enum own { CONTROLLER, PSIZE, WATCHDOG };
enum more { UNUSED, ERASE };

#define NOT_BLANK 0x20000000u
#define NOT_PROGRAMMED 0x40000000u

/* The flash interface: offsets and bits. */
#define SR 0x0C
#define CR 0x10
#define SR_ERRORS 0x1F2u /* OPERR, WRPERR, PGAERR, PGPERR, PGSERR, RDERR */
#define SR_BSY 0x10000u
#define CR_PG 1u
#define CR_PSIZE_SHIFT 8
#define CR_STRT 0x10000u
#define IWDG_RELOAD 0xAAAAu

static volatile u32 *reg(const struct setup *s, u32 offset)
{
	return (volatile u32 *)(s->family[CONTROLLER] + offset);
}

/* A watchdog that runs must not bite in the seconds of an erase; 0 where it stands still. */
static void feed(const struct setup *s)
{
	volatile u32 *watchdog = (volatile u32 *)s->family[WATCHDOG];

	if (watchdog)
		*watchdog = IWDG_RELOAD;
}

/* Waits for the end of an operation; answers SR's error bits. */
static u32 end_of(const struct setup *s)
{
	volatile u32 *sr = reg(s, SR);

	if (s->family[WATCHDOG])
		while (*sr & SR_BSY)
			feed(s);
	while (*sr & SR_BSY)
		;
	return *sr & SR_ERRORS;
}

/* Sectors are multiples of 16 bytes. */
static u32 is_blank(const struct step *step)
{
	const u32 *at = (const u32 *)step->address;
	const u32 *end = at + step->length / 4;

	__asm volatile("" ::: "memory");
	for (; at < end; at += 4)
		if ((at[0] & at[1] & at[2] & at[3]) != 0xFFFFFFFFu)
			return 0;
	return 1;
}

/* The controller does not look at what it has erased, and says nothing where protection has kept it from that. */
static u32 erase(const struct setup *s, const struct step *step)
{
	u32 status;

	*reg(s, SR) = SR_ERRORS;
	*reg(s, CR) = step->more[ERASE];
	*reg(s, CR) = step->more[ERASE] | CR_STRT;
	status = end_of(s);
	*reg(s, CR) = 0;
	if (status)
		return status;
	return is_blank(step) ? 0 : NOT_BLANK;
}

/* One write of a width that a lower supply allows. */
static void put(u32 to, u32 from, u32 psize)
{
	if (psize == 1)
		*(volatile u16 *)to = *(const u16 *)from;
	else
		*(volatile u8 *)to = *(const u8 *)from;
}

/* Words, each as soon as the one before is done; errors stay in SR. */
static void put_words(const struct setup *s, const struct step *step)
{
	volatile u32 *sr = reg(s, SR);
	volatile u32 *to = (volatile u32 *)step->address;
	const u32 *from = (const u32 *)step->buffer;
	const u32 *end = from + step->length / 4;

	while (from < end) {
		*to++ = *from++;
		while (*sr & SR_BSY)
			;
	}
}

static u32 stands(const struct step *step)
{
	const u32 *at = (const u32 *)step->address;
	const u32 *from = (const u32 *)step->buffer;
	const u32 *end = from + step->length / 4;

	__asm volatile("" ::: "memory");
	for (; from + 4 <= end; from += 4, at += 4)
		if ((at[0] ^ from[0]) | (at[1] ^ from[1]) | (at[2] ^ from[2]) | (at[3] ^ from[3]))
			return 0;
	while (from < end)
		if (*at++ != *from++)
			return 0;
	return 1;
}

/* Writes a run, and looks at what the controller and the cells say of it. */
static u32 program(const struct setup *s, const struct step *step)
{
	u32 psize = s->family[PSIZE];
	u32 status;

	*reg(s, SR) = SR_ERRORS;
	*reg(s, CR) = CR_PG | psize << CR_PSIZE_SHIFT;
	feed(s);
	if (psize == 2)
		put_words(s, step);
	else
		for (u32 i = 0; i < step->length; i += 1u << psize) {
			put(step->address + i, step->buffer + i, psize);
			end_of(s);
		}
	status = end_of(s);
	*reg(s, CR) = 0;
	if (status)
		return status;
	return stands(step) ? 0 : NOT_PROGRAMMED;
}

static u32 is_known(const struct setup *s, const struct step *step)
{
	(void)s;
	return step->command >= ERASE_SECTOR && step->command < QUIT;
}

static u32 perform(const struct setup *s, const struct step *step, struct progress *p)
{
	switch (step->command) {
	case PROGRAM:
		return program(s, step);
	case ENSURE_BLANK:
		if (is_blank(step))
			return 0;
		p->erased++;
		return erase(s, step);
	default:
		return erase(s, step);
	}
}
