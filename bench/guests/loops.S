# The start of the loops kernel (loops.c): from a multiboot 1 loader to long mode, with the first GiB mapped to itself in
# pages of 2 MiB, an IDT for page faults and INT 0x80, SYSCALL, and a ring 3 to go to. Nobody interrupts it.
        .set    CODE0, 0x08
        .set    DATA0, 0x10
        .set    TASK, 0x30
        .set    USER_BASE, 0x18         # SYSRET: SS = this + 8, CS = this + 16

        .section .multiboot, "a"
        .long   0x1badb002, 2, -0x1badb002 - 2

        .data
        .p2align 12
        .globl  pml4
pml4:   .quad   pdpt + 7
        .p2align 12
pdpt:   .quad   pd + 7
        .p2align 12
        .globl  pd
pd:     .set    at, 0
        .rept   512
        .quad   at + 0x87
        .set    at, at + 0x200000
        .endr
gdt:    .quad   0, 0x00209b0000000000, 0x00cf93000000ffff, 0
        .quad   0x00cff3000000ffff, 0x0020fb0000000000 # 0x20, 0x28: data and code of ring 3
        .quad   0x0000890000000067, 0   # TASK
gdt_end:
gdt_pointer:
        .word   gdt_end - gdt - 1
        .quad   gdt
        .p2align 4
tss:    .long   0
        .quad   kernel_stack_top
        .org    tss + 0x66
        .word   0x68
idt_pointer:
        .word   0xfff
        .quad   idt
        .bss
        .p2align 12
idt:    .skip   0x1000
        .skip   0x4000
stack_top:
        .skip   0x4000
kernel_stack_top:
        .globl  user_stack_top
        .skip   0x4000
user_stack_top:
kernel_rsp: .skip 8
user_rsp:   .skip 8

        .macro  gate vector, handler, attributes
        mov     $\handler, %eax
        mov     %ax, idt + 16 * \vector
        movw    $CODE0, idt + 16 * \vector + 2
        movw    $\attributes, idt + 16 * \vector + 4
        shr     $16, %eax
        mov     %ax, idt + 16 * \vector + 6
        .endm

        .macro  msr number, low, high
        mov     $\number, %ecx
        mov     $\low, %eax
        mov     $\high, %edx
        wrmsr
        .endm

        .text
        .code32
        .globl  _start
_start: mov     $stack_top, %esp
        mov     %ebx, %esi              # the multiboot information
        cld
        mov     $0x620, %eax            # PAE, OSFXSR, OSXMMEXCPT
        mov     %eax, %cr4
        mov     $pml4, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx
        rdmsr
        or      $0x101, %eax            # LME, SCE
        wrmsr
        mov     %cr0, %eax
        and     $~4, %eax               # no emulation: SSE is there
        or      $0x80010022, %eax       # PG, WP, NE, MP
        mov     %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $CODE0, $1f
        .code64
1:      mov     $DATA0, %eax
        mov     %eax, %ss
        mov     %eax, %ds
        mov     %eax, %es
        mov     $tss, %eax
        mov     %ax, gdt + TASK + 2
        shr     $16, %eax
        mov     %al, gdt + TASK + 4
        mov     $TASK, %eax
        ltr     %ax
        gate    14, page_fault, 0x8e00
        gate    0x80, int80, 0xee00
        lidt    idt_pointer
        msr     0xc0000081, 0, (USER_BASE << 16 | CODE0)
        msr     0xc0000082, system_call, 0
        msr     0xc0000084, 0x200, 0
        mov     %esi, %edi
        call    loops
        .globl  stop
stop:   mov     $0, %al
        out     %al, $0xf4
        cli
        hlt
        jmp     stop

# long ring3(long (*function)(long), long argument): runs it in ring 3; it comes back by system call 1.
        .globl  ring3
ring3:  push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        mov     %rsp, kernel_rsp
        mov     %rdi, %rbx
        mov     %rsi, %rdi
        mov     $outside, %ecx
        mov     $2, %r11d
        mov     $user_stack_top, %esp
        sysretq
outside:
        call    *%rbx
        mov     %rax, %rdi
        mov     $1, %eax
        syscall

# System call 0 gives its argument + 1; 1 leaves ring 3.
system_call:
        cmp     $1, %eax
        je      1f
        mov     %rsp, user_rsp
        mov     $kernel_stack_top, %esp
        push    %rcx
        push    %r11
        lea     1(%rdi), %rax
        pop     %r11
        pop     %rcx
        mov     user_rsp, %rsp
        sysretq
1:      mov     kernel_rsp, %rsp
        mov     %rdi, %rax
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret

int80:  lea     1(%rdi), %rax
        iretq

# Maps the page that was touched, by fault(address).
page_fault:
        push    %rax
        push    %rcx
        push    %rdx
        push    %rsi
        push    %rdi
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        mov     %cr2, %rdi
        call    fault
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rdi
        pop     %rsi
        pop     %rdx
        pop     %rcx
        pop     %rax
        add     $8, %rsp
        iretq
        .section .note.GNU-stack, "", @progbits
