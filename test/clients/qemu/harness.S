@ Runs vectors inside QEMU's mps2-an386 at full speed: sets a whole core state, runs a slot of code in thread mode on PSP,
@ and stores the state that the next SVC or fault finds. Vectors come by `-device loader` at IN, results leave by semihosting.
@ Vector (320 bytes): +0 r0-r12, +52 psp, +56 lr, +60 pc, +64 xpsr, +68 fpscr, +72 s0-s31, +200 scratch (64), +264 code (56).
@ Result: the same, but +264 CFSR, +268 IPSR.
 .syntax unified
 .cpu cortex-m4
 .fpu fpv4-sp-d16
 .thumb
 .equ IN, 0x21000000
 .equ OUT, 0x21800000
 .equ SCRATCH, 0x20010000
 .equ STACK, 0x20020000
 .section .vec,"a"
 .word 0x20400000
 .word Reset+1
 .rept 9
 .word Fault+1
 .endr
 .word Svc+1
 .rept 20
 .word Fault+1
 .endr
 .text
 .thumb_func
Reset:
 ldr r0,=0xE000ED88     @ CPACR: FPU on
 ldr r1,=0x00F00000
 str r1,[r0]
 ldr r0,=0xE000EF34     @ FPCCR: no automatic stacking
 mov r1,#0
 str r1,[r0]
 ldr r0,=0xE000ED24     @ SHCSR: the three faults
 ldr r1,=0x70000
 str r1,[r0]
 ldr r0,=0xE000ED14     @ CCR: STKALIGN only
 ldr r1,=0x200
 str r1,[r0]
 dsb
 isb
 ldr r0,=IN
 ldr r1,[r0]
 ldr r2,=state
 str r1,[r2]
 add r0,#64
 str r0,[r2,#4]
 ldr r3,=OUT
 str r3,[r2,#8]
 svc 255
 b .
 .thumb_func
Fault:
 b save
 .thumb_func
Svc:
 tst lr,#4              @ the first call comes from Reset, on MSP
 beq next
save:
 tst lr,#4
 beq dead
 mrs r0,psp
 ldr r1,=state
 ldr r1,[r1,#8]
 str r4,[r1,#16]
 str r5,[r1,#20]
 str r6,[r1,#24]
 str r7,[r1,#28]
 str r8,[r1,#32]
 str r9,[r1,#36]
 str r10,[r1,#40]
 str r11,[r1,#44]
 ldm r0!,{r4-r11}       @ r0-r3, r12, lr, pc, xpsr
 stm r1,{r4-r7}
 str r8,[r1,#48]
 tst r11,#0x200
 it ne
 addne r0,#4
 str r0,[r1,#52]
 str r9,[r1,#56]
 str r10,[r1,#60]
 bic r11,#0x200
 str r11,[r1,#64]
 vmrs r2,fpscr
 str r2,[r1,#68]
 add r2,r1,#72
 vstm r2,{s0-s31}
 ldr r4,=SCRATCH
 add r5,r1,#200
 bl copy64
 ldr r4,=0xE000ED28
 ldr r5,[r4]
 str r5,[r1,#264]
 str r5,[r4]
 mrs r5,ipsr
 str r5,[r1,#268]
 ldr r4,=state
 add r1,#320
 str r1,[r4,#8]
next:
 ldr r4,=state
 ldr r5,[r4]
 cmp r5,#0
 beq.w done
 sub r5,#1
 str r5,[r4]
 ldr r1,[r4,#4]
 add r2,r1,#320
 str r2,[r4,#4]
 ldr r4,=STACK-1024     @ what earlier vectors left around the stack and the scratch memory
 ldr r5,=SCRATCH-1024
 mov r6,#512
 mov r7,#0
1: str r7,[r4],#4
 str r7,[r5],#4
 subs r6,#1
 bne 1b
 add r4,r1,#200
 ldr r5,=SCRATCH
 bl copy64
 add r2,r1,#72
 vldm r2,{s0-s31}
 ldr r2,[r1,#68]
 vmsr fpscr,r2
 ldr r0,[r1,#52]
 sub r0,#32
 msr psp,r0
 ldm r1,{r4-r7}
 ldr r8,[r1,#48]
 ldr r9,[r1,#56]
 ldr r10,[r1,#60]
 ldr r11,[r1,#64]
 stm r0,{r4-r11}
 ldr r4,[r1,#16]
 ldr r5,[r1,#20]
 ldr r6,[r1,#24]
 ldr r7,[r1,#28]
 ldr r8,[r1,#32]
 ldr r9,[r1,#36]
 ldr r10,[r1,#40]
 ldr r11,[r1,#44]
 clrex
 mvn lr,#2              @ EXC_RETURN: thread, PSP, no FP frame
 bx lr
copy64:                 @ 64 bytes from r4 to r5
 ldm r4!,{r6-r11}
 stm r5!,{r6-r11}
 ldm r4!,{r6-r11}
 stm r5!,{r6-r11}
 ldm r4!,{r6-r9}
 stm r5!,{r6-r9}
 bx lr
dead:
 mov r0,#0x18
 ldr r1,=0x20023
 bkpt 0xab
done:
 ldr r1,=openargs
 mov r0,#1
 bkpt 0xab
 ldr r1,=wargs
 str r0,[r1]
 ldr r2,=OUT
 str r2,[r1,#4]
 ldr r3,=state
 ldr r3,[r3,#8]
 subs r3,r2
 str r3,[r1,#8]
 mov r0,#5
 bkpt 0xab
 mov r0,#0x18
 ldr r1,=0x20026
 bkpt 0xab
 b .
 .ltorg
 .data
 .align 2
name: .asciz "out.bin"
 .align 2
openargs: .word name,5,7
wargs: .word 0,0,0
state: .word 0,0,0
