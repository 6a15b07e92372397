# One fault of each kind that a debugger is asked to explain, in the order of WhyTableTest. Each begins with `next`,
# which says where the handler goes on.
        .include "long64.inc"

        .macro  next
        mov     $9f, %r15d
        .endm
        .macro  ring3 label
        next
        to_ring3 \label
9:
        .endm

long_mode:
        mov     %cr4, %rax
        or      $0x300000, %eax         # SMEP, SMAP
        mov     %rax, %cr4
        movq    $0, pt + 8              # 0x201000 goes
        invlpg  0x201000

        next                            # exceptions of computation
        mov     $7, %eax
        xor     %edx, %edx
        xor     %ecx, %ecx
        div     %ecx
9:      next
        int3
9:      next
        ud2
9:      next
        .byte   0xf0, 0x90              # lock nop
9:      next
        mov     %cr0, %rax
        or      $8, %al                 # TS
        mov     %rax, %cr0
        fninit
9:      clts
        next
        movl    $0x1d80, -8(%rsp)       # unmask division by zero
        ldmxcsr -8(%rsp)
        xorps   %xmm1, %xmm1
        mov     $1, %eax
        cvtsi2ss %eax, %xmm0
        divss   %xmm1, %xmm0
9:      next
        fninit
        movw    $0x37b, -8(%rsp)
        fldcw   -8(%rsp)
        fld1
        fldz
        fdivrp
        fwait
9:      fninit
        next                            # debug exceptions
        pushf
        orl     $0x100, (%rsp)
        popf
        nop
9:      next
        mov     $plain, %eax
        mov     %rax, %db0
        mov     $0xd0001, %eax          # writes of 4 bytes
        mov     %rax, %db7
        movl    $1, plain
        nop
9:      xor     %eax, %eax
        mov     %rax, %db7

        next                            # page faults
        mov     0x201000, %al
9:      next
        mov     0x400000, %al
9:      next
        mov     0x40000000, %al
9:      next
        mov     $0x8000000000, %rax
        mov     (%rax), %al
9:      next
        movb    $0, 0x200000
9:      next
        mov     0x203000, %al
9:      next
        mov     $USER, %eax
        jmp     *%rax
9:      next
        mov     0x202000, %al
9:      ring3   reads_supervisor
        ring3   writes_read_only
        ring3   runs_data

        ring3   halts                   # general protection
        ring3   clears_if
        ring3   outs
        ring3   calls_gate
        ring3   loads_ring0_data
        ring3   reads_misaligned
        next
        mov     $NON_CANONICAL, %rax
        mov     (%rax), %al
9:      next
        mov     $NON_CANONICAL, %rbp
        mov     (%rbp), %al
9:      next
        mov     $0x12345, %ecx
        rdmsr
9:      next
        mov     $0xc0000080, %ecx
        mov     $0x902, %eax
        xor     %edx, %edx
        wrmsr
9:      next
        mov     %cr4, %rax
        or      $0x80000000, %eax
        mov     %rax, %cr4
9:      next
        mov     $0x80000010, %eax       # PG without PE
        mov     %rax, %cr0
9:      next
        movaps  plain + 1, %xmm0
9:      next
        push    $0
        push    $9f
        lretq
9:      next
        push    $DATA0
        push    $9f
        lretq
9:      next                            # descriptors
        mov     $0x1000, %eax
        mov     %eax, %ds
9:      next
        mov     $TASK, %eax
        mov     %eax, %ds
9:      next
        mov     $ABSENT, %eax
        mov     %eax, %ds
9:      next
        mov     $ABSENT, %eax
        mov     %eax, %ss
9:      next
        movb    $2, idt + 16 * 6 + 4    # IST2 is beyond the limit of the small TSS
        mov     $SMALL_TASK, %eax
        ltr     %ax
        ud2
9:      next                            # #UD, #NP, #NP: a double fault that is delivered
        movb    $0x0e, idt + 16 * 6 + 5
        movb    $0x0e, idt + 16 * 11 + 5
        ud2
9:      next                            # segments, in compatibility mode
        mov     $SHORT, %eax
        mov     %eax, %fs
        push    $CODE32
        push    $beyond
        lretq
9:      next
        xor     %eax, %eax
        mov     %eax, %gs
        push    $CODE32
        push    $null
        lretq
9:      next
        mov     $READ_ONLY, %eax
        mov     %eax, %fs
        push    $CODE32
        push    $read_only
        lretq
9:      stop    0

handler:
        mov     $stack_top, %esp
        xor     %eax, %eax
        mov     %eax, %ss
        jmp     *%r15

        .code32
beyond: mov     %fs:0x2000, %al
null:   mov     %gs:0x10, %al
read_only:
        movb    $0, %fs:0x20

        .data
        .code64
reads_supervisor:
        mov     0x205000, %al
writes_read_only:
        movb    $0, 0x200000
runs_data:
        mov     $0x202000, %eax
        jmp     *%rax
halts:  hlt
clears_if:
        cli
outs:   mov     $0x3f8, %dx
        out     %al, %dx
calls_gate:
        int     $0x80
loads_ring0_data:
        mov     $DATA0, %eax
        mov     %eax, %ds
reads_misaligned:
        pushf
        orl     $0x40000, (%rsp)        # AC
        popf
        mov     -7(%rsp), %eax
        .skip   0x1000
