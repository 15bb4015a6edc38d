/*
 * The loader that runs in the RAM of a Kinetis with FTFE flash, and serves commands from a mailbox.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The debugger fills the mailbox and writes the command last; the loader does it, writes status and result, and clears
 * the command. After a failure it does nothing more but to quit: the debugger may have sent the next command before it
 * knew. Nothing is called by address and nothing is absolute, so the code runs wherever it is put. It is built
 * for ARMv6-M, the instructions that every Cortex-M has.
 * Registers: K24 sub-family reference manual, chapters FTFE and WDOG, by way of NXP MK24F12.h.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum command { IDLE, ERASE_SECTOR, PROGRAM_PHRASE, PROGRAM, BLANK_CHECK, CRC, ERASE_ALL, QUIT };

/* Words in this order; the host's side is src/families/kinetis-ftfe/mailbox.ts. */
struct mailbox {
	volatile u32 command;
	volatile u32 status; /* FSTAT's error bits, or UNKNOWN_COMMAND */
	volatile u32 result;
	volatile u32 address;
	volatile u32 length;
	volatile u32 phrase_address; /* a phrase to program at once after an erase, or NO_PHRASE */
	volatile u32 phrase[2];
	volatile u32 buffer; /* where the data of PROGRAM lies */
	volatile u32 controller; /* FTFE's first register */
	volatile u32 section_buffer; /* the programming acceleration RAM */
	volatile u32 section_size;
	volatile u32 watchdog; /* WDOG's first register */
	volatile u32 failed; /* not 0: a command has failed, whose status stands in `status` */
};

#define NO_PHRASE 0xFFFFFFFFu
#define UNKNOWN_COMMAND 0x80000000u

/* FTFE: offsets, FSTAT bits and command codes. */
#define FSTAT 0x0
#define FCCOB3 0x4
#define FSTAT_CCIF 0x80u
#define FSTAT_ERRORS 0x71u /* RDCOLERR, ACCERR, FPVIOL, MGSTAT0 */
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

/* Launches a flash command and waits for its end; answers FSTAT's error bits. */
static u32 launch(const struct mailbox *m, u32 head, u32 word1, u32 word2)
{
	volatile u8 *fstat = (volatile u8 *)(m->controller + FSTAT);
	volatile u32 *fccob = (volatile u32 *)(m->controller + FCCOB3);

	while (!(*fstat & FSTAT_CCIF))
		;
	*fstat = FSTAT_CLEARABLE;
	fccob[0] = head;
	fccob[1] = word1;
	fccob[2] = word2;
	*fstat = FSTAT_CCIF;
	while (!(*fstat & FSTAT_CCIF))
		;
	return *fstat & FSTAT_ERRORS;
}

static u32 program_phrase(const struct mailbox *m, u32 address)
{
	return launch(m, PGM8 << 24 | address, m->phrase[0], m->phrase[1]);
}

/* The phrase with FSEC follows the erase of its sector at once: blank, it would lock the chip at the next reset. */
static u32 erase(const struct mailbox *m, u32 head)
{
	u32 status = launch(m, head, 0, 0);

	if (status || m->phrase_address == NO_PHRASE)
		return status;
	return program_phrase(m, m->phrase_address);
}

/* One section command: its data goes through the acceleration RAM. */
static u32 program_section(const struct mailbox *m, u32 address, const u32 *from, u32 length)
{
	volatile u32 *to = (volatile u32 *)m->section_buffer;

	for (u32 i = 0; i < length / 4; i++)
		to[i] = from[i];
	return launch(m, PGMSEC << 24 | address, (length / UNIT) << 16, 0);
}

/* Programs a run, cut where sections of the controller end. */
static u32 program(const struct mailbox *m)
{
	u32 address = m->address;
	u32 end = address + m->length;
	const u32 *from = (const u32 *)m->buffer;

	while (address < end) {
		u32 room = m->section_size - (address & (m->section_size - 1));
		u32 length = end - address < room ? end - address : room;
		u32 status = program_section(m, address, from, length);

		if (status)
			return status;
		address += length;
		from += length / 4;
	}
	return 0;
}

static u32 blank_check(const struct mailbox *m)
{
	return launch(m, RD1SEC << 24 | m->address, (m->length / UNIT) << 16 | USER_MARGIN << 8, 0);
}

/* CRC-32 as zlib counts it, four bits at a time: a table of 16 words is all that it needs. */
static u32 crc32(const u8 *bytes, u32 length)
{
	u32 table[16];
	u32 crc = 0xFFFFFFFFu;

	for (u32 i = 0; i < 16; i++) {
		u32 value = i;

		for (u32 bit = 0; bit < 4; bit++)
			value = value & 1 ? value >> 1 ^ 0xEDB88320u : value >> 1;
		table[i] = value;
	}
	for (u32 i = 0; i < length; i++) {
		crc ^= bytes[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static u32 perform(struct mailbox *m, u32 command)
{
	switch (command) {
	case ERASE_SECTOR:
		return erase(m, ERSSCR << 24 | m->address);
	case ERASE_ALL:
		return erase(m, ERSALL << 24);
	case PROGRAM_PHRASE:
		return program_phrase(m, m->address);
	case PROGRAM:
		return program(m);
	case BLANK_CHECK:
		return blank_check(m);
	case CRC:
		m->result = crc32((const u8 *)m->address, m->length);
		return 0;
	case QUIT:
		return 0;
	default:
		return UNKNOWN_COMMAND;
	}
}

/* Entry: the mailbox's address in R0, a stack, interrupts masked by the debugger. */
__attribute__((section(".entry"), used)) void serve(struct mailbox *m)
{
	watchdog_off(m->watchdog);
	for (;;) {
		u32 command = m->command;

		if (command == IDLE)
			continue;
		if (command == QUIT || !m->failed) {
			u32 status = perform(m, command);

			m->status = status;
			/* Of a blank check, an error bit is the answer. */
			if (command != BLANK_CHECK)
				m->failed = status;
		}
		m->command = IDLE;
		if (command == QUIT)
			__asm volatile("bkpt 0");
	}
}
