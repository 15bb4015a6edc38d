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

/* Takes one word into the checks; counts nothing. */
static inline void add_word(struct checks *checks, const struct keys *keys, u32 word)
{
	u32 first = checks->first * keys->key1 + word;
	u32 second = checks->second * keys->key3;

	checks->first = (first ^ first >> 16) * keys->key2;
	checks->second = (second >> 16 | second << 16) * keys->key2 + word;
}
