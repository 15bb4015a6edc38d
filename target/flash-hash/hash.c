/*
 * Two checks over ranges of memory, for any Cortex-M: the host knows by them what stands there without reading it.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first is a CRC with a polynomial that the host draws for each session, so that no file can be made to its measure;
 * the second multiplies, so that what has equal CRCs has no equal sums here. Both begin with the range's address and
 * length and with a number of this call: an answer for another range, or of an earlier call, is no answer. Nothing is
 * absolute, so the code runs wherever it is put. The host's side is src/flash/hash/checks.ts.
 */
typedef unsigned char u8;
typedef unsigned int u32;

struct range {
	u32 address; /* of a word */
	u32 words;
	u32 crc;
	u32 mix;
	u32 erased; /* how many words are as `erased` below */
};

struct job {
	u32 polynomial; /* reflected, without its highest term */
	u32 key1; /* odd */
	u32 key2; /* odd */
	u32 nonce;
	u32 erased; /* an erased word */
	u32 count;
	u32 *table; /* 256 words of RAM */
	struct range *ranges;
};

static void make_table(const struct job *job)
{
	for (u32 i = 0; i < 256; i++) {
		u32 value = i;

		for (u32 bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (job->polynomial & -(value & 1));
		job->table[i] = value;
	}
}

/* Two passes, because both checks together need more registers than ARMv6-M has. */
static __attribute__((noinline)) u32 crc_of(const u32 *table, const u32 *from, const u32 *end, u32 crc)
{
	while (from < end) {
		crc ^= *from++;
		crc = table[(u8)crc] ^ crc >> 8;
		crc = table[(u8)crc] ^ crc >> 8;
		crc = table[(u8)crc] ^ crc >> 8;
		crc = table[(u8)crc] ^ crc >> 8;
	}
	return crc;
}

static __attribute__((noinline)) void mix(const struct job *job, struct range *range)
{
	const u32 *from = (const u32 *)range->address;
	const u32 *end = from + range->words;
	u32 key1 = job->key1;
	u32 key2 = job->key2;
	u32 blank = job->erased;
	u32 value = (range->address + job->nonce) * key1 + range->words;
	u32 others = 0;

	while (from < end) {
		u32 word = *from++;

		value = (value + word) * key1;
		value ^= value >> 16;
		value *= key2;
		if (word != blank)
			others++;
	}
	range->mix = value;
	range->erased = range->words - others;
}

static void check(const struct job *job, struct range *range)
{
	const u32 *from = (const u32 *)range->address;

	range->crc = crc_of(job->table, from, from + range->words, ~(range->address ^ job->nonce));
	mix(job, range);
}

__attribute__((section(".entry"))) void hash(const struct job *job)
{
	make_table(job);
	for (u32 i = 0; i < job->count; i++)
		check(job, &job->ranges[i]);
}
