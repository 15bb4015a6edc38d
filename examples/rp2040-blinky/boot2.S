/*
 * Second stage of the boot: the boot ROM copies the first 256 bytes of flash to the end of RAM, checks their sum and
 * starts them. Sets the serial interface so that the flash is memory, by the instruction 03h that every serial flash has,
 * and starts the program behind it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
	.syntax unified
	.cpu cortex-m0plus
	.thumb

	.section .boot2, "ax"
	.global boot2
	.thumb_func
boot2:
	ldr	r0, =0x18000000		@ SSI
	movs	r1, #0
	str	r1, [r0, #0x08]		@ SSIENR: off while it is set
	movs	r1, #4
	str	r1, [r0, #0x14]		@ BAUDR: a quarter of the system clock
	ldr	r1, =0x001f0300		@ CTRLR0: frames of 32 bits, "EEPROM read"
	str	r1, [r0, #0x00]
	movs	r1, #0
	str	r1, [r0, #0x04]		@ CTRLR1: one frame
	ldr	r1, =0x03000218		@ SPI_CTRLR0: instruction 03h, 24 bits of address
	ldr	r2, =0x180000f4
	str	r1, [r2]
	movs	r1, #1
	str	r1, [r0, #0x08]
	ldr	r0, =0x10000100		@ vectors of the program
	ldr	r1, =0xe000ed08		@ VTOR
	str	r0, [r1]
	ldmia	r0!, {r1, r2}
	msr	msp, r1
	bx	r2
	.ltorg
	.balign 4
	.global boot2_end
boot2_end:
