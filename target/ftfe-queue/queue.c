/*
 * The loader that runs in the RAM of a Kinetis with FTFE flash, and does steps from a queue.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The debugger writes data into buffers and steps into a ring, the number of each step last, and reads how far the loader
 * has come. The loader believes nothing that came over the wire before it has counted the checks of it (checks.h): its
 * set-up with the list of sectors that it may touch, each step, and each buffer. It checks a step while the flash command
 * of the one before runs on, and begins it when that has ended well; it checks and does a copy of its own. The data stay
 * in their buffer until then, where the verify of the job proves them. After a failure it does nothing more: it leaves
 * what failed and why, and stops. Nothing is called by address and nothing is absolute, so the code runs wherever it is put.
 * Registers: K24 sub-family reference manual, chapters FTFE and WDOG, by way of NXP MK24F12.h.
 */
#include "../checks.h"

typedef unsigned char u8;
typedef unsigned short u16;

enum command { ERASE_SECTOR = 1, PROGRAM_PHRASE, PROGRAM, ENSURE_BLANK, ERASE_ALL, QUIT };

/* Words in this order, here and below; the host's side is src/families/kinetis-ftfe/queue-words.ts. */
struct step {
	u32 command;
	u32 address;
	u32 length;
	u32 buffer; /* where the data of PROGRAM lies */
	u32 phrase_address; /* a phrase to program at once after an erase, or the one of PROGRAM_PHRASE; or NO_PHRASE */
	u32 phrase[2];
	struct checks data; /* of what is in the buffer */
	struct checks own; /* of all words before */
	volatile u32 number; /* the set-up's nonce and the step's number; written last */
};

#define STEP_WORDS 9u

struct setup {
	struct keys keys;
	u32 nonce;
	u32 controller; /* FTFE's first register */
	u32 section_buffer; /* the programming acceleration RAM */
	u32 section_size;
	u32 watchdog; /* WDOG's first register */
	u32 bank; /* the first address that has a bit in the list */
	u32 sector_shift;
	u32 sectors; /* how many bits the list has */
	u32 whole; /* not 0: everything may be erased */
	struct step *steps;
	u32 step_mask;
	u32 buffers;
	u32 buffers_end;
	u32 permitted[16]; /* the list: a bit for each sector */
	struct checks own; /* of all words before */
};

#define SETUP_WORDS 32u

struct progress {
	volatile u32 done; /* the number of the last step that has ended well */
	volatile u32 status; /* FSTAT's error bits, or one of the refusals */
	volatile u32 failed; /* the number of the step that failed */
	volatile u32 erased; /* sectors that were not blank where they should have been */
};

#define NO_PHRASE 0xFFFFFFFFu
#define PHRASE 8u

#define BAD_SETUP 0x80000100u
#define BAD_STEP 0x80000200u
#define BAD_DATA 0x80000300u
#define FORBIDDEN 0x80000400u

/* FTFE: offsets, FSTAT bits and command codes. */
#define FSTAT 0x0
#define FCCOB3 0x4
#define FSTAT_CCIF 0x80u
#define FSTAT_ERRORS 0x71u /* RDCOLERR, ACCERR, FPVIOL, MGSTAT0 */
#define FSTAT_MGSTAT0 0x01u
#define FSTAT_CLEARABLE 0x70u
#define RD1SEC 0x01u
#define PGM8 0x07u
#define ERSSCR 0x09u
#define PGMSEC 0x0Bu
#define ERSALL 0x44u
#define USER_MARGIN 1u
#define UNIT 16u

/* WDOG: offsets, keys, and STCTRLH.WDOGEN. */
#define WDOG_STCTRLH 0x0
#define WDOG_UNLOCK 0xE
#define WDOG_KEY1 0xC520u
#define WDOG_KEY2 0xD928u
#define WDOGEN 1u

static void watchdog_off(u32 base)
{
	volatile u16 *unlock = (volatile u16 *)(base + WDOG_UNLOCK);
	volatile u16 *stctrlh = (volatile u16 *)(base + WDOG_STCTRLH);

	if (base == 0 || !(*stctrlh & WDOGEN))
		return;
	/* The second key has to follow within 20 bus clocks; the configuration opens one clock later. */
	*unlock = WDOG_KEY1;
	*unlock = WDOG_KEY2;
	__asm volatile("nop\n\tnop\n\tnop");
	*stctrlh &= (u16)~WDOGEN;
}

static u32 is_idle(const struct setup *s)
{
	return *(volatile u8 *)(s->controller + FSTAT) & FSTAT_CCIF;
}

/* Waits for the end of a flash command; answers FSTAT's error bits. */
static u32 finish(const struct setup *s)
{
	while (!is_idle(s))
		;
	return *(volatile u8 *)(s->controller + FSTAT) & FSTAT_ERRORS;
}

/* Launches a flash command on the idle controller. */
static void launch(const struct setup *s, u32 head, u32 word1, u32 word2)
{
	volatile u8 *fstat = (volatile u8 *)(s->controller + FSTAT);
	volatile u32 *fccob = (volatile u32 *)(s->controller + FCCOB3);

	*fstat = FSTAT_CLEARABLE;
	fccob[0] = head;
	fccob[1] = word1;
	fccob[2] = word2;
	*fstat = FSTAT_CCIF;
}

static void launch_phrase(const struct setup *s, const struct step *step)
{
	if (step->phrase_address != NO_PHRASE)
		launch(s, PGM8 << 24 | step->phrase_address, step->phrase[0], step->phrase[1]);
}

/* The phrase with FSEC follows the erase of its sector at once: blank, it would lock the chip at the next reset. */
static u32 erase(const struct setup *s, const struct step *step, u32 head)
{
	u32 status = 0;

	launch(s, head, 0, 0);
	if (step->phrase_address != NO_PHRASE) {
		status = finish(s);
		if (!status)
			launch_phrase(s, step);
	}
	return status;
}

/* Section commands, one after the other: the data of each go through the acceleration RAM. */
static u32 program(const struct setup *s, const struct step *step)
{
	volatile u32 *to = (volatile u32 *)s->section_buffer;
	const u32 *from = (const u32 *)step->buffer;
	u32 address = step->address;
	u32 left = step->length;

	for (;;) {
		u32 length = s->section_size - (address & (s->section_size - 1));
		u32 status;

		if (length > left)
			length = left;
		for (u32 i = 0; i < length / 4; i++)
			to[i] = *from++;
		launch(s, PGMSEC << 24 | address, (length / UNIT) << 16, 0);
		address += length;
		left -= length;
		if (!left)
			return 0;
		status = finish(s);
		if (status)
			return status;
	}
}

/* A sector that is not blank at the user margin is erased. */
static u32 ensure_blank(const struct setup *s, const struct step *step, struct progress *p)
{
	u32 status;

	launch(s, RD1SEC << 24 | step->address, (step->length / UNIT) << 16 | USER_MARGIN << 8, 0);
	status = finish(s);
	if (status == FSTAT_MGSTAT0) {
		p->erased++;
		return erase(s, step, ERSSCR << 24 | step->address);
	}
	if (!status)
		launch_phrase(s, step);
	return status;
}

/* Does a step that was checked; its last flash command may be under way still. */
static u32 begin(const struct setup *s, const struct step *step, struct progress *p)
{
	switch (step->command) {
	case ERASE_SECTOR:
		return erase(s, step, ERSSCR << 24 | step->address);
	case ERASE_ALL:
		return erase(s, step, ERSALL << 24);
	case ENSURE_BLANK:
		return ensure_blank(s, step, p);
	case PROGRAM_PHRASE:
		launch_phrase(s, step);
		return 0;
	default:
		return program(s, step);
	}
}

static u32 is_sound(const struct setup *s, u32 number, const void *from, u32 words, const struct checks *wanted)
{
	struct checks checks = start_checks(&s->keys, number, words, s->nonce);

	for (const u32 *word = from; words > 0; words--)
		add_word(&checks, &s->keys, *word++);
	return checks.first == wanted->first && checks.second == wanted->second;
}

/* Whether a range lies in one sector of the list. */
static u32 is_permitted(const struct setup *s, u32 address, u32 length)
{
	u32 sector = (address - s->bank) >> s->sector_shift;

	if (address < s->bank || length == 0 || (address + length - 1 - s->bank) >> s->sector_shift != sector)
		return 0;
	return sector < s->sectors && (s->permitted[sector >> 5] >> (sector & 31) & 1);
}

/* Whether the data of PROGRAM is whole units, and lies in the buffers; that it is of one sector is looked at elsewhere. */
static u32 is_whole(const struct setup *s, const struct step *step)
{
	return step->length > 0 && step->length % UNIT == 0 && step->address % UNIT == 0 && step->buffer >= s->buffers &&
	       step->length <= s->buffers_end - s->buffers && step->buffer <= s->buffers_end - step->length;
}

/* What speaks against a step; 0 where nothing does. */
static u32 check(const struct setup *s, const struct step *step, u32 number)
{
	u32 command;

	if (!is_sound(s, number, step, STEP_WORDS, &step->own))
		return BAD_STEP;
	command = step->command;
	if (command == QUIT)
		return 0;
	if (command < ERASE_SECTOR || command > QUIT || (command == PROGRAM && !is_whole(s, step)))
		return BAD_STEP;
	if (step->phrase_address != NO_PHRASE && !is_permitted(s, step->phrase_address, PHRASE))
		return FORBIDDEN;
	if (command == ERASE_ALL ? !s->whole : command != PROGRAM_PHRASE && !is_permitted(s, step->address, step->length))
		return FORBIDDEN;
	if (command == PROGRAM && !is_sound(s, step->address, (const void *)step->buffer, step->length / 4, &step->data))
		return BAD_DATA;
	return 0;
}

/* Copies a step out of the ring: what is checked is what is done, whatever is written there in between. */
static void take(struct step *to, const struct step *from)
{
	const volatile u32 *words = (const volatile u32 *)from;

	for (u32 i = 0; i < sizeof *to / 4; i++)
		((u32 *)to)[i] = words[i];
}

/* Leaves why it stops, the reason last. */
static void fail(struct progress *p, u32 number, u32 status)
{
	p->failed = number;
	p->status = status;
}

/* Entry: the set-up's address in R0 with the progress behind it, a stack, interrupts masked by the debugger. */
__attribute__((section(".entry"), used)) void serve(const struct setup *s)
{
	struct progress *p = (struct progress *)(s + 1);
	u32 next = 1;
	u32 status = is_sound(s, 0, s, SETUP_WORDS, &s->own) ? 0 : BAD_SETUP;

	p->done = 0;
	p->erased = 0;
	if (!status)
		watchdog_off(s->watchdog);
	while (!status) {
		const struct step *slot = &s->steps[next & s->step_mask];
		struct step step;

		if (slot->number != s->nonce + next) {
			if (p->done + 1 == next || !is_idle(s))
				continue;
			status = finish(s);
			if (!status)
				p->done = next - 1;
			else
				next--;
			continue;
		}
		take(&step, slot);
		u32 refusal = check(s, &step, next);

		status = finish(s);
		if (p->done + 1 == next)
			status = 0;
		else if (status) {
			next--;
			break;
		}
		p->done = next - 1;
		if (refusal) {
			status = refusal;
			break;
		}
		if (step.command == QUIT) {
			p->done = next;
			break;
		}
		status = begin(s, &step, p);
		if (!status)
			next++;
	}
	if (status)
		fail(p, next, status);
	for (;;)
		__asm volatile("bkpt 0");
}
