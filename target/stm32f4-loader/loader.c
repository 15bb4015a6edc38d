/*
 * The loader that runs in the RAM of an STM32F4, and serves commands from a mailbox.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The debugger fills the mailbox and writes the command last; the loader does it, writes status and result, and clears
 * the command. After a failure it does nothing more but to quit: the debugger may have sent the next command before it
 * knew. Nothing is called by address and nothing is absolute, so the code runs wherever it is put. It is built
 * for ARMv6-M, the instructions that every Cortex-M has.
 * Registers: RM0090, 3.9; the independent watchdog: 21.4.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum command { IDLE, ERASE_SECTOR, PROGRAM, BLANK_CHECK, CRC, ERASE_BANK, QUIT };

/* Words in this order; the host's side is src/families/stm32f4/mailbox.ts. */
struct mailbox {
	volatile u32 command;
	volatile u32 status; /* SR's error bits, NOT_PROGRAMMED, NOT_BLANK or UNKNOWN_COMMAND */
	volatile u32 result;
	volatile u32 address;
	volatile u32 length;
	volatile u32 buffer; /* where the data of PROGRAM lies */
	volatile u32 controller; /* the flash interface's first register */
	volatile u32 erase; /* CR for the erase, without STRT */
	volatile u32 psize; /* CR.PSIZE: 0, 1 or 2 for 8, 16 or 32 bits at a time */
	volatile u32 watchdog; /* IWDG_KR, which is reloaded while anything is waited for; 0 where the watchdog stands still */
	volatile u32 failed; /* not 0: a command has failed, whose status stands in `status` */
};

#define NOT_BLANK 0x20000000u
#define NOT_PROGRAMMED 0x40000000u
#define UNKNOWN_COMMAND 0x80000000u

/* The flash interface: offsets and bits. */
#define SR 0x0C
#define CR 0x10
#define SR_ERRORS 0x1F2u /* OPERR, WRPERR, PGAERR, PGPERR, PGSERR, RDERR */
#define SR_BSY 0x10000u
#define CR_PG 1u
#define CR_PSIZE_SHIFT 8
#define CR_STRT 0x10000u
#define IWDG_RELOAD 0xAAAAu

static volatile u32 *reg(const struct mailbox *m, u32 offset)
{
	return (volatile u32 *)(m->controller + offset);
}

/* Waits for the end of an operation; answers SR's error bits. A watchdog that runs must not bite in the seconds of an erase. */
static u32 end_of(const struct mailbox *m)
{
	volatile u32 *sr = reg(m, SR);
	volatile u32 *watchdog = (volatile u32 *)m->watchdog;

	if (watchdog)
		while (*sr & SR_BSY)
			*watchdog = IWDG_RELOAD;
	while (*sr & SR_BSY)
		;
	return *sr & SR_ERRORS;
}

static u32 blank_check(const struct mailbox *m)
{
	const volatile u32 *at = (const volatile u32 *)m->address;

	for (u32 i = 0; i < m->length / 4; i++)
		if (at[i] != 0xFFFFFFFFu)
			return NOT_BLANK;
	return 0;
}

/* The controller does not look at what it has erased, and says nothing where protection has kept it from that. */
static u32 erase(const struct mailbox *m)
{
	u32 status;

	*reg(m, SR) = SR_ERRORS;
	*reg(m, CR) = m->erase;
	*reg(m, CR) = m->erase | CR_STRT;
	status = end_of(m);
	*reg(m, CR) = 0;
	return status ? status : blank_check(m);
}

/* One write of the width that the supply allows. */
static void put(u32 to, u32 from, u32 psize)
{
	if (psize == 2)
		*(volatile u32 *)to = *(const u32 *)from;
	else if (psize == 1)
		*(volatile u16 *)to = *(const u16 *)from;
	else
		*(volatile u8 *)to = *(const u8 *)from;
}

/* Writes a run, and looks at what the controller and the cells say of it. */
static u32 program(const struct mailbox *m)
{
	u32 step = 1u << m->psize;
	u32 status = 0;

	*reg(m, SR) = SR_ERRORS;
	*reg(m, CR) = CR_PG | m->psize << CR_PSIZE_SHIFT;
	for (u32 i = 0; i < m->length && !status; i += step) {
		put(m->address + i, m->buffer + i, m->psize);
		status = end_of(m);
	}
	*reg(m, CR) = 0;
	if (status)
		return status;
	for (u32 i = 0; i < m->length; i += 4)
		if (*(const volatile u32 *)(m->address + i) != *(const u32 *)(m->buffer + i))
			return NOT_PROGRAMMED;
	return 0;
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
	case ERASE_BANK:
		return erase(m);
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
	for (;;) {
		volatile u32 *watchdog = (volatile u32 *)m->watchdog;
		u32 command;

		if (watchdog)
			while (m->command == IDLE)
				*watchdog = IWDG_RELOAD;
		while (m->command == IDLE)
			;
		command = m->command;
		if (command == QUIT || !m->failed) {
			u32 status = perform(m, command);

			m->status = status;
			/* Of a blank check, a bit that is programmed is the answer. */
			if (command != BLANK_CHECK)
				m->failed = status;
		}
		m->command = IDLE;
		if (command == QUIT)
			__asm volatile("bkpt 0");
	}
}
