# A triple fault in long mode; the image's name (shutdown_CASE, see `build`) says what is wrong.
        .include "long64.inc"

long_mode:
        .ifdef  empty_idt
        lidt    no_idt
        ud2
        .endif

        .ifdef  unmapped_idt
        lidt    moved_idt
        movq    $0, pt + 8 * 6
        invlpg  0x206000
        ud2
        .endif

        .ifdef  absent_gate
        movb    $0x0e, idt + 16 * 6 + 5
        movb    $0x0e, idt + 16 * 11 + 5
        movb    $0x0e, idt + 16 * 8 + 5
        ud2
        .endif

        .ifdef  bad_cs
        movw    $DATA0, idt + 16 * 6 + 2
        movw    $DATA0, idt + 16 * 13 + 2
        movw    $DATA0, idt + 16 * 8 + 2
        ud2
        .endif

        .ifdef  outer_cs                # DPL 3 from ring 0
        movw    $CODE3, idt + 16 * 6 + 2
        movw    $CODE3, idt + 16 * 13 + 2
        movw    $CODE3, idt + 16 * 8 + 2
        ud2
        .endif

        .ifdef  bad_ist
        mov     $NON_CANONICAL, %rax
        mov     %rax, tss + 36
        movb    $1, idt + 16 * 6 + 4
        movb    $1, idt + 16 * 12 + 4
        movb    $1, idt + 16 * 8 + 4
        ud2
        .endif

        .ifdef  bad_rsp0
        movq    $0x400000, tss + 4
        to_ring3 undefined
        .endif

        .ifdef  gate_dpl                # INT 0x80 from ring 3 through a gate of ring 0
        movb    $0x0e, idt + 16 * 13 + 5
        movb    $0x0e, idt + 16 * 8 + 5
        to_ring3 calls
        .endif

handler:
        hlt
        jmp     handler

        .data
undefined:
        ud2
calls:  int     $0x80
        .skip   0x1000
no_idt: .word   0
        .quad   0
moved_idt:
        .word   0xfff
        .quad   0x206000
