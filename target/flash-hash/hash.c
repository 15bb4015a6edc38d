/*
 * Two checks over ranges of memory, for any Cortex-M: the host knows by them what stands there without reading it.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both multiply by odd keys that the host draws for each session, so that no file can be made to their measure, and
 * neither is a CRC or a sum that firmware carries of itself; they mix a word in different ways (checks.h). Both begin with
 * the range's address and length and with a number of this call: an answer for another range, or of an earlier call, is
 * no answer. Nothing is absolute, so the code runs wherever it is put. The host's side is src/flash/hash/checks.ts.
 */
#include "../checks.h"

#ifdef OWN_RANGES
/* A family that reads otherwise has its own way to take a range into the checks, and its own entry around this. */
static u32 add_range(struct checks *checks, const struct keys *keys, const u32 *from, u32 words, u32 blank, u32 how);

#define HASH static void each_range(const struct job *job, u32 how)
#define ADD_RANGE(...) add_range(__VA_ARGS__, how)
#else
#define HASH __attribute__((section(".entry"))) void hash(const struct job *job)
#define ADD_RANGE add_words

/* Takes words into the checks; answers how many of them are as `blank`. By hand, because it takes every register. */
u32 add_words(struct checks *checks, const struct keys *keys, const u32 *from, u32 words, u32 blank);

#if __ARM_ARCH >= 7

/* What `add_word` does, with r4 to r6 the keys, r7 first and r8 second. One that is as `blank` is counted at 9N. */
#define TAKE_WORD(word, n)                                                                                             \
	"mla r7, r7, r4, " word "\n\teor r7, r7, r7, lsr #16\n\tmuls r7, r5, r7\n\t"                                  \
	"mul r8, r8, r6\n\tror r8, r8, #16\n\tmla r8, r8, r5, " word "\n\t"                                           \
	"cmp " word ", r12\n\tbeq 9" n "f\n8" n ":\n\t"

#define COUNT_WORD(n) "9" n ":\n\tadds r1, #1\n\tb 8" n "b\n"

/* r0 checks, r1 the count, r2 from, r3 end, r9 to r11 and lr words, r12 blank; one word at a time, then four. */
__asm(".syntax unified\n\t.text\n\t.balign 4\n\t.global add_words\n\t.thumb_func\nadd_words:\n\t"
      "push {r4-r11, lr}\n\t"
      "ldr r12, [sp, #36]\n\t"
      "ldm r1, {r4-r6}\n\t"
      "ldrd r7, r8, [r0]\n\t"
      "add r3, r2, r3, lsl #2\n\t"
      "movs r1, #0\n\t"
      "b 2f\n"
      "1:\n\tldr lr, [r2], #4\n\t" TAKE_WORD("lr", "0") "2:\n\t"
      "sub lr, r3, r2\n\ttst lr, #12\n\tbne 1b\n\tb 4f\n"
      "3:\n\tldmia r2!, {r9-r11, lr}\n\t"
      TAKE_WORD("r9", "1") TAKE_WORD("r10", "2") TAKE_WORD("r11", "3") TAKE_WORD("lr", "4") "4:\n\t"
      "cmp r2, r3\n\tbne 3b\n\t"
      "strd r7, r8, [r0]\n\t"
      "mov r0, r1\n\t"
      "pop {r4-r11, pc}\n" COUNT_WORD("0") COUNT_WORD("1") COUNT_WORD("2") COUNT_WORD("3") COUNT_WORD("4"));

#else

/* What `add_word` does. One that is as `blank` is counted at 9N, behind the loops. */
#define ONE_WORD(n)                                                                                                    \
	"ldmia r2!, {r3}\n\t"                                                                                           \
	"muls r0, r4\n\tadds r0, r3\n\tlsrs r7, r0, #16\n\teors r0, r7\n\tmuls r0, r5\n\t"                              \
	"muls r1, r6\n\tmovs r7, #16\n\trors r1, r7\n\tmuls r1, r5\n\tadds r1, r3\n\t"                                 \
	"cmp r3, r9\n\tbeq 9" n "f\n8" n ":\n\t"

#define COUNT_WORD(n) "9" n ":\n\tadd r11, r12\n\tb 8" n "b\n"

/*
 * r0 first, r1 second, r2 from, r3 the word, r4 to r6 keys, r7 for the moment, r8 end, r9 blank, r10 up to where it goes one
 * at a time, then four, r11 the count, r12 one.
 */
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

#endif
#endif

/* Neighbours of one length: `times` ranges, the first one at `address`. */
struct ranges {
	u32 address; /* of a word */
	u32 words; /* of each */
	u32 times;
};

struct result {
	struct checks checks;
	u32 erased; /* how many words are as `erased` below */
};

struct job {
	struct keys keys;
	u32 nonce;
	u32 erased; /* an erased word */
	const struct ranges *ranges;
	struct result *results; /* behind the last of `ranges`: one for each range, in order */
};

HASH
{
	struct result *result = job->results;

	for (const struct ranges *ranges = job->ranges; ranges != (const struct ranges *)job->results; ranges++) {
		const u32 *from = (const u32 *)ranges->address;

		for (u32 times = ranges->times; times > 0; times--, result++) {
			result->checks = start_checks(&job->keys, (u32)from, ranges->words, job->nonce);
			result->erased = ADD_RANGE(&result->checks, &job->keys, from, ranges->words, job->erased);
			from += ranges->words;
		}
	}
}
