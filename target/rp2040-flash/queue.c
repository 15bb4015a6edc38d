/*
 * The loader that runs in the RAM of an RP2040, and does steps from a queue (queue.h).
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The flash has no flag for a failure: what it holds is compared when the job is done (hash.c). So a step is done when its
 * last command was begun, and the next one's checks are counted meanwhile; its own first command waits for the flash.
 */
#define OWN_ENDS
#include "../queue.h"
#include "flash.h"

enum command { ERASE_SECTOR = 1, ERASE_BLOCK, PROGRAM, QUIT };

/* No command erases a whole bank. */
static const u32 quit_command = QUIT, data_command = PROGRAM, whole_command = 0;

/* The flash ignores what its status registers protect, and says nothing of it; they stand in the low half of this. */
#define PROTECTED 0x10000000u
#define STATUS_BP_SHIFT 2
#define STATUS_TB 0x20u
#define STATUS_SEC 0x40u
#define STATUS_CMP 0x4000u
#define LARGEST_SHARE_IN_SECTORS 0x8000u

/* The progress's own words. */
enum own { STATUS, KEPT };

/* Looks in a row, which take longer than a page does; and rounds of a pause between later ones, in which an erase goes on. */
#define LOOKS_AT_ONCE 2000u
#define PAUSE_ROUNDS 1000u

static void wait_ready(void)
{
	for (u32 looks = 0; read_status(READ_STATUS_1) & STATUS_BUSY; looks++) {
		feed_watchdog();
		if (looks >= LOOKS_AT_ONCE)
			for (u32 round = PAUSE_ROUNDS; round; round--)
				__asm volatile("");
	}
}

/* Waits for the command before, and lets the flash take the next one. */
static void enable_write(void)
{
	wait_ready();
	select(SELECT_LOW);
	exchange(WRITE_ENABLE);
	select(SELECT_HIGH);
}

static void send_at(u32 command, u32 address)
{
	exchange(command);
	exchange(address >> 16 & 0xFF);
	exchange(address >> 8 & 0xFF);
	exchange(address & 0xFF);
}

static void erase(u32 command, u32 address)
{
	enable_write();
	select(SELECT_LOW);
	send_at(command, address);
	select(SELECT_HIGH);
}

/* Half of what the transmitter holds, as soon as it has room: a word takes 16 cycles to go, and one at a time takes longer. */
static void put_words(reg32 *ssi, const u32 *from)
{
	while (ssi[TXFLR] > FIFO / 2)
		;
	ssi[DR0] = __builtin_bswap32(from[0]);
	ssi[DR0] = __builtin_bswap32(from[1]);
	ssi[DR0] = __builtin_bswap32(from[2]);
	ssi[DR0] = __builtin_bswap32(from[3]);
	ssi[DR0] = __builtin_bswap32(from[4]);
	ssi[DR0] = __builtin_bswap32(from[5]);
	ssi[DR0] = __builtin_bswap32(from[6]);
	ssi[DR0] = __builtin_bswap32(from[7]);
}

/* A page by four lines. The interface drives chip select, so that a gap in the data ends the command. */
static void program_quad(u32 address, const u32 *from)
{
	const u32 *end = from + PAGE / 4;
	reg32 *ssi = SSI;

	enable_write();
	set_frames(QUAD | FRAMES_OF_32 | OUT_ONLY, 1, QUAD_WRITE_FRAMES);
	select(SELECT_BY_SSI);
	ssi[DR0] = QUAD_PAGE_PROGRAM;
	ssi[DR0] = address & FLASH_ADDRESS;
	for (; from < end; from += FIFO / 2)
		put_words(ssi, from);
	end_frames(ssi);
	select(SELECT_HIGH);
	set_frames(FRAMES_OF_8, 1, 0);
}

static void program_plain(u32 address, const u8 *from)
{
	const u8 *end = from + PAGE;

	enable_write();
	select(SELECT_LOW);
	send_at(PAGE_PROGRAM, address);
	while (from < end)
		exchange(*from++);
	select(SELECT_HIGH);
}

/* How much BP0 to BP2 and SEC name: a 32nd of the flash and twice that for each more, or sectors; all of it for 7. */
static u32 share_of(u32 status, u32 size)
{
	u32 bp = status >> STATUS_BP_SHIFT & 7;
	u32 is_in_sectors = status & STATUS_SEC;
	u32 share = (is_in_sectors ? SECTOR : size / 32) << bp >> 1;
	u32 most = is_in_sectors ? LARGEST_SHARE_IN_SECTORS : size;

	if (bp == 0 || bp == 7)
		return bp ? size : 0;
	return share < most ? share : most;
}

/* Whether the status registers protect a part of a range: a share at the bottom or the top, or the rest (7.1.16). */
static u32 is_protected(const struct setup *s, u32 status, u32 address, u32 length)
{
	u32 size = s->units << s->unit_shift;
	u32 share = share_of(status, size);
	u32 is_rest = status & STATUS_CMP;
	u32 shut = is_rest ? size - share : share;
	u32 start = s->first + (!(status & STATUS_TB) != !is_rest ? 0 : size - shut);

	return shut && address < start + shut && address + length > start;
}

static u32 is_known(const struct setup *s, const struct step *step)
{
	(void)s;
	return step->command >= ERASE_SECTOR && step->command < QUIT && ((step->address | step->length) & (PAGE - 1)) == 0;
}

static void open(struct progress *p)
{
	p->own[STATUS] = open_flash((struct kept *)&p->own[KEPT]);
}

static void close(struct progress *p)
{
	wait_ready();
	close_flash((const struct kept *)&p->own[KEPT]);
}

static u32 perform(const struct setup *s, const struct step *step, struct progress *p)
{
	u32 address = step->address;
	u32 end = address + step->length;
	u32 from = step->buffer;

	if (is_protected(s, p->own[STATUS], address, step->length))
		return PROTECTED | p->own[STATUS];
	switch (step->command) {
	case PROGRAM:
		for (; address < end; address += PAGE, from += PAGE)
			if (p->own[STATUS] & STATUS_QE)
				program_quad(address, (const u32 *)from);
			else
				program_plain(address, (const u8 *)from);
		return 0;
	case ERASE_BLOCK:
		erase(BLOCK_ERASE_64K, address);
		return 0;
	default:
		erase(SECTOR_ERASE, address);
		return 0;
	}
}

static void feed(const struct setup *s)
{
	(void)s;
	feed_watchdog();
}
