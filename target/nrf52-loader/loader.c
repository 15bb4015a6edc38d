/*
 * The loader that runs in the RAM of an nRF52 and serves commands from a mailbox.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The debugger fills the mailbox and writes the command last; the loader does it, writes status and result, and clears
 * the command. After a failure it does nothing more but to quit: the debugger may have sent the next command before it
 * knew. Nothing is called by address and nothing is absolute, so the code runs wherever it is put.
 * The NVMC reports no errors, so what was programmed or erased is read back.
 * Registers: nRF52 product specifications, NVMC and WDT, by way of Nordic's MDK.
 */
typedef unsigned char u8;
typedef unsigned int u32;

enum command { IDLE, ERASE_PAGE, PROGRAM, BLANK_CHECK, CRC, ERASE_UICR, QUIT };

/* Words in this order; the host's side is src/families/nrf52/mailbox.ts. */
struct mailbox {
	volatile u32 command;
	volatile u32 status; /* one of the below */
	volatile u32 result; /* of a failure: the address of the first wrong word */
	volatile u32 address;
	volatile u32 length;
	volatile u32 then_address; /* a word to program at once after an erase, or NO_WORD */
	volatile u32 then_word;
	volatile u32 buffer; /* where the data of PROGRAM lies */
	volatile u32 controller; /* NVMC's first register */
	volatile u32 watchdog; /* WDT's first register */
	volatile u32 failed; /* not 0: a command has failed, whose status stands in `status` */
	volatile u32 feeding; /* not 0: the firmware has started the watchdog, which nothing stops */
};

#define NO_WORD 0xFFFFFFFFu
#define ERASED 0xFFFFFFFFu

enum status { DONE, NOT_WRITTEN, NOT_ERASED, UNKNOWN_COMMAND };

/* NVMC and WDT: offsets, CONFIG's values, the word that reloads. */
#define READY 0x400
#define CONFIG 0x504
#define ERASEPAGE 0x508
#define ERASEUICR 0x514
#define REN 0u
#define WEN 1u
#define EEN 2u
#define RUNSTATUS 0x400
#define RR0 0x600
#define REQUESTS 8u
#define RELOAD 0x6E524635u
#define REGISTER(base, offset) (*(volatile u32 *)((base) + (offset)))

/* Every request register of a watchdog that runs gets the word. */
static void feed(const struct mailbox *m)
{
	for (u32 i = 0; m->feeding && i < REQUESTS; i++)
		REGISTER(m->watchdog, RR0 + 4 * i) = RELOAD;
}

/* Waits until a word has a bit of the mask; answers the word. */
static u32 wait_for(const struct mailbox *m, const volatile u32 *word, u32 mask)
{
	u32 value;

	if (m->feeding) {
		while (!(*word & mask))
			feed(m);
	}
	do
		value = *word;
	while (!(value & mask));
	return value;
}

static void wait(const struct mailbox *m)
{
	wait_for(m, &REGISTER(m->controller, READY), 1);
}

static void configure(const struct mailbox *m, u32 mode)
{
	wait(m);
	REGISTER(m->controller, CONFIG) = mode;
	while (REGISTER(m->controller, CONFIG) != mode)
		;
}

static u32 failure(struct mailbox *m, u32 status, u32 address)
{
	m->result = address;
	return status;
}

/* Programs words that are not erased ones, and looks at each. */
static u32 program(struct mailbox *m, u32 address, const u32 *from, u32 length)
{
	u32 status = DONE;

	configure(m, WEN);
	for (u32 i = 0; i < length / 4 && !status; i++) {
		volatile u32 *to = (volatile u32 *)(address + 4 * i);

		if (from[i] == ERASED && *to == ERASED)
			continue;
		*to = from[i];
		wait(m);
		if (*to != from[i])
			status = failure(m, NOT_WRITTEN, address + 4 * i);
	}
	configure(m, REN);
	return status;
}

static u32 blank_check(struct mailbox *m, u32 address, u32 length)
{
	for (u32 at = address; at < address + length; at += 4)
		if (*(volatile u32 *)at != ERASED)
			return failure(m, NOT_ERASED, at);
	return DONE;
}

/* Erases, and programs at once the word that keeps the chip open: blank, it would lock it. */
static u32 erase(struct mailbox *m, u32 task, u32 value)
{
	u32 status;

	configure(m, EEN);
	REGISTER(m->controller, task) = value;
	configure(m, REN);
	if (m->then_address != NO_WORD) {
		u32 word = m->then_word;

		status = program(m, m->then_address, &word, 4);
		if (status || task == ERASEUICR)
			return status;
	}
	return task == ERASEUICR ? DONE : blank_check(m, m->address, m->length);
}

/* CRC-32 as zlib counts it, four bits at a time: a table of 16 words is all that it needs. */
static u32 crc32(const struct mailbox *m, const u8 *bytes, u32 length)
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
		if (!(i & 0xFFF))
			feed(m);
		crc ^= bytes[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static u32 perform(struct mailbox *m, u32 command)
{
	switch (command) {
	case ERASE_PAGE:
		return erase(m, ERASEPAGE, m->address);
	case ERASE_UICR:
		return erase(m, ERASEUICR, 1);
	case PROGRAM:
		return program(m, m->address, (const u32 *)m->buffer, m->length);
	case BLANK_CHECK:
		return blank_check(m, m->address, m->length);
	case CRC:
		m->result = crc32(m, (const u8 *)m->address, m->length);
		return DONE;
	case QUIT:
		return DONE;
	default:
		return UNKNOWN_COMMAND;
	}
}

/* Entry: the mailbox's address in R0, a stack, interrupts masked by the debugger. */
__attribute__((section(".entry"), used)) void serve(struct mailbox *m)
{
	m->feeding = m->watchdog && REGISTER(m->watchdog, RUNSTATUS) & 1;
	for (;;) {
		u32 command = wait_for(m, &m->command, 0xFFu);

		if (command == QUIT || !m->failed) {
			u32 status = perform(m, command);

			m->status = status;
			/* Of a blank check, a programmed word is the answer. */
			if (command != BLANK_CHECK)
				m->failed = status;
		}
		m->command = IDLE;
		if (command == QUIT)
			__asm volatile("bkpt 0");
	}
}
