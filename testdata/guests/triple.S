# A triple fault: the IDT has no entry for the breakpoint, none for the fault that this makes, and none for the double
# fault.
        .include "kernel32.inc"
        .code32
        .globl  breakpoint
_start: mov     $stack_top, %esp
        call    console_init
        say     "an IDT without entries, and INT3\n"
        lidt    no_idt
breakpoint:
        int3
        say     "still here\n"
        stop    1
        console
        .section .rodata
no_idt: .word   0
        .long   0
