/*
 * The serial flash behind an RP2040, by commands from code in RAM.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Registers: RP2040 data sheet, 2.14 to 2.19 and 4.10; the boot ROM's functions: 2.8.3; commands: W25Q16JV data sheet, 8.2.
 * `open` takes the flash out of the address space, `close` puts it back as the boot ROM does: slow reads by 03h, the cache
 * empty. Nothing is absolute, so the code runs wherever it is put.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef volatile u32 reg32;

#define REG(address) (*(reg32 *)(address))

/* A block of registers by its base, which the compiler does not fold into each address: that costs four bytes each. */
static inline reg32 *block(u32 base)
{
	__asm("" : "+r"(base));
	return (reg32 *)base;
}

/* Where clk_sys comes from; the ring oscillator as a reset leaves it, and with a divider of 2 in place of 16. */
#define CLOCKS block(0x40008000)
enum clocks { REF_CTRL = 0x30 / 4, SYS_CTRL = 0x3C / 4 };
#define ROSC block(0x40060000)
enum rosc { CTRL, FREQA, FREQB, DIV = 0x10 / 4 };
#define ROSC_RANGE_LOW 0xAA0u
#define ROSC_DIV_16 0xAB0u
#define ROSC_DIV_2 0xAA2u

#define PSM_FRCE_OFF REG(0x40010004)
#define PSM_FRCE_OFF_SET REG(0x40012004)
#define PSM_FRCE_OFF_CLEAR REG(0x40013004)
#define PROC1 0x10000u

#define WATCHDOG_LOAD REG(0x40058004)
#define LONGEST_LOAD 0xFFFFFFu

#define IO_QSPI_SS_CTRL REG(0x4001800C)
#define SELECT_BY_SSI 0u
#define SELECT_LOW 0x200u
#define SELECT_HIGH 0x300u

#define SSI block(0x18000000)
enum ssi {
	CTRLR0 = 0x00 / 4,
	CTRLR1 = 0x04 / 4,
	SSIENR = 0x08 / 4,
	BAUDR = 0x14 / 4,
	TXFLR = 0x20 / 4,
	RXFLR = 0x24 / 4,
	SR = 0x28 / 4,
	DR0 = 0x60 / 4,
	RX_SAMPLE_DLY = 0xF0 / 4,
	SPI_CTRLR0 = 0xF4 / 4,
};
#define SR_BUSY 1u
#define SR_TFE 4u
#define FRAMES_OF_8 (7u << 16)
#define FRAMES_OF_32 (31u << 16)
#define QUAD (2u << 21)
#define OUT_ONLY (1u << 8)
#define EEPROM_READ (3u << 8)
/* Instruction by one line; then address and mode by four, and 4 clocks of waiting; or the address by one line, too. */
#define QUAD_READ_FRAMES (4u << 11 | 2u << 8 | 8u << 2 | 1u)
#define QUAD_WRITE_FRAMES (2u << 8 | 6u << 2)

enum flash_command {
	PAGE_PROGRAM = 0x02,
	READ_DATA = 0x03,
	READ_STATUS_1 = 0x05,
	WRITE_ENABLE = 0x06,
	SECTOR_ERASE = 0x20,
	QUAD_PAGE_PROGRAM = 0x32,
	READ_STATUS_2 = 0x35,
	BLOCK_ERASE_64K = 0xD8,
	QUAD_READ = 0xEB,
};

#define STATUS_BUSY 1u
#define STATUS_QE 0x200u
#define FLASH_WINDOW 0x10000000u
#define FLASH_WINDOW_END 0x14000000u
#define FLASH_ADDRESS 0xFFFFFFu
#define PAGE 0x100u
#define SECTOR 0x1000u
/* Words that the transmitter and the receiver hold. */
#define FIFO 16u

/* A function of the boot ROM by its two letters, in its own table by its own lookup. */
static void rom(char first, char second)
{
	const u16 *header = (const u16 *)0x14;
	void *(*lookup)(const u16 *table, u32 tag);
	void (*function)(void);

	/* The compiler takes an address near 0 for a mistake. */
	__asm("" : "+r"(header));
	lookup = (void *(*)(const u16 *, u32))(u32)header[2];
	function = (void (*)(void))lookup((const u16 *)(u32)header[0], (u32)second << 8 | (u32)first);
	function();
}

/* Behind the last frame. */
__attribute__((noinline)) static void set_frames(u32 control, u32 words, u32 format)
{
	reg32 *ssi = SSI;

	ssi[SSIENR] = 0;
	ssi[CTRLR0] = control;
	ssi[CTRLR1] = words - 1;
	ssi[SPI_CTRLR0] = format;
	ssi[SSIENR] = 1;
}

static void end_frames(reg32 *ssi)
{
	while ((ssi[SR] & (SR_TFE | SR_BUSY)) != SR_TFE)
		;
}

static u32 exchange(u32 byte)
{
	reg32 *ssi = SSI;

	ssi[DR0] = byte;
	while (!ssi[RXFLR])
		;
	return ssi[DR0];
}

/* The pin is read back, so that it has changed before the next clock. */
static void select(u32 how)
{
	IO_QSPI_SS_CTRL = how;
	(void)IO_QSPI_SS_CTRL;
}

/* These want frames of 8 bits. */
static u32 read_status(u32 command)
{
	u32 status;

	select(SELECT_LOW);
	exchange(command);
	status = exchange(0);
	select(SELECT_HIGH);
	return status;
}

static void feed_watchdog(void)
{
	WATCHDOG_LOAD = LONGEST_LOAD;
}

/* What `close_flash` gives back: the ring oscillator's divider where it was changed, and whether core 1 was held off. */
struct kept {
	u32 rosc_div;
	u32 held;
};

/*
 * Takes the flash out of the address space; core 1, which may run from it, is held off. The clocks run faster where they
 * stand as a reset leaves them: 16 times less than the ring oscillator's rate is 12 MHz at most (2.17), so half of it is 96.
 * Answers both status registers; chip select is high.
 */
static u32 open_flash(struct kept *kept)
{
	u32 clock = CLOCKS[SYS_CTRL] & 1;
	reg32 *rosc = ROSC;
	reg32 *ssi = SSI;

	feed_watchdog();
	kept->held = PSM_FRCE_OFF & PROC1;
	PSM_FRCE_OFF_SET = PROC1;
	kept->rosc_div = 0;
	if (!clock && !(CLOCKS[REF_CTRL] & 3) && (rosc[CTRL] & 0xFFF) == ROSC_RANGE_LOW &&
	    !(u16)(rosc[FREQA] | rosc[FREQB]) && rosc[DIV] == ROSC_DIV_16) {
		kept->rosc_div = ROSC_DIV_16;
		rosc[DIV] = ROSC_DIV_2;
	}
	rom('I', 'F');
	rom('E', 'X');
	ssi[SSIENR] = 0;
	ssi[BAUDR] = 2 + 2 * clock;
	ssi[RX_SAMPLE_DLY] = 1;
	set_frames(FRAMES_OF_8, 1, 0);
	return read_status(READ_STATUS_1) | read_status(READ_STATUS_2) << 8;
}

/* Behind the last command. The ROM's way back, with chip select left to the interface. */
static void close_flash(const struct kept *kept)
{
	select(SELECT_BY_SSI);
	rom('F', 'C');
	rom('C', 'X');
	if (kept->rosc_div)
		ROSC[DIV] = kept->rosc_div;
	if (!kept->held)
		PSM_FRCE_OFF_CLEAR = PROC1;
}
