/*
 * The checks over flash of an RP2040, read by commands and not through the cache before it, which would be slower.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The job is that of every Cortex-M (flash-hash/hash.c): ranges in RAM are read as they are.
 */
#define OWN_RANGES
#include "../flash-hash/hash.c"
#include "flash.h"

/* Words of a piece: while one waits in the receiver and is counted, the next one has room behind it. */
#define PIECE_WORDS 8u
#define PIECE_BYTES 32u

/* What the interface sends for the piece at an address: by four lines, mode bits of 0 behind it; else the command first. */
static u32 asked_for(u32 is_quad, u32 address)
{
	return is_quad ? address << 8 : (u32)READ_DATA << 24 | (address & FLASH_ADDRESS);
}

/*
 * Takes pieces of the flash into the checks; answers how many of their words are as `blank`. By hand, because it takes every
 * register. `asked` is what the interface sends for the first of them, `step` how that grows from one to the next: by that
 * it is known whether a command goes before it. Chip select is forced all the while: where this is cut short, nothing takes
 * the flash for one that is read as memory.
 */
u32 add_pieces(struct checks *checks, const struct keys *keys, u32 asked, u32 step, u32 pieces, u32 blank);

/* r2 the interface; needs r3 and r7. Chip select up and down, its pin read back, and the command. */
#define ASK                                                                                                            \
	"ldr r3, 7f\n\tmovs r7, #3\n\tlsls r7, #8\n\tstr r7, [r3]\n\tmovs r7, #2\n\tlsls r7, #8\n\tstr r7, [r3]\n\t"     \
	"ldr r7, [r3]\n\tmov r3, lr\n\tcmp r3, #32\n\tbeq 6f\n\tmovs r3, #0xEB\n\tstr r3, [r2, #0x60]\n"                  \
	"6:\n\tmov r7, r10\n\tstr r7, [r2, #0x60]\n\tadd r10, lr\n\t"

/* What `add_word` does, and the count. */
#define TAKE_WORD                                                                                                      \
	"ldr r3, [r2, #0x60]\n\trev r3, r3\n\t"                                                                        \
	"muls r0, r4\n\tadds r0, r3\n\tlsrs r7, r0, #16\n\teors r0, r7\n\tmuls r0, r5\n\t"                              \
	"muls r1, r6\n\tmovs r7, #16\n\trors r1, r7\n\tmuls r1, r5\n\tadds r1, r3\n\t"                                 \
	"cmp r3, r9\n\tbne 5f\n\tadd r11, r12\n5:\n\t"

/* r0 first, r1 second, r4 to r6 keys, r8 pieces left, r9 blank, r10 asked, r11 the count, r12 one, lr step. */
__asm(".syntax unified\n\t.text\n\t.balign 4\n\t.global add_pieces\n\t.thumb_func\nadd_pieces:\n\t"
      "push {r4-r7, lr}\n\t"
      "mov r4, r8\n\tmov r5, r9\n\tmov r6, r10\n\tmov r7, r11\n\t"
      "push {r4-r7}\n\t"
      "mov r10, r2\n\tmov lr, r3\n\t"
      "ldr r4, [sp, #36]\n\tmov r8, r4\n\tldr r4, [sp, #40]\n\tmov r9, r4\n\t"
      "push {r0}\n\t"
      "movs r4, #0\n\tmov r11, r4\n\tmovs r4, #1\n\tmov r12, r4\n\t"
      "ldr r4, [r1, #0]\n\tldr r5, [r1, #4]\n\tldr r6, [r1, #8]\n\t"
      "ldr r1, [r0, #4]\n\tldr r0, [r0, #0]\n\t"
      "ldr r2, 8f\n"
      "1:\n\tmov r7, r8\n\tsubs r7, #1\n\tmov r8, r7\n"
      /* The piece is there when the transmitter is empty (TFE) and nothing is under way (BUSY). */
      "2:\n\tldr r3, [r2, #0x28]\n\tmovs r7, #5\n\tands r3, r7\n\tcmp r3, #4\n\tbne 2b\n\t"
      "mov r7, r8\n\tcmp r7, #0\n\tbeq 4f\n\t" ASK "4:\n\t"
      TAKE_WORD TAKE_WORD TAKE_WORD TAKE_WORD TAKE_WORD TAKE_WORD TAKE_WORD TAKE_WORD
      "mov r7, r8\n\tcmp r7, #0\n\tbeq 3f\n\tb 1b\n"
      "3:\n\tpop {r2}\n\tstr r0, [r2, #0]\n\tstr r1, [r2, #4]\n\t"
      "mov r0, r11\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\tmov r9, r5\n\tmov r10, r6\n\tmov r11, r7\n\t"
      "pop {r4-r7, pc}\n\t"
      ".balign 4\n"
      "7:\t.word 0x4001800C\n8:\t.word 0x18000000\n");

/* Has words sent, no more than the receiver holds. */
static void ask(u32 is_quad, u32 address, u32 words)
{
	reg32 *ssi = SSI;

	set_frames(is_quad ? QUAD | FRAMES_OF_32 | EEPROM_READ : FRAMES_OF_32 | EEPROM_READ, words, QUAD_READ_FRAMES);
	select(SELECT_HIGH);
	select(SELECT_LOW);
	if (is_quad)
		ssi[DR0] = QUAD_READ;
	ssi[DR0] = asked_for(is_quad, address);
}

static u32 add_range(struct checks *checks, const struct keys *keys, const u32 *from, u32 words, u32 blank, u32 is_quad)
{
	u32 address = (u32)from;
	u32 is_flash = address >= FLASH_WINDOW && address < FLASH_WINDOW_END;
	u32 pieces = is_flash ? words / PIECE_WORDS : 0;
	u32 count = 0;
	const reg32 *next = from;

	if (pieces > 0) {
		u32 step = is_quad ? PIECE_BYTES << 8 : PIECE_BYTES;

		ask(is_quad, address, PIECE_WORDS);
		count = add_pieces(checks, keys, asked_for(is_quad, address) + step, step, pieces, blank);
		words %= PIECE_WORDS;
	}
	if (is_flash && words > 0) {
		ask(is_quad, address + pieces * PIECE_BYTES, words);
		end_frames(SSI);
		next = &SSI[DR0];
	}
	for (; words > 0; words--) {
		u32 word = is_flash ? __builtin_bswap32(*next) : *next++;

		add_word(checks, keys, word);
		count += word == blank;
	}
	return count;
}

__attribute__((section(".entry"))) void hash(const struct job *job)
{
	struct kept kept;
	u32 is_quad = open_flash(&kept) & STATUS_QE;

	each_range(job, is_quad);
	close_flash(&kept);
}
