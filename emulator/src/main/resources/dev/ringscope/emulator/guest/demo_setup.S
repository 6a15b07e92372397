# The demonstration guest's groundwork, included by demo.S: descriptors, gates, timer, serial port, printing, tables.

# --- setting up -----------------------------------------------------------------------------------------------------
descriptors_init:                       # a TSS descriptor and a gate scatter their addresses: SDM figures 8-4 and 5-8
        mov     $tss, %eax
        mov     %ax, gdt + TASK + 2
        shr     $16, %eax
        mov     %al, gdt + TASK + 4
        mov     %ah, gdt + TASK + 7
        mov     $gate_entry, %eax
        mov     %ax, gdt + (CALL_GATE & ~7)
        shr     $16, %eax
        mov     %ax, gdt + (CALL_GATE & ~7) + 6
        mov     $TASK, %eax
        ltr     %ax
        ret

interrupts_init:
        xor     %edi, %edi
        mov     $exception_stubs, %eax
1:      mov     $0x8e00, %edx           # interrupt gate, DPL 0
        call    set_gate
        add     $16, %eax
        inc     %edi
        cmp     $32, %edi
        jne     1b
        mov     $exception_stubs + 3 * 16, %eax
        mov     $0xee01, %edx           # DPL 3: INT3 is for everybody; stack IST1
        mov     $3, %edi
        call    set_gate
        mov     $exception_stubs + 8 * 16, %eax
        mov     $0x8e02, %edx           # a double fault has a stack of its own, IST2
        mov     $8, %edi
        call    set_gate
        mov     $tick_entry, %eax
        mov     $0x8e00, %edx
        mov     $0x20, %edi
        call    set_gate
        mov     $int80_entry, %eax
        mov     $0xee00, %edx
        mov     $0x80, %edi
        call    set_gate
        lidt    idt_pointer
        ret
set_gate:                               # vector edi, handler eax, type and IST edx
        mov     %edi, %ecx
        shl     $4, %ecx
        mov     %ax, idt(%rcx)
        movw    $CODE0, idt + 2(%rcx)
        mov     %dx, idt + 4(%rcx)
        mov     %eax, %edx
        shr     $16, %edx
        mov     %dx, idt + 6(%rcx)
        ret

syscall_init:
        mov     $0xc0000081, %ecx       # STAR: selectors of both directions
        xor     %eax, %eax
        mov     $SYSRET_BASE << 16 | CODE0, %edx
        wrmsr
        inc     %ecx                    # LSTAR: where SYSCALL goes
        mov     $syscall_entry, %eax
        xor     %edx, %edx
        wrmsr
        mov     $0xc0000084, %ecx       # SFMASK: flags that SYSCALL clears
        mov     $0x700, %eax            # DF, IF, TF
        wrmsr
        ret

timer_init:                             # the PICs' vectors moved to 0x20-0x2f, only IRQ 0 let through
        .macro  output value, port
        mov     $\value, %al
        out     %al, $\port
        .endm
        output  0x11, 0x20
        output  0x11, 0xa0
        output  0x20, 0x21
        output  0x28, 0xa1
        output  0x04, 0x21
        output  0x02, 0xa1
        output  0x01, 0x21
        output  0x01, 0xa1
        output  0xfe, 0x21
        output  0xff, 0xa1
        output  0x34, 0x43              # channel 0, both bytes, rate generator
        output  TICK_DIVISOR, 0x40
        output  0, 0x40
        ret

serial_init:                            # 115200 baud, 8N1, FIFOs on, no interrupts
        .macro  serial value, register
        mov     $COM1 + \register, %edx
        mov     $\value, %al
        out     %al, %dx
        .endm
        serial  0x00, 1
        serial  0x80, 3
        serial  0x01, 0
        serial  0x00, 1
        serial  0x03, 3
        serial  0x07, 2
        ret

# --- printing: clobbers rax, rdx, rsi -------------------------------------------------------------------------------
report_trap:                            # rbx = the frame that `exception` keeps; clobbers rcx too
        string  "ring 0:   vector "
        call    puts
        mov     VECTOR(%rbx), %rax
        mov     $2, %ecx
        call    put_hex
        string  " error code "
        call    puts
        mov     ERROR(%rbx), %rax
        mov     $4, %ecx
        call    put_hex
        cmpb    $14, VECTOR(%rbx)
        jne     1f
        string  " CR2 "
        call    puts
        mov     %cr2, %rax
        mov     $8, %ecx
        call    put_hex
1:      string  " from ring "
        call    puts
        mov     CS(%rbx), %rax
        and     $3, %eax
        mov     $1, %ecx
        call    put_hex
        string  " at "
        call    puts
        mov     RIP(%rbx), %rax
        mov     $8, %ecx
        call    put_hex
        string  ": "
        call    puts
        ret
puts:   lodsb
        test    %al, %al
        jz      1f
        call    putc
        jmp     puts
1:      ret
putc:   mov     $LINE_STATUS, %edx
        mov     %al, %ah
2:      in      %dx, %al
        test    $0x20, %al
        jz      2b
        mov     $COM1, %edx
        mov     %ah, %al
        out     %al, %dx
        ret
put_hex:                                # the lowest ecx digits of rax; clobbers rcx too
        mov     %rax, %rsi
        shl     $2, %ecx
3:      sub     $4, %ecx
        mov     %rsi, %rax
        shr     %cl, %rax
        and     $15, %eax
        mov     digits(%rax), %al
        call    putc
        test    %ecx, %ecx
        jnz     3b
        ret

# --- tables ---------------------------------------------------------------------------------------------------------
        .section .rodata
digits: .ascii  "0123456789abcdef"
services:
        .quad   puts, service_leave, service_grant_ports, service_remap, service_clear_ad, service_report_ad
task_stacks:
        .quad   task_a_stack_top, task_b_stack_top
preempted:
        .quad   1f, 2f
1:      .asciz  " interrupts task A\n"
2:      .asciz  " interrupts task B\n"

        .data
        .p2align 3
        .globl  gdt
gdt:    .quad   0                       # every accessed bit is set, so that loading a segment writes nothing
        .quad   0x00209b0000000000      # CODE0: 64-bit
        .quad   0x0000930000000000      # stack of ring 0
        .quad   0x00cffb000000ffff      # SYSRET_BASE: the 32-bit code that SYSRET could return to
        .quad   0x0000f30000000000      # DATA3
        .quad   0x0020fb0000000000      # CODE3
        .quad   0x0020bb0000000000      # CODE1
        .quad   0x0000b30000000000      # DATA1
        .quad   0x0020db0000000000      # CODE2
        .quad   0x0000d30000000000      # DATA2
        .quad   0x0000890000000000 | (tss_end - tss - 1), 0     # TASK: available 64-bit TSS
        .quad   0x0000ec0000000000 | CODE0 << 16, 0             # CALL_GATE: 64-bit, DPL 3
gdt_end:
gdt_pointer:
        .word   gdt_end - gdt - 1
        .quad   gdt
idt_pointer:
        .word   0x81 * 16 - 1
        .quad   idt
        .p2align 3
        .long   0                       # so that tss_rsp0 is aligned
tss:    .long   0
tss_rsp0:
        .quad   trap_stack_top, 0, 0    # RSP0-RSP2: nothing ever enters ring 1 or 2 from outside
        .quad   0, ist1_top, ist2_top, 0, 0, 0, 0, 0
        .quad   0
        .word   0, io_bitmap - tss
io_bitmap:
        .fill   COM1 / 8 + 1, 1, 0xff   # ports 0 to 0x3ff; all above are refused by the limit
        .byte   0xff
tss_end:

        .macro  table name              # a page of page-table entries
        .p2align 12
        .globl  \name
\name:
        .endm
        table   pml4
        .quad   pdpt + (P | RW | US | A)
        table   pdpt
        .quad   pd + (P | RW | US | A)
        table   pd
        .quad   P | RW | A | D | LARGE, 0, pt + (P | RW | US | A)
        table   pt
        .quad   user_frame + (P | US | A), user_frame + 0x1000 + (P | US | A)
        .quad   frame_data + (P | RW | US | A | D | NX)
        .quad   frame_stack + (P | RW | US | A | D | NX)
        .globl  pte_demand, pte_readonly, pte_window, pte_tracked
pte_demand:
        .quad   0
pte_readonly:
        .quad   frame_readonly + (P | US | A | NX)
pte_window:
        .quad   frame_one + (P | US | A | NX)
pte_tracked:
        .quad   frame_tracked + (P | RW | US | A | D | NX)
        .p2align 12
frame_one:
        .quad   first_text

        .macro  buffer name, size
\name:  .skip   \size
        .endm
        .macro  stack name
        .skip   0x400
\name:
        .endm
        .bss
        .p2align 12
        .globl  frame_two
        buffer  frame_two, 0x1000
        buffer  frame_data, 0x1000
        buffer  frame_stack, 0x1000
        buffer  frame_demand, 0x1000
        buffer  frame_readonly, 0x1000
        buffer  frame_tracked, 0x1000
        buffer  idt, 0x810
        stack   main_stack_top
        stack   trap_stack_top
        stack   ring1_stack_top
        stack   ring2_stack_top
        stack   ist1_top
        stack   ist2_top
        stack   task_a_stack_top
        stack   task_b_stack_top
        buffer  main_rsp, 8
        buffer  user_rsp, 8
        buffer  task_rsp, 16
        buffer  task, 4                 # 0: A runs, 1: B runs
        buffer  ticks, 4
