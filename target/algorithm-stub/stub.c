/*
 * What calls the functions of a foreign flash algorithm on the target, one after the other, as the debugger asks for them.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Calls wait in slots, of which the debugger fills the next one while those before are under way, the function last; the
 * stub calls it, leaves what it returned, and clears the function. A slot whose check does not fit is not called. R9 and the
 * stack are set anew for each call, because foreign code may have changed them. After a function that has failed or has
 * changed R9, and after a spoiled slot, none is called any more: the debugger may have sent the next ones before it knew.
 * Nothing is absolute; ARMv6-M, the instructions that every Cortex-M has.
 *
 * Words, whose offsets the host has in src/flash/algorithm/call-words.ts:
 * 0x00 R9, 0x04 SP, 0x08 bytes of all slots less one, 0x0C stopped, 0x10 offset of the next slot, 0x14 slots that have
 * ended; from 0x18 on the slots of 32 bytes: 0x00 function (0: none, 1: stop), 0x04 four arguments, 0x14 check, 0x18
 * result, 0x1C R9 afterwards.
 */
__attribute__((naked, section(".entry"), used)) void serve(void)
{
	__asm volatile("	.align	2\n"
		       "serve_next:\n"
		       "	adr	r6, serve_words\n"
		       "	ldr	r5, [r6, #0x10]\n"
		       "	add	r5, r5, r6\n"
		       "	ldr	r4, [r5, #0x18]\n"
		       "	cmp	r4, #0\n"
		       "	beq	serve_next\n"
		       /* The check: each word is added to the sum of those before, turned by five bits. */
		       "	movs	r1, #5\n"
		       "	mov	r7, r4\n"
		       "	ldr	r0, [r5, #0x1c]\n"
		       "	ror	r7, r1\n"
		       "	add	r7, r7, r0\n"
		       "	ldr	r0, [r5, #0x20]\n"
		       "	ror	r7, r1\n"
		       "	add	r7, r7, r0\n"
		       "	ldr	r0, [r5, #0x24]\n"
		       "	ror	r7, r1\n"
		       "	add	r7, r7, r0\n"
		       "	ldr	r0, [r5, #0x28]\n"
		       "	ror	r7, r1\n"
		       "	add	r7, r7, r0\n"
		       "	ldr	r0, [r5, #0x2c]\n"
		       "	cmp	r7, r0\n"
		       "	bne	serve_spoiled\n"
		       "	cmp	r4, #1\n"
		       "	beq	serve_stop\n"
		       "	ldr	r0, [r6, #0x0c]\n"
		       "	cmp	r0, #0\n"
		       "	bne	serve_ended\n"
		       "	ldr	r0, [r6, #0x04]\n"
		       "	mov	sp, r0\n"
		       "	ldr	r0, [r6, #0x00]\n"
		       "	mov	r9, r0\n"
		       "	ldr	r0, [r5, #0x1c]\n"
		       "	ldr	r1, [r5, #0x20]\n"
		       "	ldr	r2, [r5, #0x24]\n"
		       "	ldr	r3, [r5, #0x28]\n"
		       "	blx	r4\n"
		       "	.align	2\n"
		       "	adr	r6, serve_words\n"
		       "	ldr	r5, [r6, #0x10]\n"
		       "	add	r5, r5, r6\n"
		       "	str	r0, [r5, #0x30]\n"
		       "	mov	r1, r9\n"
		       "	str	r1, [r5, #0x34]\n"
		       "	ldr	r2, [r6, #0x00]\n"
		       "	eor	r1, r2\n"
		       "	orr	r0, r1\n"
		       "	str	r0, [r6, #0x0c]\n"
		       "serve_ended:\n"
		       "	ldr	r1, [r6, #0x10]\n"
		       "	add	r1, r1, #0x20\n"
		       "	ldr	r2, [r6, #0x08]\n"
		       "	and	r1, r2\n"
		       "	str	r1, [r6, #0x10]\n"
		       "	ldr	r1, [r6, #0x14]\n"
		       "	add	r1, r1, #1\n"
		       "	str	r1, [r6, #0x14]\n"
		       "	movs	r0, #0\n"
		       "	str	r0, [r5, #0x18]\n"
		       "	b	serve_next\n"
		       "serve_spoiled:\n"
		       "	movs	r0, #1\n"
		       "	str	r0, [r6, #0x0c]\n"
		       "	b	serve_ended\n"
		       "serve_stop:\n"
		       "	movs	r0, #0\n"
		       "	str	r0, [r5, #0x18]\n"
		       "	bkpt	0\n"
		       "	.align	2\n"
		       "serve_words:\n");
}
