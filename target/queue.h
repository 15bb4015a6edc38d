/*
 * A queue of checked steps, for loaders whose flash is driven by the core itself; the host's side is src/flash/ram-queue.ts.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The debugger writes data into buffers and steps into a ring, the number of each step last, and reads how far the loader
 * has come. The loader believes nothing that came over the wire before it has counted the checks of it (checks.h): its
 * set-up with the list of units that it may touch, each step, and each buffer. It checks and does a copy of its own. After
 * a failure it does nothing more: it leaves what failed and why, and stops. Nothing is called by address and nothing is
 * absolute, so the code runs wherever it is put.
 *
 * The file that includes this says what its steps are: `is_known`, `perform`, `feed`.
 */
/* A word of the checks costs a third of what a call costs. */
#define inline inline __attribute__((always_inline))
#include "checks.h"
#undef inline

/* Words in this order, here and below. */
struct step {
	u32 command;
	u32 address;
	u32 length;
	u32 buffer; /* where the data lie */
	u32 more[3]; /* the family's own */
	struct checks data; /* of what is in the buffer */
	struct checks own; /* of all words before */
	volatile u32 number; /* the set-up's nonce and the step's number; written last */
};

#define STEP_WORDS 9u

struct setup {
	struct keys keys;
	u32 nonce;
	u32 family[4]; /* the family's own */
	u32 first; /* the first address that has a bit in the list */
	u32 unit_shift;
	u32 units; /* how many bits the list has */
	u32 whole; /* not 0: a whole bank may be erased */
	struct step *steps;
	u32 step_mask;
	u32 buffers;
	u32 buffers_end;
	u32 permitted[16]; /* the list: a bit for each unit */
	struct checks own; /* of all words before */
};

#define SETUP_WORDS 32u

struct progress {
	volatile u32 done; /* the number of the last step that has ended well */
	volatile u32 status; /* why the loader stopped: the family's, or one of the refusals */
	volatile u32 failed; /* the number of the step that failed */
	volatile u32 erased; /* sectors that were not blank where they should have been */
	u32 own[3]; /* the family's own; the host does not read them */
};

#define BAD_SETUP 0x80000100u
#define BAD_STEP 0x80000200u
#define BAD_DATA 0x80000300u
#define FORBIDDEN 0x80000400u

/* Whether the family has a step of this kind, and its words are possible. */
static u32 is_known(const struct setup *s, const struct step *step);
/* Does a step to its end; answers 0, or why not. */
static u32 perform(const struct setup *s, const struct step *step, struct progress *p);
/* What is done while the next step is waited for. */
static void feed(const struct setup *s);
#ifdef OWN_ENDS
/* Before the first step, and behind the last one or a failure, before the progress says that. */
static void open(struct progress *p);
static void close(struct progress *p);
#endif
/* The step that ends the loader, the one that takes data, and the one that erases a whole bank. */
static const u32 quit_command, data_command, whole_command;

static u32 is_sound(const struct setup *s, u32 number, const void *from, u32 words, const struct checks *wanted)
{
	const struct keys keys = s->keys;
	struct checks checks = start_checks(&keys, number, words, s->nonce);
	const u32 *word = from;
	const u32 *end = word + words;

	for (; word + 4 <= end; word += 4) {
		add_word(&checks, &keys, word[0]);
		add_word(&checks, &keys, word[1]);
		add_word(&checks, &keys, word[2]);
		add_word(&checks, &keys, word[3]);
	}
	for (; word < end; word++)
		add_word(&checks, &keys, *word);
	return checks.first == wanted->first && checks.second == wanted->second;
}

/* Whether every unit of a range is in the list. */
static u32 is_permitted(const struct setup *s, u32 address, u32 length)
{
	u32 unit = (address - s->first) >> s->unit_shift;
	u32 last = (address + length - 1 - s->first) >> s->unit_shift;

	if (address < s->first || length == 0 || last < unit || last >= s->units)
		return 0;
	for (; unit <= last; unit++)
		if (!(s->permitted[unit >> 5] >> (unit & 31) & 1))
			return 0;
	return 1;
}

/* Whether the data are whole words, and lie in the buffers. */
static u32 is_whole(const struct setup *s, const struct step *step)
{
	return step->length > 0 && ((step->length | step->address) & 3) == 0 && step->buffer >= s->buffers &&
	       step->length <= s->buffers_end - s->buffers && step->buffer <= s->buffers_end - step->length;
}

/* What speaks against a step; 0 where nothing does. */
static u32 check(const struct setup *s, const struct step *step, u32 number)
{
	u32 has_data = step->command == data_command;

	if (!is_sound(s, number, step, STEP_WORDS, &step->own))
		return BAD_STEP;
	if (step->command == quit_command)
		return 0;
	if (!is_known(s, step) || (has_data && !is_whole(s, step)))
		return BAD_STEP;
	if (!is_permitted(s, step->address, step->length) || (step->command == whole_command && !s->whole))
		return FORBIDDEN;
	if (has_data && !is_sound(s, step->address, (const void *)step->buffer, step->length / 4, &step->data))
		return BAD_DATA;
	return 0;
}

/* Copies a step out of the ring: what is checked is what is done, whatever is written there in between. */
static void take(struct step *to, const struct step *from)
{
	const volatile u32 *words = (const volatile u32 *)from;

	for (u32 i = 0; i < sizeof *to / 4; i++)
		((u32 *)to)[i] = words[i];
}

/* Entry: the set-up's address in R0 with the progress behind it, a stack, interrupts masked by the debugger. */
__attribute__((section(".entry"), used)) void serve(const struct setup *s)
{
	struct progress *p = (struct progress *)(s + 1);
	u32 next = 1;
	u32 status = is_sound(s, 0, s, SETUP_WORDS, &s->own) ? 0 : BAD_SETUP;

	p->done = 0;
	p->erased = 0;
#ifdef OWN_ENDS
	if (!status)
		open(p);
#endif
	while (!status) {
		const struct step *slot = &s->steps[next & s->step_mask];
		struct step step;

		while (slot->number != s->nonce + next)
			feed(s);
		take(&step, slot);
		status = check(s, &step, next);
		if (!status && step.command != quit_command)
			status = perform(s, &step, p);
#ifdef OWN_ENDS
		if (status || step.command == quit_command)
			close(p);
#endif
		if (status)
			break;
		p->done = next++;
		if (step.command == quit_command)
			break;
	}
	if (status) {
		p->failed = next;
		p->status = status;
	}
	for (;;)
		__asm volatile("bkpt 0");
}
