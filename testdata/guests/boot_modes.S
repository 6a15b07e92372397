# A boot disk that visits every mode of the processor and tells of each on COM1: real mode, 16-bit and 32-bit
# protected mode, virtual-8086 mode, compatibility mode, 64-bit mode, and all the way back. SDM volume 3A, 10.9, 20
# and 4.1.
        .include "console.inc"
        .set    CODE16, 0x08
        .set    CODE32, 0x10
        .set    DATA, 0x18
        .set    CODE64, 0x20
        .set    TASK, 0x28
        .set    PML4, 0x20000           # tables and stacks lie in memory that neither BIOS nor image uses
        .set    PDPT, 0x21000
        .set    PD, 0x22000
        .set    STACK, 0x7c00
        .set    TRAP_STACK, 0x18000
        .set    V86_SEGMENT, 0x1000

        .macro  say text suffix=
        .pushsection .rodata
.Ltext\@: .asciz "\text\n"
        .popsection
        mov     $.Ltext\@, %esi
        call    puts\suffix
        .endm

        .code16
        .globl  _start, boot16, protected16, protected32, v86, compatibility, long_mode, back32, back16, real_again
_start: ljmp    $0, $1f
1:      xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $STACK, %sp
        cld
        mov     $0x02, %ah
        mov     $sectors, %al           # all behind this one, to the memory behind this one
        mov     $0x0002, %cx
        mov     $0, %dh
        mov     $0x7e00, %bx
        int     $0x13
        jc      stop
        jmp     boot16
stop:   cli
        hlt
        jmp     stop
        .org    510
        .word   0xaa55

        console 16
boot16: call    console_init16
        say     "real mode", 16
        cli
        lgdt    gdt_pointer
        mov     %cr0, %eax
        or      $1, %al
        mov     %eax, %cr0
        ljmp    $CODE16, $protected16
protected16:
        mov     $DATA, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        say     "16-bit protected mode", 16
        ljmpl   $CODE32, $protected32

        .code32
        console 32
protected32:
        say     "32-bit protected mode", 32
        lidt    idt_pointer
        mov     $TASK, %eax
        ltr     %ax
        push    $0                      # GS, FS, DS, ES
        push    $0
        push    $0
        push    $0
        push    $V86_SEGMENT            # SS
        push    $0xfffe                 # ESP
        push    $0x23002                # EFLAGS: VM, IOPL 3 so that INT is not refused
        push    $0                      # CS: the image lies in the first 64 KiB
        push    $v86
        iret
        .code16
v86:    say     "virtual-8086 mode", 16 # ports: by the I/O bitmap, whatever IOPL is
        mov     %cs, %bx
        int     $0x40
        .code32
from_v86:                               # the processor has pushed and cleared the data segments, and switched stacks
        mov     $DATA, %eax
        mov     %eax, %ds
        mov     %eax, %es
        testb   $2, 10(%esp)            # EFLAGS.VM as it was
        jz      stop32
        mov     $STACK, %esp
        say     "32-bit protected mode, by INT from virtual-8086 mode", 32

        mov     $PML4, %edi
        xor     %eax, %eax
        mov     $3 * 1024, %ecx
        rep stosl
        movl    $PDPT + 3, PML4
        movl    $PD + 3, PDPT
        movl    $0x83, PD               # the first 2 MiB
        mov     $0x20, %eax             # CR4.PAE
        mov     %eax, %cr4
        mov     $PML4, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx       # EFER.LME
        rdmsr
        or      $0x100, %eax
        wrmsr
        mov     %cr0, %eax
        bts     $31, %eax
        mov     %eax, %cr0
compatibility:
        say     "compatibility mode", 32
        ljmp    $CODE64, $long_mode
        .code64
        console 64
long_mode:
        say     "64-bit mode", 64
        mov     $0x123456789abcdef0, %rax       # lost on the way back: only 64-bit code sees the upper half
        lea     1f(%rip), %rcx
        push    $CODE32
        push    %rcx
        lretq
        .code32
1:      say     "compatibility mode, by a far return", 32
        mov     %cr0, %eax              # out of long mode: first paging, then EFER.LME
        btr     $31, %eax
        mov     %eax, %cr0
        mov     $0xc0000080, %ecx
        rdmsr
        and     $~0x100, %eax
        wrmsr
back32: say     "32-bit protected mode, paging off", 32
        ljmp    $CODE16, $back16
        .code16
back16: say     "16-bit protected mode", 16
        mov     $DATA, %ax              # DATA's limit is 4 GiB, and it stays so in real mode: "unreal"
        mov     %ax, %fs
        mov     %cr0, %eax
        and     $~1, %al
        mov     %eax, %cr0
        ljmp    $0, $real_again
real_again:
        xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        lidt    real_idt_pointer
        say     "real mode", 16
        mov     $0x100000, %ebx
        movl    $0x600df00d, %fs:(%ebx) # above 1 MiB, through the limit that survived
        cmpl    $0x600df00d, %fs:(%ebx)
        jne     stop
        say     "real mode, with a segment of 4 GiB", 16
        sti
        mov     $text, %si              # the BIOS still works
1:      lodsb
        test    %al, %al
        jz      2f
        mov     $0x0e, %ah
        mov     $0x0007, %bx
        int     $0x10
        jmp     1b
2:      mov     $0, %al
        out     %al, $0xf4
        jmp     stop
        .code32
stop32: say     "EFLAGS.VM was lost", 32
1:      cli
        hlt
        jmp     1b

        .p2align 3
gdt:    .quad   0
        .quad   0x00009b000000ffff      # CODE16
        .quad   0x00cf9b000000ffff      # CODE32
        .quad   0x00cf93000000ffff      # DATA
        .quad   0x00209b0000000000      # CODE64
        .word   tss_end - tss - 1, tss, 0x8900, 0       # TASK
gdt_end:
gdt_pointer:
        .word   gdt_end - gdt - 1
        .long   gdt
        .p2align 3
idt:    .fill   0x40, 8, 0
        .word   from_v86, CODE32, 0xee00, 0             # interrupt gate, DPL 3
idt_end:
idt_pointer:
        .word   idt_end - idt - 1
        .long   idt
real_idt_pointer:
        .word   0x3ff
        .long   0
        .p2align 2
tss:    .long   0, TRAP_STACK, DATA
        .fill   22, 4, 0
        .word   0, io_bitmap - tss
io_bitmap:
        .fill   0x400 / 8, 1, 0
        .byte   0xff
tss_end:
text:   .asciz  "Every mode, and back in the BIOS\r\n"
