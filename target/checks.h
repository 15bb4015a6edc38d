/*
 * Two independent checks over words, 64 bits together; the host's side is src/flash/hash/checks.ts.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each step is one-to-one in the word and in the check before it, so that a single word that differs never goes unseen.
 */
typedef unsigned int u32;

/* Odd factors. */
struct keys {
	u32 key1;
	u32 key2;
	u32 key3;
};

struct checks {
	u32 first;
	u32 second;
};

static struct checks start_checks(const struct keys *keys, u32 address, u32 words, u32 nonce)
{
	struct checks checks = {
		(address + nonce) * keys->key1 + words,
		~(address ^ nonce) * keys->key3 + words,
	};

	return checks;
}

/*
 * One word: first = first * key1 + word; first ^= first >> 16; first *= key2;
 * second = ror(second * key3, 16) * key2 + word. One that is as `blank` is counted at 9N, behind the loops.
 */
#define ONE_WORD(n)                                                                                                    \
	"ldmia r2!, {r3}\n\t"                                                                                           \
	"muls r0, r4\n\tadds r0, r3\n\tlsrs r7, r0, #16\n\teors r0, r7\n\tmuls r0, r5\n\t"                              \
	"muls r1, r6\n\tmovs r7, #16\n\trors r1, r7\n\tmuls r1, r5\n\tadds r1, r3\n\t"                                 \
	"cmp r3, r9\n\tbeq 9" n "f\n8" n ":\n\t"

#define COUNT_WORD(n) "9" n ":\n\tadd r11, r12\n\tb 8" n "b\n"

/*
 * Takes words into the checks; answers how many of them are as `blank`. By hand, because it takes every register: r0 first,
 * r1 second, r2 from, r3 the word, r4 to r6 keys, r7 for the moment, r8 end, r9 blank, r10 up to where it goes one at a
 * time, then four, r11 the count, r12 one.
 */
u32 add_words(struct checks *checks, const struct keys *keys, const u32 *from, u32 words, u32 blank);

__asm(".syntax unified\n\t.text\n\t.balign 4\n\t.global add_words\n\t.thumb_func\nadd_words:\n\t"
      "push {r4-r7, lr}\n\t"
      "mov r4, r8\n\tmov r5, r9\n\tmov r6, r10\n\tmov r7, r11\n\t"
      "push {r4-r7}\n\t"
      "ldr r4, [sp, #36]\n\tmov r9, r4\n\t"
      "push {r0}\n\t"
      "lsls r4, r3, #2\n\tadds r4, r2\n\tmov r8, r4\n\t"
      "movs r4, #3\n\tands r4, r3\n\tlsls r4, #2\n\tadds r4, r2\n\tmov r10, r4\n\t"
      "movs r4, #0\n\tmov r11, r4\n\tmovs r4, #1\n\tmov r12, r4\n\t"
      "ldr r4, [r1, #0]\n\tldr r5, [r1, #4]\n\tldr r6, [r1, #8]\n\t"
      "ldr r1, [r0, #4]\n\tldr r0, [r0, #0]\n\t"
      "b 2f\n"
      "1:\n\t" ONE_WORD("0") "2:\n\t"
      "cmp r2, r10\n\tbne 1b\n\tb 4f\n"
      "3:\n\t" ONE_WORD("1") ONE_WORD("2") ONE_WORD("3") ONE_WORD("4") "4:\n\t"
      "cmp r2, r8\n\tbne 3b\n\t"
      "pop {r2}\n\tstr r0, [r2, #0]\n\tstr r1, [r2, #4]\n\t"
      "mov r0, r11\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\tmov r9, r5\n\tmov r10, r6\n\tmov r11, r7\n\t"
      "pop {r4-r7, pc}\n" COUNT_WORD("0") COUNT_WORD("1") COUNT_WORD("2") COUNT_WORD("3") COUNT_WORD("4"));
