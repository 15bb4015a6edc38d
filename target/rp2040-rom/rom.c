/*
 * A boot ROM for the twin of an RP2040.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Written from the data sheet's description of the ROM's contents (2.8.2, 2.8.3)
 * and of the peripherals that it drives: how it boots, and the functions that its table names. It has no USB boot
 * loader: where the data sheet's ROM would start that, this one waits.
 */
#include <stddef.h>
#include <stdint.h>

typedef volatile uint32_t reg32;

#define REG(address) (*(reg32 *)(address))
#define SET(address) REG((address) + 0x2000)
#define CLR(address) REG((address) + 0x3000)

#define RESETS_RESET 0x4000c000u
#define RESETS_DONE 0x4000c008u
#define RESET_QSPI ((1u << 6) | (1u << 9))

#define IO_QSPI 0x40018000u
#define IO_QSPI_SS_CTRL (IO_QSPI + 0x0c)
#define OUTOVER_SHIFT 8
#define OUTOVER_MASK (3u << OUTOVER_SHIFT)
enum { OUTOVER_NORMAL = 0, OUTOVER_LOW = 2, OUTOVER_HIGH = 3 };

#define PADS_QSPI_SD0 0x40020008u
#define PAD_OD 0x80u
#define PAD_IE 0x40u
#define PAD_PUE 0x08u
#define PAD_PDE 0x04u
#define PAD_DRIVE 0x10u
#define PAD_SCHMITT 0x02u

#define XIP_CTRL 0x14000000u
#define XIP_FLUSH 0x14000004u
#define XIP_CTRL_EN 1u

#define SSI_CTRLR0 REG(0x18000000)
#define SSI_SSIENR REG(0x18000008)
#define SSI_SER REG(0x18000010)
#define SSI_BAUDR REG(0x18000014)
#define SSI_TXFLR REG(0x18000020)
#define SSI_RXFLR REG(0x18000024)
#define SSI_SR REG(0x18000028)
#define SSI_ICR REG(0x18000048)
#define SSI_DR0 REG(0x18000060)
#define SSI_SPI_CTRLR0 REG(0x180000f4)

#define CHIP_RESET 0x40064008u
#define PSM_RESTART_FLAG (1u << 24)
#define WATCHDOG_CTRL 0x40058000u
#define WATCHDOG_SCRATCH(n) REG(0x4005800c + 4 * (n))
#define BOOT_MAGIC 0xb007c0d3u

#define SIO_CPUID REG(0xd0000000)
#define SIO_FIFO_ST REG(0xd0000050)
#define SIO_FIFO_WR REG(0xd0000054)
#define SIO_FIFO_RD REG(0xd0000058)
#define PPB_VTOR REG(0xe000ed08)

#define BOOT2 0x20041f00u
#define BOOT2_SIZE 256u
#define FLASH_PAGE 256u
#define FLASH_SECTOR 4096u

void reset(void) __attribute__((naked));
static void stop(void) __attribute__((noreturn));

/* Memory */

static uint8_t *copy_bytes(uint8_t *to, const uint8_t *from, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		to[i] = from[i];
	return to;
}

static uint8_t *fill_bytes(uint8_t *to, uint8_t byte, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		to[i] = byte;
	return to;
}

static uint32_t *copy_words(uint32_t *to, const uint32_t *from, uint32_t count)
{
	for (uint32_t i = 0; i < count / 4; i++)
		to[i] = from[i];
	return to;
}

static uint32_t *fill_words(uint32_t *to, uint8_t byte, uint32_t count)
{
	for (uint32_t i = 0; i < count / 4; i++)
		to[i] = byte * 0x01010101u;
	return to;
}

/* Bits */

static uint32_t count_ones(uint32_t value)
{
	uint32_t ones = 0;
	for (; value != 0; value &= value - 1)
		ones++;
	return ones;
}

static uint32_t leading_zeros(uint32_t value)
{
	uint32_t zeros = 0;
	for (uint32_t bit = 1u << 31; bit != 0 && !(value & bit); bit >>= 1)
		zeros++;
	return zeros;
}

static uint32_t trailing_zeros(uint32_t value)
{
	uint32_t zeros = 0;
	for (uint32_t bit = 1; bit != 0 && !(value & bit); bit <<= 1)
		zeros++;
	return zeros;
}

static uint32_t reverse_bits(uint32_t value)
{
	uint32_t reversed = 0;
	for (int i = 0; i < 32; i++)
		reversed |= ((value >> i) & 1) << (31 - i);
	return reversed;
}

/* The flash chip by the SSI */

static void chip_select(uint32_t override)
{
	REG(IO_QSPI_SS_CTRL) = (REG(IO_QSPI_SS_CTRL) & ~OUTOVER_MASK) | (override << OUTOVER_SHIFT);
	/* Reads back, so that the pin has changed before the next clock. */
	(void)REG(IO_QSPI_SS_CTRL);
}

static void connect_internal_flash(void)
{
	SET(RESETS_RESET) = RESET_QSPI;
	CLR(RESETS_RESET) = RESET_QSPI;
	while ((REG(RESETS_DONE) & RESET_QSPI) != RESET_QSPI)
		;
	for (int pin = 0; pin < 6; pin++)
		REG(IO_QSPI + 8 * pin + 4) = 0;
}

static void plain_spi(void)
{
	SSI_SSIENR = 0;
	(void)SSI_SR;
	(void)SSI_ICR;
	SSI_BAUDR = 6;
	/* Frames of 8 bits, both directions. */
	SSI_CTRLR0 = 7u << 16;
	SSI_SER = 1;
	SSI_SSIENR = 1;
}

/* Sends and receives; never more under way than the receiver holds. `skip` bytes of what comes first are dropped. */
static void transfer(const uint8_t *out, uint8_t *in, uint32_t count, uint32_t skip)
{
	uint32_t to_send = count, to_receive = count;
	while (to_send != 0 || to_receive != 0) {
		uint32_t queued = SSI_TXFLR + SSI_RXFLR;
		if (to_send != 0 && queued < 14) {
			SSI_DR0 = out ? *out++ : 0;
			to_send--;
		}
		if (SSI_RXFLR == 0)
			continue;
		uint8_t byte = (uint8_t)SSI_DR0;
		to_receive--;
		if (skip != 0)
			skip--;
		else if (in)
			*in++ = byte;
	}
}

static void begin(uint8_t command)
{
	chip_select(OUTOVER_LOW);
	transfer(&command, NULL, 1, 0);
}

static void end(void)
{
	chip_select(OUTOVER_HIGH);
}

static void begin_at(uint8_t command, uint32_t address)
{
	const uint8_t bytes[4] = {command, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};
	chip_select(OUTOVER_LOW);
	transfer(bytes, NULL, 4, 0);
}

static void enable_write(void)
{
	begin(0x06);
	end();
}

static void wait_ready(void)
{
	uint8_t status;
	do {
		begin(0x05);
		transfer(NULL, &status, 1, 0);
		end();
	} while (status & 1);
}

/* Ends continuous read modes: clocks with all lines low, then high, without select and with it; then sixteen ones. */
static void flash_exit_xip(void)
{
	uint32_t pads[4];
	const uint8_t ones[2] = {0xff, 0xff};
	plain_spi();
	for (int pin = 0; pin < 4; pin++)
		pads[pin] = REG(PADS_QSPI_SD0 + 4 * pin);
	for (int high = 0; high < 2; high++) {
		uint32_t floating = PAD_OD | PAD_IE | PAD_DRIVE | PAD_SCHMITT | (high ? PAD_PUE : PAD_PDE);
		chip_select(high ? OUTOVER_LOW : OUTOVER_HIGH);
		for (int pin = 0; pin < 4; pin++)
			REG(PADS_QSPI_SD0 + 4 * pin) = floating;
		transfer(NULL, NULL, 4, 0);
	}
	for (int pin = 0; pin < 4; pin++)
		REG(PADS_QSPI_SD0 + 4 * pin) = pads[pin];
	chip_select(OUTOVER_HIGH);
	chip_select(OUTOVER_LOW);
	transfer(ones, NULL, 2, 0);
	chip_select(OUTOVER_HIGH);
	chip_select(OUTOVER_NORMAL);
}

static void erase_at(uint8_t command, uint32_t address)
{
	enable_write();
	begin_at(command, address);
	end();
	wait_ready();
}

static void flash_range_erase(uint32_t address, uint32_t count, uint32_t block_size, uint8_t block_command)
{
	const uint32_t last = address + count;
	while (address < last) {
		if (block_size != 0 && !(address & (block_size - 1)) && last - address >= block_size) {
			erase_at(block_command, address);
			address += block_size;
		} else {
			erase_at(0x20, address);
			address += FLASH_SECTOR;
		}
	}
}

static void flash_range_program(uint32_t address, const uint8_t *data, uint32_t count)
{
	for (const uint32_t last = address + count; address < last; address += FLASH_PAGE, data += FLASH_PAGE) {
		enable_write();
		begin_at(0x02, address);
		transfer(data, NULL, FLASH_PAGE, 0);
		end();
		wait_ready();
	}
}

static void flash_flush_cache(void)
{
	REG(XIP_FLUSH) = 1;
	/* Reading waits until the flush is done. */
	(void)REG(XIP_FLUSH);
	SET(XIP_CTRL) = XIP_CTRL_EN;
	chip_select(OUTOVER_NORMAL);
}

static void flash_enter_cmd_xip(void)
{
	SSI_SSIENR = 0;
	/* Frames of 32 bits, "EEPROM read": instruction 03h, 24 bits of address, data. */
	SSI_CTRLR0 = (31u << 16) | (3u << 8);
	SSI_SPI_CTRLR0 = (0x03u << 24) | (2u << 8) | (6u << 2);
	SSI_SSIENR = 1;
}

static void read_flash(uint32_t address, uint8_t *to, uint32_t count)
{
	begin_at(0x03, address);
	transfer(NULL, to, count, 0);
	end();
}

/* Starting */

static uint32_t crc32_of(const uint8_t *bytes, uint32_t count)
{
	uint32_t crc = 0xffffffffu;
	for (uint32_t i = 0; i < count; i++) {
		crc ^= (uint32_t)bytes[i] << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1) ^ ((crc >> 31) ? 0x04c11db7u : 0);
	}
	return crc;
}

static void stop(void)
{
	for (;;)
		__asm volatile("wfe");
}

/* Where the data sheet's ROM becomes a USB device; this one only waits for the debugger or a reset. */
static void usb_boot(void)
{
	stop();
}

/* The function of the table: starts USB boot by a reset with the watchdog's scratch registers set. */
static void reset_to_usb_boot(uint32_t activity_mask, uint32_t disabled)
{
	WATCHDOG_SCRATCH(0) = activity_mask;
	WATCHDOG_SCRATCH(1) = disabled;
	WATCHDOG_SCRATCH(4) = BOOT_MAGIC;
	WATCHDOG_SCRATCH(5) = (uint32_t)usb_boot ^ -BOOT_MAGIC;
	WATCHDOG_SCRATCH(6) = BOOT2;
	WATCHDOG_SCRATCH(7) = (uint32_t)usb_boot;
	SET(WATCHDOG_CTRL) = 1u << 31;
	stop();
}

static uint32_t fifo_pop(void)
{
	while (!(SIO_FIFO_ST & 1))
		__asm volatile("wfe");
	return SIO_FIFO_RD;
}

static void fifo_push(uint32_t word)
{
	while (!(SIO_FIFO_ST & 2))
		;
	SIO_FIFO_WR = word;
	__asm volatile("sev");
}

static void __attribute__((noreturn)) start_program(uint32_t vectors, uint32_t stack, uint32_t entry)
{
	PPB_VTOR = vectors;
	__asm volatile("msr msp, %0\n bx %1" : : "r"(stack), "r"(entry));
	__builtin_unreachable();
}

/* Core 1 takes 0, 0, 1, vector table, stack and entry from core 0, giving each word back; another order starts anew. */
static void wait_for_vector(void)
{
	uint32_t words[3];
	for (;;) {
		uint32_t word = fifo_pop();
		fifo_push(word);
		if (word != 1)
			continue;
		int taken = 0;
		while (taken < 3) {
			words[taken] = fifo_pop();
			fifo_push(words[taken++]);
		}
		start_program(words[0], words[1], words[2]);
	}
}

static void boot_from_flash(void)
{
	uint8_t *const boot2 = (uint8_t *)BOOT2;
	connect_internal_flash();
	flash_exit_xip();
	read_flash(0, boot2, BOOT2_SIZE);
	chip_select(OUTOVER_NORMAL);
	if (crc32_of(boot2, BOOT2_SIZE - 4) != *(uint32_t *)(boot2 + BOOT2_SIZE - 4))
		return;
	/* LR 0 tells the second stage to start the program behind it in flash. */
	__asm volatile("mov lr, %0\n bx %1" : : "l"(0), "l"(BOOT2 | 1) : "memory");
	__builtin_unreachable();
}

static void __attribute__((used, noreturn)) start(void)
{
	if (SIO_CPUID != 0)
		wait_for_vector();
	if (REG(CHIP_RESET) & PSM_RESTART_FLAG) {
		REG(CHIP_RESET) = PSM_RESTART_FLAG;
		stop();
	}
	if (WATCHDOG_SCRATCH(4) == BOOT_MAGIC) {
		const uint32_t entry = WATCHDOG_SCRATCH(7);
		WATCHDOG_SCRATCH(4) = 0;
		if (WATCHDOG_SCRATCH(5) == (entry ^ -BOOT_MAGIC))
			start_program(0, WATCHDOG_SCRATCH(6), entry);
	}
	boot_from_flash();
	usb_boot();
	stop();
}

void __attribute__((section(".entry"))) reset(void)
{
	__asm volatile("ldr r0, =start\n bx r0\n .ltorg");
}

static void __attribute__((used, section(".entry"))) hang(void)
{
	stop();
}

/* Calls R7, then stops the core: for debuggers. */
void trampoline(void);
void trampoline_end(void);
__asm(".section .entry, \"ax\", %progbits\n .thumb_func\n .global trampoline\n trampoline: blx r7\n"
      ".thumb_func\n .global trampoline_end\n trampoline_end: bkpt #0\n .text\n");

/* This ROM has no floating-point arithmetic: a call of it ends in a HardFault at this place. */
void no_arithmetic(void);
__asm(".section .entry, \"ax\", %progbits\n .thumb_func\n .global no_arithmetic\n no_arithmetic: udf #0\n .text\n");

/* Looks a tag up in a table of rows {tag, address}; 0 where it is not there. */
static void *__attribute__((used)) table_lookup(const uint16_t *table, uint32_t tag)
{
	for (; table[0] != 0; table += 2)
		if (table[0] == tag)
			return (void *)(uint32_t)table[1];
	return NULL;
}

/* Rows {tag, address}; assembled, because the addresses have 16 bits. */
#define ROW(first, second, function) ".byte '" first "', '" second "'\n .2byte " function " + 1\n"
#define DATA(first, second, label) ".byte '" first "', '" second "'\n .2byte " label "\n"

/* A table of arithmetic functions, with its size in words two bytes before it (2.8.3.2). */
#define ARITHMETIC(label) ".balign 4\n .2byte 0\n .byte 32, 0\n" label ": .rept 32\n .word no_arithmetic + 1\n .endr\n"

__asm(".section .tables, \"a\"\n .balign 4\n functions:\n"
      ROW("P", "3", "count_ones") ROW("R", "3", "reverse_bits")
      ROW("L", "3", "leading_zeros") ROW("T", "3", "trailing_zeros")
      ROW("M", "S", "fill_bytes") ROW("S", "4", "fill_words")
      ROW("M", "C", "copy_bytes") ROW("C", "4", "copy_words")
      ROW("U", "B", "reset_to_usb_boot")
      ROW("D", "T", "trampoline") ROW("D", "E", "trampoline_end")
      ROW("W", "V", "wait_for_vector")
      ROW("I", "F", "connect_internal_flash") ROW("E", "X", "flash_exit_xip")
      ROW("R", "E", "flash_range_erase") ROW("R", "P", "flash_range_program")
      ROW("F", "C", "flash_flush_cache") ROW("C", "X", "flash_enter_cmd_xip")
      ".2byte 0\n"
      "facts:\n" DATA("C", "R", "notice") DATA("G", "R", "revision")
      DATA("S", "F", "soft_float") DATA("S", "D", "soft_double") ".2byte 0\n .balign 4\n"
      ARITHMETIC("soft_float") ARITHMETIC("soft_double")
      "revision: .word 0x464c5052\n"
      "notice: .asciz \"Flashproof's own boot ROM for the twin of an RP2040\"\n .balign 4\n .text\n");

/* The vectors, and the words by which a program finds the tables. */
__asm(".section .header, \"a\"\n"
      ".word 0x20041f00\n .word reset + 1\n .word hang + 1\n .word hang + 1\n"
      ".byte 'M', 'u', 1, 2\n"
      ".2byte functions\n .2byte facts\n .2byte table_lookup + 1\n .2byte 0\n .text\n");

/* Only the tables name these. */
__attribute__((used)) static const void *const USED[] = {
	count_ones, reverse_bits, leading_zeros, trailing_zeros, fill_bytes, fill_words, copy_bytes, copy_words,
	reset_to_usb_boot, wait_for_vector, connect_internal_flash, flash_exit_xip, flash_range_erase, flash_range_program, flash_flush_cache, flash_enter_cmd_xip,
};
