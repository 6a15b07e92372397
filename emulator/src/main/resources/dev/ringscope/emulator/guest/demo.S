# The demonstration guest: what separates a kernel from its user, one step at a time, told on COM1.
#
# A multiboot 1 image: the loader enters _start in 32-bit protected mode, flat, ring 0, paging off. It switches to
# long mode, walks rings 1, 2 and 3 through all that the processor refuses, grants or redirects, and powers off.
# The rules: Intel SDM volume 3A, chapters 3 (descriptors), 4 (paging), 5 (protection), 6 (interrupts), 8 (TSS).
#
# demo.events, beside this file, lists every ring change, trap and page-table update that it makes, in order. To keep
# that list free of noise, every accessed and dirty bit that is not itself a step of the demonstration is set from the
# start, and every instruction that changes ring, traps or writes a page table carries a global label.
#
#   linear address                    what                                        page-table rights
#   0x000000-0x1fffff                 kernel, image and stacks: one 2 MiB page     supervisor, writable
#   0x400000 user_text (2 pages)      ring 3 code and its strings                  user, read-only, executable
#   0x402000 user_data                counters of the two tasks                    user, writable, no-execute
#   0x403000 user_stack               one stack for each task                      user, writable, no-execute
#   0x404000 user_demand              nothing, until ring 3 reads it               not present at first
#   0x405000 user_readonly            a page that becomes writable when asked      user, read-only, no-execute
#   0x406000 user_window              frame_one, later frame_two                   user, read-only, no-execute
#   0x407000 user_tracked             a page whose A and D bits are watched        user, writable, no-execute

        .set    COM1, 0x3f8
        .set    LINE_STATUS, COM1 + 5
        .set    CODE0, 0x08             # selectors; SYSRET wants ring 3 in the order base, stack, 64-bit code
        .set    SYSRET_BASE, 0x18 | 3
        .set    DATA3, 0x20 | 3
        .set    CODE3, 0x28 | 3
        .set    CODE1, 0x30 | 1
        .set    DATA1, 0x38 | 1
        .set    CODE2, 0x40 | 2
        .set    DATA2, 0x48 | 2
        .set    TASK, 0x50
        .set    CALL_GATE, 0x60 | 3

        .set    P, 1                    # page-table entry bits
        .set    RW, 2
        .set    US, 4
        .set    A, 0x20
        .set    D, 0x40
        .set    LARGE, 0x80
        .set    NX, 1 << 63

        .macro  at address, name        # an address that only ring 3's page table gives a meaning
        .globl  \name
        .set    \name, \address
        .endm
        at      0x402000, nx_target
        at      0x402000, count_a
        at      0x402008, count_b
        at      0x403800, user_stack_a_top
        at      0x404000, user_stack_b_top
        at      0x404000, user_demand
        at      0x405000, user_readonly
        at      0x406000, user_window
        at      0x407000, user_tracked

        .set    SAY, 0                  # services of the kernel, in eax; rsi is the argument
        .set    LEAVE, 1
        .set    GRANT_PORTS, 2
        .set    REMAP, 3
        .set    CLEAR_AD, 4
        .set    REPORT_AD, 5
        .set    SERVICES, 6

        .set    TICKS, 8                # timer interrupts that the two tasks share
        .set    TICK_DIVISOR, 60        # of 1.193182 MHz: a tick each 50.3 us

        .macro  string text             # rsi = address of the text, which lies in the section of its speaker
        .if     SPEAKER == 3
        .pushsection .user.strings, "a"
        .else
        .pushsection .rodata
        .endif
.Ltext\@: .asciz "\text"
        .popsection
        mov     $.Ltext\@, %esi
        .endm

        .macro  say text                # ring 0 speaks
        string  "ring 0: \text\n"
        call    puts
        .endm

        .macro  ask label, service      # any ring asks ring 0 through the interrupt gate
        mov     $\service, %eax
        .globl  \label
\label: int     $0x80
        .endm

        .macro  asks label, service     # ring 3 asks through SYSCALL, which SYSRET can only answer towards ring 3
        mov     $\service, %eax
        .globl  \label
\label: syscall
        .endm

        .macro  expect at, resume, repair, text     # a row of the table of faults that are part of the plan
        .pushsection .rodata
.Ltext\@: .asciz "\text\n"
        .popsection
        .pushsection .expected, "a"
        .quad   \at, \resume, \repair, .Ltext\@     # resume 0: retry. repair 0: nothing to do first
        .popsection
        .globl  \at
        .endm

        .section .multiboot, "a"
        .long   0x1badb002, 0, -0x1badb002

# --- 32-bit protected mode ------------------------------------------------------------------------------------------
        .text
        .code32
        .globl  _start
_start: cli
        cld
        lgdt    gdt_pointer
        mov     $0x20, %eax             # CR4.PAE
        mov     %eax, %cr4
        mov     $pml4, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx       # EFER
        rdmsr
        or      $0x901, %eax            # NXE, LME, SCE
        wrmsr
        mov     %cr0, %eax
        or      $0x80010000, %eax       # PG, and WP so that read-only binds ring 0 too
        .globl  paging_on
paging_on:
        mov     %eax, %cr0
        ljmp    $CODE0, $long_mode

# --- long mode, ring 0 ----------------------------------------------------------------------------------------------
        .code64
        .set    SPEAKER, 0
        .globl  long_mode
long_mode:
        xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %fs
        mov     %eax, %gs
        mov     %eax, %ss
        mov     $main_stack_top, %esp
        call    serial_init
        say     "Ringscope's demonstration guest: what separates a kernel from its user."
        say     "long mode with four levels of page tables; this is ring 0."
        call    descriptors_init
        call    interrupts_init
        call    syscall_init
        say     "GDT, IDT, TSS and the SYSCALL registers are set up."

        mov     $CODE1, %edi
        mov     $DATA1, %ecx
        mov     $ring1_main, %esi
        mov     $ring1_stack_top, %edx
        call    enter_ring
        say     "back from ring 1."
        mov     $CODE2, %edi
        mov     $DATA2, %ecx
        mov     $ring2_main, %esi
        mov     $ring2_stack_top, %edx
        call    enter_ring
        say     "back from ring 2; now ring 3, where users live."
        mov     $CODE3, %edi
        mov     $DATA3, %ecx
        mov     $user_main, %esi
        mov     $user_stack_a_top, %edx
        call    enter_ring
        say     "back from ring 3. CR0.WP binds ring 0 too: a write to ring 3's read-only code."
        expect  kernel_write, kernel_write_end, 0, "#PF: present (P), write (W), by a supervisor. Skipped."
kernel_write:
        movb    $0, user_main
kernel_write_end:
        call    run_tasks
        say     "a last tick, met by HLT in ring 0: a trap, but no ring change."
        sti
        .globl  kernel_hlt
kernel_hlt:
        hlt
        cli
        mov     $0xff, %al              # no more interrupts
        out     %al, $0x21
        say     "that was all. Power off."
power_off:
        mov     $0x604, %edx            # PM1a control of QEMU's ACPI: S5
        mov     $0x2000, %eax
        out     %ax, %dx
halt:   cli                             # a machine without it stays here, asleep for good
        hlt
        jmp     halt

        .globl  enter_iret, main_rsp
enter_ring:                             # edi = CS, ecx = SS, rsi = RIP, rdx = RSP. Returns when that ring asks to LEAVE
        mov     %rsp, main_rsp
        push    %rcx
        push    %rdx
        push    $2                      # RFLAGS: IF = 0, IOPL = 0
        push    %rdi
        push    %rsi
enter_iret:
        iretq

# --- rings 1 and 2: supervisors to the page tables, but not to the instruction set ----------------------------------
        .set    SPEAKER, 1
ring1_main:
        string  "ring 1: int 0x80 brought this text; I try HLT.\n"
        ask     ring1_say, SAY
        expect  ring1_hlt, ring1_hlt_end, 0, "#GP: HLT is for CPL 0 only. Skipped."
ring1_hlt:
        hlt
ring1_hlt_end:
        ask     ring1_leave, LEAVE

ring2_main:
        string  "ring 2: my pages are the kernel's own; I try to read CR3.\n"
        ask     ring2_say, SAY
        expect  ring2_cr3, ring2_cr3_end, 0, "#GP: control registers are for CPL 0 only. Skipped."
ring2_cr3:
        mov     %cr3, %rax
ring2_cr3_end:
        ask     ring2_leave, LEAVE

# --- ring 3 ---------------------------------------------------------------------------------------------------------
        .section .user, "ax"
        .set    SPEAKER, 3
        .globl  user_main
user_main:
        string  "ring 3: int 0x80 goes through the IDT to ring 0 and comes back by IRET.\n"
        ask     user_int80, SAY
        string  "ring 3: SYSCALL goes through the LSTAR register and comes back by SYSRET.\n"
        asks    user_syscall, SAY

        string  "ring 3: I try CLI.\n"
        asks    user_say_cli, SAY
        expect  user_cli, user_cli_end, 0, "#GP: CLI needs CPL <= IOPL, which is 0. Skipped."
user_cli:
        cli
user_cli_end:
        string  "ring 3: I read the kernel's memory.\n"
        asks    user_say_kernel, SAY
        expect  user_read_kernel, user_read_kernel_end, 0, "#PF: present (P), but not for a user (U). Skipped."
user_read_kernel:
        mov     gdt, %eax
user_read_kernel_end:
        string  "ring 3: I read a page that is not there.\n"
        asks    user_say_demand, SAY
        expect  user_read_demand, 0, fill_demand, "#PF: not present: I put a page there. Try again."
user_read_demand:
        mov     user_demand, %eax
        string  "ring 3: I write a page that is read-only.\n"
        asks    user_say_write, SAY
        expect  user_write, 0, allow_write, "#PF: present (P), write (W) by a user (U): now writable. Try again."
user_write:
        movl    $1, user_readonly
        string  "ring 3: I jump into my data.\n"
        asks    user_say_nx, SAY
        expect  nx_target, user_jump_end, 0, "#PF: instruction fetch (I) from a no-execute page. Sent back."
        .globl  user_jump
user_jump:
        jmp     nx_target
user_jump_end:
        string  "ring 3: I write to the serial port myself.\n"
        asks    user_say_out, SAY
        mov     $COM1, %edx
        expect  user_out, user_out_end, 0, "#GP: the I/O bitmap of the TSS refuses port 0x3f8. Skipped."
user_out:
        out     %al, %dx
user_out_end:
        asks    user_grant, GRANT_PORTS
        mov     $own_text, %esi
1:      mov     $LINE_STATUS, %edx
        in      %dx, %al
        test    $0x20, %al
        jz      1b
        mov     $COM1, %edx
        lodsb
        out     %al, %dx
        cmp     $'\n', %al
        jne     1b

        mov     user_window, %rsi       # the address of a text: which one, the page table decides
        asks    user_before, SAY
        asks    user_remap, REMAP
        mov     user_window, %rsi
        asks    user_after, SAY

        asks    user_clear_ad, CLEAR_AD
        .globl  user_read_tracked, user_write_tracked
user_read_tracked:
        mov     user_tracked, %eax
        asks    user_report_read, REPORT_AD
user_write_tracked:
        mov     %eax, user_tracked
        asks    user_report_written, REPORT_AD

        string  "ring 3: a far CALL through the gate in the GDT, and back by a far RET.\n"
        mov     $SAY, %eax
        .globl  user_lcall
user_lcall:
        lcall   *gate_pointer
        string  "ring 3: INT3.\n"
        asks    user_say_int3, SAY
        expect  user_int3_end, user_int3_end, 0, "#BP: a trap, so RIP is past it; on the stack IST1."
        .globl  user_int3
user_int3:
        int3
user_int3_end:
        string  "ring 3: I divide by zero.\n"
        asks    user_say_divide, SAY
        xor     %ecx, %ecx
        expect  user_divide, user_divide_end, 0, "#DE: a fault, so RIP is at it. Skipped."
user_divide:
        div     %ecx
user_divide_end:
        ask     user_leave, LEAVE
        ud2                             # nobody comes back from there

        .globl  task_a, task_b, task_b_end
task_a: incq    count_a                 # two loops that never give the processor back
        jmp     task_a
task_b: incq    count_b
        jmp     task_b
task_b_end:
gate_pointer:
        .long   0                       # the gate knows the offset, the caller's is ignored
        .word   CALL_GATE
own_text:
        .ascii  "ring 3: these letters went from ring 3 to the port with no kernel between.\n"
first_text:
        .asciz  "ring 3: what I read at user_window leads to this line.\n"
second_text:
        .asciz  "ring 3: the same read at the same address now leads to this one.\n"

# --- traps ----------------------------------------------------------------------------------------------------------
        .text
        .set    SPEAKER, 0
        .p2align 4
exception_stubs:                        # 16 bytes each; those vectors without an error code push a zero
        .set    vector, 0
        .rept   32
        .if     !((0x60227d00 >> vector) & 1)
        push    $0
        .endif
        push    $vector
        jmp     exception
        .p2align 4
        .set    vector, vector + 1
        .endr

        # Frame: rax, rbx, rcx, rdx, rsi, vector, error code, RIP, CS, RFLAGS, RSP, SS
        .set    VECTOR, 40
        .set    ERROR, 48
        .set    RIP, 56
        .set    CS, 64
exception:
        push    %rsi
        push    %rdx
        push    %rcx
        push    %rbx
        push    %rax
        mov     %rsp, %rbx
        call    report_trap
        mov     $expected, %ecx
2:      mov     (%rcx), %rax
        cmp     %rax, RIP(%rsp)
        je      3f
        add     $32, %ecx
        cmp     $expected_end, %ecx
        jne     2b
        string  "not part of the plan. Stop.\n"
        call    puts
        jmp     halt
3:      mov     24(%rcx), %rsi
        call    puts
        mov     16(%rcx), %rax
        test    %rax, %rax
        jz      4f
        call    *%rax
4:      mov     8(%rcx), %rax
        test    %rax, %rax
        jz      5f
        mov     %rax, RIP(%rsp)
5:      pop     %rax
        pop     %rbx
        pop     %rcx
        pop     %rdx
        pop     %rsi
        add     $16, %rsp
        .globl  exception_iret
exception_iret:
        iretq

        .globl  store_demand, store_writable
fill_demand:                            # no INVLPG: an entry that was not present is never cached
        mov     $frame_demand + (P | RW | US), %eax
store_demand:
        mov     %rax, pte_demand
        ret
allow_write:
        mov     pte_readonly, %rax
        or      $RW, %rax
store_writable:
        mov     %rax, pte_readonly
        invlpg  user_readonly
        ret

# --- the three doors, and the services behind them ------------------------------------------------------------------
        .globl  int80_entry, int80_iret, syscall_entry, syscall_sysret, gate_entry, gate_lret
int80_entry:
        call    service
int80_iret:
        iretq
syscall_entry:                          # SYSCALL leaves RSP to us, RIP in RCX and RFLAGS in R11
        mov     %rsp, user_rsp
        mov     $trap_stack_top, %esp
        push    %rcx
        push    %r11
        call    service
        pop     %r11
        pop     %rcx
        mov     user_rsp, %rsp
syscall_sysret:
        sysretq
gate_entry:
        call    service
gate_lret:
        lretq

service:
        cmp     $SERVICES, %eax
        jae     halt
        jmp     *services(, %rax, 8)
service_leave:                          # forget the trap frame: go on where enter_ring was called
        mov     main_rsp, %rsp
        ret
service_grant_ports:
        movb    $0, io_bitmap + COM1 / 8
        say     "ports 0x3f8 to 0x3ff are yours."
        ret
        .globl  store_remap, store_clear_ad
service_remap:
        movq    $second_text, frame_two # ring 0 writes the frame at its own address of it
        mov     $frame_two + (P | US | A), %eax
        bts     $63, %rax               # NX
store_remap:
        mov     %rax, pte_window
        invlpg  user_window
        mov     user_window, %rax
        cmp     frame_two, %rax
        jne     halt
        say     "another frame is behind that address now, for you and for me: one store, and INVLPG."
        ret
service_clear_ad:
        mov     pte_tracked, %rax
        and     $~(A | D), %rax
store_clear_ad:
        mov     %rax, pte_tracked
        invlpg  user_tracked
        say     "accessed and dirty bits of a page cleared."
        ret
service_report_ad:
        say     "the processor has set in that page's entry:"
        testb   $A, pte_tracked
        jz      1f
        say     "  A, accessed"
1:      testb   $D, pte_tracked
        jz      2f
        say     "  D, dirty"
2:      ret

# --- two tasks, one timer -------------------------------------------------------------------------------------------
        .globl  tick_entry, task_iret, tick_iret, kernel_tick_end
run_tasks:
        mov     %rsp, main_rsp
        say     "two ring 3 tasks, neither of which ever yields; the timer switches them."
        call    timer_init
        mov     $task_b_stack_top, %esp
        mov     $task_b, %eax
        mov     $user_stack_b_top, %edx
        call    new_task
        mov     %rsp, task_rsp + 8
        mov     $task_a_stack_top, %esp
        mov     $task_a, %eax
        mov     $user_stack_a_top, %edx
        call    new_task
        movq    $task_a_stack_top, tss_rsp0
        jmp     task_resume

new_task:                               # rax = RIP, rdx = RSP: leaves on this stack the frame that tick_entry would
        pop     %rcx
        push    $DATA3
        push    %rdx
        push    $0x202                  # IF = 1
        push    $CODE3
        push    %rax
        sub     $24, %rsp
        jmp     *%rcx

tick_entry:                             # saves only what it uses
        push    %rsi
        push    %rdx
        push    %rax
        mov     $0x20, %al              # end of interrupt
        out     %al, $0x20
        testb   $3, 32(%rsp)            # CS of the interrupted
        jz      kernel_tick
        incl    ticks
        mov     task, %eax
        mov     %rsp, task_rsp(, %rax, 8)
        string  "ring 0: tick "
        call    puts
        mov     ticks, %al
        add     $'0', %al
        call    putc
        mov     task, %eax
        mov     preempted(, %rax, 8), %rsi
        call    puts
        cmpl    $TICKS, ticks
        je      service_leave
        xorl    $1, task
        mov     task, %eax
        mov     task_rsp(, %rax, 8), %rsp
        mov     task_stacks(, %rax, 8), %rax
        mov     %rax, tss_rsp0          # each task has its own ring 0 stack
task_resume:
        pop     %rax
        pop     %rdx
        pop     %rsi
task_iret:
        iretq
kernel_tick:
        pop     %rax
        pop     %rdx
        pop     %rsi
tick_iret:
        iretq

        .include "demo_setup.S"
