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

struct range {
	u32 address; /* of a word */
	u32 words;
	u32 first;
	u32 second;
	u32 erased; /* how many words are as `erased` below */
};

struct job {
	struct keys keys;
	u32 nonce;
	u32 erased; /* an erased word */
	u32 count;
	struct range *ranges;
};

__attribute__((section(".entry"))) void hash(const struct job *job)
{
	for (u32 i = 0; i < job->count; i++) {
		struct range *range = &job->ranges[i];
		struct checks checks = start_checks(&job->keys, range->address, range->words, job->nonce);

		range->erased = add_words(&checks, &job->keys, (const u32 *)range->address, range->words, job->erased);
		range->first = checks.first;
		range->second = checks.second;
	}
}
