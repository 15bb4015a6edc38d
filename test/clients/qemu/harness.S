@ Runs vectors inside QEMU at full speed, on any of `boards.ts`: reads one by semihosting, sets a whole core state, runs the
@ slot of code in thread mode on PSP, and writes the state that the next SVC or fault finds. ARMv6-M instructions only; MAIN,
@ FPU and LIMITS are defined where the core has the Main Extension, an FPU, stack limits.
@ Vector (320 bytes): +0 r0-r12, +52 psp, +56 lr, +60 psplim, +64 xpsr, +68 fpscr, +72 s0-s31, +200 scratch (64),
@ +264 code (56). Result: the same, but +60 pc, +264 CFSR, +268 IPSR, +272 CONTROL, FAULTMASK, BASEPRI and PRIMASK as bytes,
@ +276 HFSR, +280 BFAR.
 .syntax unified
 .thumb
 .equ IN, 0x20000800
 .equ OUT, 0x20000C00
 .equ SCRATCH, 0x20001400
 .equ STACK, 0x20002400
 .section .vec,"a"
 .word 0x20003F00
 .word Reset+1
 .rept 9
 .word Handler+1
 .endr
 .word Handler+1
 .rept 36
 .word Handler+1
 .endr
 .text
 .thumb_func
Reset:
#ifdef FPU
 ldr r0,=0xE000ED88     @ CPACR: FPU on
 ldr r1,=0x00F00000
 str r1,[r0]
 ldr r0,=0xE000EF34     @ FPCCR: no automatic stacking
 movs r1,#0
 str r1,[r0]
#endif
#ifdef MAIN
 ldr r0,=0xE000ED24     @ SHCSR: the three faults
 ldr r1,=0x70000
 str r1,[r0]
#ifdef TRAP
 ldr r1,=0x208          @ CCR: STKALIGN, and UNALIGN_TRP for a core that has it fixed
#else
 ldr r1,=0x200          @ CCR: STKALIGN only
#endif
 ldr r0,=0xE000ED14
 str r1,[r0]
#endif
 dsb
 isb
 ldr r4,=inargs
 ldr r5,=IN
 bl open
 ldr r4,=outargs
 ldr r5,=OUT
 bl open
 svc 255
 b .
open:                   @ SYS_OPEN by the block at r4, which becomes one for SYS_READ or SYS_WRITE of a vector at r5
 mov r1,r4
 movs r0,#1
 bkpt 0xab
 str r0,[r4]
 str r5,[r4,#4]
 ldr r0,=320
 str r0,[r4,#8]
 bx lr
 .thumb_func
Handler:
 ldr r3,=SCRATCH
 mrs r0,psp
 mov r1,lr
 movs r2,#4
 tst r1,r2              @ the first call comes from Reset, on MSP
 bne save
 mrs r0,ipsr
 cmp r0,#11
 bne.n 1f
 b next
1: b dead
save:
#ifdef LIMITS
 movs r2,#0
 msr psplim,r2
#endif
 ldr r1,=OUT+16
 stm r1!,{r4-r7}
 mov r4,r8
 mov r5,r9
 mov r6,r10
 mov r7,r11
 stm r1!,{r4-r7}
 ldr r1,=OUT
 ldm r0!,{r4-r7}        @ r0-r3
 stm r1!,{r4-r7}
 ldr r1,=OUT
 ldm r0!,{r4-r7}        @ r12, lr, pc, xpsr
 str r4,[r1,#48]
 str r5,[r1,#56]
 str r6,[r1,#60]
 movs r2,#1
 lsls r2,r2,#9
 tst r7,r2
 beq 1f
 adds r0,#4
1: bics r7,r2
 str r0,[r1,#52]
 str r7,[r1,#64]
#ifdef FPU
 vmrs r2,fpscr
 str r2,[r1,#68]
 mov r2,r1
 adds r2,#72
 vstm r2,{s0-s31}
#endif
 ldr r4,=SCRATCH
 ldr r5,=OUT+200
 bl copy64
 ldr r3,=OUT+264
 movs r5,#0
#ifdef MAIN
 ldr r4,=0xE000ED28
 ldr r5,[r4]
 str r5,[r4]
#endif
 str r5,[r3]
 mrs r5,ipsr
 str r5,[r3,#4]
 mrs r5,control
 lsls r5,r5,#24
 mrs r6,primask
 orrs r5,r6
#ifdef MAIN
 mrs r6,basepri
 lsls r6,r6,#8
 orrs r5,r6
 mrs r6,faultmask
 lsls r6,r6,#16
 orrs r5,r6
#endif
 str r5,[r3,#8]
 movs r5,#0
 movs r6,#0
#ifdef MAIN
 ldr r4,=0xE000ED2C
 ldr r5,[r4]
 str r5,[r4]
 ldr r4,=0xE000ED38
 ldr r6,[r4]
 movs r7,#0
 str r7,[r4]
 msr basepri,r7
 ldr r4,=0xE000ED24     @ an SVC or fault whose entry ended in another one still pends
 ldr r7,[r4]
 ldr r2,=0xF000
 bics r7,r2
 str r7,[r4]
#endif
 str r5,[r3,#12]
 str r6,[r3,#16]
 movs r7,#0
 msr primask,r7
 msr control,r7
 isb
 ldr r1,=outargs        @ SYS_WRITE
 movs r0,#5
 bkpt 0xab
next:
 ldr r1,=inargs         @ SYS_READ
 movs r0,#6
 bkpt 0xab
 cmp r0,#0
 bne done
 ldr r4,=STACK-1024     @ what earlier vectors left around the stack and the scratch memory
 ldr r5,=SCRATCH-1024
 ldr r6,=512
 movs r7,#0
1: stm r4!,{r7}
 stm r5!,{r7}
 subs r6,#1
 bne 1b
 ldr r4,=IN+200
 ldr r5,=SCRATCH
 bl copy64
 ldr r1,=IN
#ifdef FPU
 mov r2,r1
 adds r2,#72
 vldm r2,{s0-s31}
 ldr r2,[r1,#68]
 vmsr fpscr,r2
#endif
 ldr r0,[r1,#52]
 subs r0,#32
 msr psp,r0
#ifdef LIMITS
 ldr r2,[r1,#60]
 msr psplim,r2
#endif
 ldm r1!,{r4-r7}
 stm r0!,{r4-r7}
 ldr r1,=IN
 ldr r4,[r1,#48]
 ldr r5,[r1,#56]
 ldr r6,=IN+264
 ldr r7,[r1,#64]
 stm r0!,{r4-r7}
 adds r1,#32
 ldm r1!,{r4-r7}
 mov r8,r4
 mov r9,r5
 mov r10,r6
 mov r11,r7
 ldr r1,=IN+16
 ldm r1!,{r4-r7}
#ifdef MAIN
 clrex
#endif
 movs r0,#2             @ EXC_RETURN: thread, PSP, no FP frame
 mvns r0,r0
 isb
 bx r0
copy64:                 @ 64 bytes from r4 to r5
 mov r3,lr
 ldm r4!,{r0-r2,r6,r7}
 stm r5!,{r0-r2,r6,r7}
 ldm r4!,{r0-r2,r6,r7}
 stm r5!,{r0-r2,r6,r7}
 ldm r4!,{r0-r2,r6,r7}
 stm r5!,{r0-r2,r6,r7}
 ldm r4!,{r0}
 stm r5!,{r0}
 bx r3
dead:                   @ a fault of the harness itself
 movs r0,#0x18
 ldr r1,=0x20023
 bkpt 0xab
done:
 movs r0,#0x18
 ldr r1,=0x20026
 bkpt 0xab
 b .
 .ltorg
 .data
 .align 2
inargs: .word inname,1,6,0
outargs: .word outname,5,7,0
inname: .asciz "in.bin"
outname: .asciz "out.bin"
