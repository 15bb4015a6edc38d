/*
 * What our flash algorithms share: the layout of a CMSIS-Pack's FLM, and data that are found by R9.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An algorithm of ours is a loader of ours under the names of the CMSIS-Pack specification; tools/make-pack.mjs builds them.
 * Its data show the runner's faults: `key` is initialised and `is_open` is not, and every call looks at both.
 */
struct state {
	u32 key;
};

struct zero_state {
	u32 is_open;
	u32 calls;
};

#define STATE_KEY 0x464C4D31u

/* Errors that come before any of the flash controller's. */
#define NO_STATIC_BASE 0xBA5Eu
#define NOT_ZERO 0x5E20u
#define NOT_OPEN 0x0BE2u

register u32 static_base __asm__("r9");

__attribute__((section("PrgData"), used)) struct state initialised = { STATE_KEY };
__attribute__((section(".bss.zero"), used)) struct zero_state zeroed;

#define STATE ((volatile struct state *)static_base)
#define ZERO ((volatile struct zero_state *)(static_base + sizeof(struct state)))

struct sectors {
	u32 size;
	u32 offset;
};

#define END_OF_SECTORS { 0xFFFFFFFFu, 0xFFFFFFFFu }

/* As the specification has it: 160 bytes, then rows of sectors. */
struct flash_device {
	u16 version;
	char name[128];
	u16 type;
	u32 start;
	u32 size;
	u32 page;
	u32 reserved;
	u8 erased;
	u32 program_ms;
	u32 erase_ms;
	struct sectors sectors[8];
};

#define ON_CHIP 1
#define API __attribute__((section("PrgCode"), used))
#define DESCRIPTOR __attribute__((section("DevDscr"), used)) const struct flash_device FlashDevice

/* The compiler clears and copies structures by these. */
void *memset(void *to, int value, u32 length)
{
	for (u32 i = 0; i < length; i++)
		((volatile u8 *)to)[i] = (u8)value;
	return to;
}

void *memcpy(void *to, const void *from, u32 length)
{
	for (u32 i = 0; i < length; i++)
		((volatile u8 *)to)[i] = ((const u8 *)from)[i];
	return to;
}

/* What an algorithm does at its end, where it does anything. */
#ifndef LEAVE_FLASH
#define LEAVE_FLASH()
#endif

static u32 open_flash(void)
{
	if (STATE->key != STATE_KEY)
		return NO_STATIC_BASE;
	if (ZERO->is_open > 1 || (!ZERO->is_open && ZERO->calls))
		return NOT_ZERO;
	ZERO->is_open = 1;
	return 0;
}

static u32 check_open(void)
{
	if (STATE->key != STATE_KEY)
		return NO_STATIC_BASE;
	ZERO->calls++;
	return ZERO->is_open == 1 ? 0 : NOT_OPEN;
}

API u32 UnInit(u32 function)
{
	(void)function;
	if (STATE->key != STATE_KEY)
		return NO_STATIC_BASE;
	ZERO->calls = 0;
	ZERO->is_open = 0;
	LEAVE_FLASH();
	return 0;
}
