# A self-checking test of protection in long mode: gates, IST, SYSCALL, SYSENTER, IRETQ, canonical addresses,
# compatibility mode, and what 64-bit code may not do. The form is that of rings.S: each case must end in exactly the
# fault that the SDM demands (vector, error code, saved RIP and ring), or leave 1 in RAX. SDM volume 3A, chapters 3,
# 5, 6 and 8; volume 2. Bochs 2.7 (from a disk) passes all. QEMU 7.2 fails 15 and resets in the case that clears
# EFER.LME: it takes 16 instead of 8 times the vector into error codes, reports non-canonical targets one instruction
# late, and has no SYSENTER for long mode on its default processor, as AMD's have none.
        .include "kernel32.inc"

        .set    CODE0, 0x08             # selectors; from 0x18 in the order of SYSRET, from 0x08 in that of SYSEXIT:
        .set    STACK0, 0x10            # CS, +8 SS, +32 64-bit CS of ring 3, +40 its SS
        .set    USER32, 0x18 | 3
        .set    DATA3, 0x20 | 3
        .set    CODE3, 0x28 | 3
        .set    SYSEXIT_SS, 0x30 | 3
        .set    CODE32, 0x38
        .set    TASK, 0x40
        .set    SMALL, 0x50
        .set    CONFORMING0, 0x58
        .set    GATE, 0x60              # call gates, 16 bytes each
        .set    GATE_32_CODE, 0x70
        .set    GATE_BAD_UPPER, 0x80
        .set    GATE_FAR_AWAY, 0x90
        .set    GATE_16, 0xa0           # the type of a 16-bit call gate: reserved in long mode
        .set    GATE_DPL0, 0xb0
        .set    CODE_L_AND_D, 0xc0

        .set    DB, 1
        .set    UD, 6
        .set    DF, 8
        .set    NP, 11
        .set    SS, 12
        .set    GP, 13
        .set    NOTHING, 0xff
        .set    NON_CANONICAL, 0x0000800000000000
        .set    ABSENT, 0x400000        # not mapped
        .set    EFER, 0xc0000080

        .macro  faults name, ring, vector, error=0
        .pushsection .rodata
.Lname\@: .asciz "\name"
        .popsection
        .pushsection .tests, "a"
        .quad   .Lname\@, .Lbody\@, \ring, \vector, \error, 7f
        .popsection
.Lbody\@:
        .endm
        .macro  works name, ring
        .pushsection .rodata
.Lname\@: .asciz "\name"
        .popsection
        .pushsection .tests, "a"
        .quad   .Lname\@, .Lbody\@, \ring, NOTHING, 0, 0
        .popsection
.Lbody\@:
        .endm
        .macro  one_if condition
        set\condition %al
        movzbl  %al, %eax
        .endm
        .macro  tell text
        string  "\text"
        call    puts64
        .endm
        .macro  wrmsr64 register, value
        mov     $\register, %ecx
        mov     $\value, %rax
        mov     %rax, %rdx
        shr     $32, %rdx
        wrmsr
        .endm

        .code32
_start: mov     $stack_top, %esp
        cld
        mov     $0xff, %al
        out     %al, $0x21
        out     %al, $0xa1
        mov     $0x620, %eax            # PAE, OSFXSR, OSXMMEXCPT
        mov     %eax, %cr4
        mov     $pml4, %eax
        mov     %eax, %cr3
        mov     $EFER, %ecx
        rdmsr
        or      $0x101, %eax            # LME, SCE
        wrmsr
        mov     %cr0, %eax
        or      $0x80010000, %eax
        mov     %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $CODE0, $long_mode

        .code64
long_mode:
        call    console_init64
        call    tables_init
        mov     $tests, %ebp
1:      call    run
        add     $48, %ebp
        cmp     $tests_end, %ebp
        jne     1b
        mov     passed, %eax
        call    put_dec64
        tell    " passed, "
        mov     failed, %eax
        call    put_dec64
        tell    " failed\n"
        cmpl    $0, failed
        jne     2f
        stop    0
2:      stop    1

run:    mov     %rsp, main_rsp          # RBP = the case
        mov     %rbp, case
        movq    $NOTHING, vector
        cmpl    $0, 16(%rbp)
        jne     1f
        call    *8(%rbp)
        jmp     finish
1:      movq    $leave_ring, ring3_stack_top - 8
        push    $DATA3
        push    $ring3_stack_top - 8
        push    $0x202
        push    $CODE3
        push    8(%rbp)
        iretq
leave_ring:
        int     $0x30

        .p2align 4
stubs:  .set    number, 0
        .rept   32
        .if     !((0x60227d00 >> number) & 1)
        push    $0
        .endif
        push    $number
        jmp     exception
        .p2align 4
        .set    number, number + 1
        .endr
exception:
        pop     vector
        pop     error
        pop     saved_rip
        pop     saved_cs

finish: mov     main_rsp, %rsp
        mov     %rax, result
        push    $2
        popf
        xor     %eax, %eax
        mov     %eax, %ss
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %fs
        mov     %eax, %gs
        mov     %rax, %cr8
        wrmsr64 EFER, 0x501
        wrmsr64 0xc0000101, 0x1111      # GS_BASE, KERNEL_GS_BASE
        wrmsr64 0xc0000102, 0x2222
        mov     case, %rbp
        mov     24(%rbp), %rax
        cmp     vector, %rax
        jne     bad
        cmp     $NOTHING, %rax
        je      2f
        mov     32(%rbp), %rax
        cmp     error, %rax
        jne     bad
        mov     40(%rbp), %rax
        cmp     saved_rip, %rax
        jne     bad
        mov     saved_cs, %rax
        xor     16(%rbp), %rax
        test    $3, %al
        jnz     bad
        jmp     good
2:      cmpq    $1, result
        jne     bad
good:   incl    passed
        tell    "ok   "
        mov     (%rbp), %esi
        call    puts64
        tell    "\n"
        ret
bad:    incl    failed
        tell    "FAIL "
        mov     (%rbp), %esi
        call    puts64
        .irp    name, vector, error, saved_rip, result
        tell    " \name "
        mov     \name, %eax
        mov     $8, %ecx
        call    put_hex64
        .endr
        tell    "\n"
        ret
        console 64
        .include "rings64_cases.inc"
        .include "rings64_tables.inc"
