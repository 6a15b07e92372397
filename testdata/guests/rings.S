# A self-checking test of protection in 32-bit protected mode: segments, privileged instructions, interrupt, trap,
# call and task gates, conforming code, task switches, virtual-8086 mode. Each case must end in exactly the fault that
# the SDM demands (vector, error code, saved EIP and ring), or finish and leave 1 in EAX. Printed on COM1: a line for
# each case, then "N passed, M failed". Exit status by isa-debug-exit: 0 if none failed. SDM volume 3A, chapters 3, 5,
# 6, 8 and 20. Bochs 2.7 (from a disk) passes all; QEMU 7.2 fails 18: it checks neither segment limits nor types nor
# alignment, takes a null LTR, has no F1, DR7.GD or T bit, no EXT in nested faults, and turns some #SS into #TS.
        .include "kernel32.inc"

        .set    CODE0, 0x08
        .set    DATA0, 0x10
        .set    CODE1, 0x18 | 1
        .set    DATA1, 0x20 | 1
        .set    CODE2, 0x28 | 2
        .set    DATA2, 0x30 | 2
        .set    CODE3, 0x38 | 3
        .set    DATA3, 0x40 | 3
        .set    CODE16, 0x48            # base 0x100000, 16-bit, 64 KiB
        .set    CONFORMING0, 0x50
        .set    CONFORMING3, 0x58
        .set    READ_ONLY, 0x60
        .set    EXPAND_DOWN, 0x68       # valid from 0x1000 on
        .set    ABSENT_DATA, 0x70
        .set    ABSENT_CODE, 0x78
        .set    EXECUTE_ONLY, 0x80
        .set    SMALL, 0x88             # the 4 KiB at `scratch`
        .set    LDT, 0x90
        .set    ABSENT_LDT, 0x98
        .set    MAIN_TASK, 0xa0
        .set    TASK, 0xa8              # entered by jumps
        .set    NESTED_TASK, 0xb0       # entered by calls and gates, left by IRET
        .set    TASK_16, 0xb8
        .set    TRAPPED_TASK, 0xc0      # its T bit is set
        .set    ABSENT_TASK, 0xc8
        .set    SHORT_TASK, 0xd0        # its limit is a byte too small
        .set    GATE, 0xd8              # call gate, DPL 3, two parameters
        .set    GATE_DPL0, 0xe0
        .set    ABSENT_GATE, 0xe8
        .set    GATE_16, 0xf0
        .set    GATE_CONFORMING, 0xf8
        .set    GATE_NULL, 0x100
        .set    GATE_DATA, 0x108
        .set    GATE_RING1, 0x110
        .set    TASK_GATE, 0x118
        .set    ABSENT_DATA1, 0x120
        .set    READ_ONLY1, 0x128
        .set    RESERVED, 0x130

        .set    DE, 0
        .set    DB, 1
        .set    BP, 3
        .set    OF, 4
        .set    BR, 5
        .set    UD, 6
        .set    NM, 7
        .set    DF, 8
        .set    TS, 10
        .set    NP, 11
        .set    SS, 12
        .set    GP, 13
        .set    AC, 17
        .set    NOTHING, 0xff           # no exception

        .set    V86, 0x83               # "rings" beside 0 to 3: virtual-8086 mode, and rings with an IOPL
        .set    RING3_IOPL3, 0x33
        .set    RING1_IOPL1, 0x11

# A case: its body follows, entered by a near call in that ring and left by RET. `faults` expects the fault to be saved
# with EIP at the label 7 in the body.
        .macro  faults name, ring, vector, error=0
        .pushsection .rodata
.Lname\@: .asciz "\name"
        .popsection
        .pushsection .tests, "a"
        .long   .Lname\@, .Lbody\@, \ring, \vector, \error, 7f
        .popsection
.Lbody\@:
        .endm
        .macro  works name, ring
        .pushsection .rodata
.Lname\@: .asciz "\name"
        .popsection
        .pushsection .tests, "a"
        .long   .Lname\@, .Lbody\@, \ring, NOTHING, 0, 0
        .popsection
.Lbody\@:
        .endm
        .macro  one_if condition        # EAX = 1 if the flags say so
        set\condition %al
        movzbl  %al, %eax
        .endm

        .code32
_start: mov     $stack_top, %esp
        call    console_init
        cld
        mov     $0xff, %al              # interrupts may be on: none comes
        out     %al, $0x21
        out     %al, $0xa1
        call    tables_init
        mov     %cr0, %eax
        or      $0x40000, %eax          # AM: let EFLAGS.AC have its say
        mov     %eax, %cr0
        mov     $tests, %ebp
next:   call    run
        add     $24, %ebp
        cmp     $tests_end, %ebp
        jne     next
        mov     passed, %eax
        call    put_dec
        say     " passed, "
        mov     failed, %eax
        call    put_dec
        say     " failed\n"
        cmpl    $0, failed
        jne     1f
        stop    0
1:      stop    1

# EBP = the case. Comes back with the machine as it was, whatever happened.
run:    mov     %esp, main_esp
        mov     %ebp, case
        movl    $NOTHING, vector
        mov     8(%ebp), %eax
        mov     4(%ebp), %edx
        test    %eax, %eax
        jz      ring0
        cmp     $V86, %eax
        je      v86
        mov     %eax, %ebx
        and     $3, %ebx
        shl     $8, %eax                # IOPL
        and     $0x3000, %eax
        or      $0x202, %eax
        mov     outer_ss(, %ebx, 4), %ecx
        push    %ecx
        mov     outer_esp(, %ebx, 4), %esi
        movl    $leave_ring, (%esi)
        push    %esi
        push    %eax
        push    outer_cs(, %ebx, 4)
        push    %edx
        mov     %ecx, %ds
        mov     %ecx, %es
        mov     %ecx, %fs
        mov     %ecx, %gs
        iret
v86:    push    $0
        push    $0
        push    $0
        push    $0
        push    $0xf000                 # SS:SP
        push    $0
        push    $0x20202                # VM, IF, IOPL 0
        push    $0xffff                 # CS: the image lies at the end of the first 1 MiB + 64 KiB
        sub     $0xffff0, %edx
        push    %edx
        iret
ring0:  call    *%edx
        jmp     finish

leave_ring:                             # where the body returns to in rings 1 to 3
        int     $0x30

        .macro  exception_stub number
stub_\number:
        .if     !((0x00027d00 >> \number) & 1)
        push    $0
        .endif
        push    $\number
        jmp     exception
        .endm
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
        exception_stub \number
        .endr
exception:
        mov     $DATA0, %eax
        mov     %eax, %ds
        pop     vector
        pop     error
        pop     saved_eip
        pop     saved_cs
        testb   $2, %ss:2(%esp)         # VM
        jz      finish
        addl    $0xffff0, saved_eip
        movl    $3, saved_cs

# EAX = what the body returned. The processor's state is made whole again before the verdict.
finish: mov     $DATA0, %ecx
        mov     %ecx, %ds
        mov     %ecx, %es
        mov     %ecx, %fs
        mov     %ecx, %gs
        mov     %ecx, %ss
        mov     main_esp, %esp
        mov     %eax, result
        push    $2
        popf
        clts
        xor     %eax, %eax
        mov     %eax, %dr7
        lldt    %ax
        andb    $~2, gdt + MAIN_TASK + 5        # not busy, so that LTR takes it
        andb    $~2, gdt + TASK + 5
        andb    $~2, gdt + NESTED_TASK + 5
        andb    $~2, gdt + TASK_16 + 5
        andb    $~2, gdt + TRAPPED_TASK + 5
        mov     $MAIN_TASK, %eax
        ltr     %ax
        mov     case, %ebp
        mov     12(%ebp), %eax
        cmp     vector, %eax
        jne     bad
        cmp     $NOTHING, %eax
        je      2f
        mov     16(%ebp), %eax
        cmp     error, %eax
        jne     bad
        mov     20(%ebp), %eax
        cmp     saved_eip, %eax
        jne     bad
        mov     saved_cs, %eax
        xor     8(%ebp), %eax
        test    $3, %al
        jnz     bad
        jmp     good
2:      cmpl    $1, result
        jne     bad
good:   incl    passed
        say     "ok   "
        mov     (%ebp), %esi
        call    puts
        say     "\n"
        ret
bad:    incl    failed
        say     "FAIL "
        mov     (%ebp), %esi
        call    puts
        say     ": vector "
        mov     vector, %eax
        mov     $2, %ecx
        call    put_hex
        say     " error "
        mov     error, %eax
        mov     $4, %ecx
        call    put_hex
        say     " eip "
        mov     saved_eip, %eax
        mov     $8, %ecx
        call    put_hex
        say     " result "
        mov     result, %eax
        mov     $8, %ecx
        call    put_hex
        say     "\n"
        ret
        console

        .include "rings_tables.inc"
        .text
        .include "rings_segments.inc"
        .include "rings_gates.inc"
        .include "rings_tasks.inc"
