/*
 * What calls the functions of a foreign flash algorithm on the target, one after the other, as the debugger asks for them.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The debugger fills the words behind the code, the function last; the stub calls it and clears that word. R9 and the stack
 * are set anew for each call, because foreign code may have changed them, and what R9 holds afterwards is left to be
 * looked at. After a function that has failed none is called any more: the debugger may have sent the next one before it
 * knew. Nothing is absolute; ARMv6-M, the instructions that every Cortex-M has.
 *
 * Words, whose offsets the host has in src/flash/algorithm/call-words.ts:
 * 0x00 function (0: none, 1: stop), 0x04 result, 0x08 four arguments, 0x18 R9, 0x1C SP, 0x20 failed, 0x24 R9 afterwards.
 */
__attribute__((naked, section(".entry"), used)) void serve(void)
{
	__asm volatile("	.align	2\n"
		       "serve_next:\n"
		       "	adr	r6, serve_words\n"
		       "	ldr	r4, [r6, #0x00]\n"
		       "	cmp	r4, #0\n"
		       "	beq	serve_next\n"
		       "	cmp	r4, #1\n"
		       "	beq	serve_stop\n"
		       "	ldr	r0, [r6, #0x20]\n"
		       "	cmp	r0, #0\n"
		       "	bne	serve_done\n"
		       "	ldr	r0, [r6, #0x1c]\n"
		       "	mov	sp, r0\n"
		       "	ldr	r0, [r6, #0x18]\n"
		       "	mov	r9, r0\n"
		       "	ldr	r0, [r6, #0x08]\n"
		       "	ldr	r1, [r6, #0x0c]\n"
		       "	ldr	r2, [r6, #0x10]\n"
		       "	ldr	r3, [r6, #0x14]\n"
		       "	blx	r4\n"
		       "	.align	2\n"
		       "	adr	r6, serve_words\n"
		       "	str	r0, [r6, #0x20]\n"
		       "	mov	r1, r9\n"
		       "	str	r1, [r6, #0x24]\n"
		       "serve_done:\n"
		       "	str	r0, [r6, #0x04]\n"
		       "	movs	r0, #0\n"
		       "	str	r0, [r6, #0x00]\n"
		       "	b	serve_next\n"
		       "serve_stop:\n"
		       "	movs	r0, #0\n"
		       "	str	r0, [r6, #0x04]\n"
		       "	str	r0, [r6, #0x00]\n"
		       "	bkpt	0\n"
		       "	.align	2\n"
		       "serve_words:\n");
}
