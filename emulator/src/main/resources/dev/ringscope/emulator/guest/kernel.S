# The built-in guest kernel: the ring 0 below a static Linux program that runs in ring 3.
#
# It owns what the processor must have (GDT, IDT, TSS, its half of the page tables, the SYSCALL registers) and knows no
# system call. Whatever ring 3 asks or does wrong is saved in a frame and handed to the host; the host answers by
# changing memory: the frame, the program's pages, and the mailbox, whose page-table entries this kernel then stores
# itself, so that a recording shows who changed which entry, and when. Sources: Intel SDM volume 3A, chapters 4, 5, 6
# and 8; for SYSCALL and SYSRET volume 2B; selectors, frame order and register conventions are those of Linux on x86-64.
#
# Power-on: the loader places the ELF's segment at its physical address (0x100000) and enters at the ELF's entry, a
# physical address too, as multiboot 1 does: 32-bit protected mode, flat CS and SS, A20 on, paging off, interrupts off.
#
# Memory        physical              linear, at HIGH + physical
#               0x00100000 entry      code; the first 1 GiB of physical memory is mapped here, supervisor only
#               0x00101000 stack      grows down from 0x102000; the frame is its top 0xb0 bytes
#               0x00102000 mailbox    one page
#               0x00103000 gdt        then IDT and TSS; slots 0x60, 0x68, 0x70 are the program's (set_thread_area)
#               0x00104000 pml4       entries 0 to 255 are the host's to fill, 511 is the kernel's
#               0x00105000            pdpt, 0x106000 pd: the kernel's half
#               0x00107000 process    one page: what a debugger wants to know of the program
#                                     All from 0x108000 on is the host's to give out; page tables and thread slots
#                                     must lie below 1 GiB, where the kernel can reach them
#
# Hypercall     OUT DX, EAX with DX = PORT and EAX = cause. It returns when the host has answered, or never.
#               cause 0x00-0x1f       exception in ring 3; an error code or zero in the frame, CR2 in the mailbox
#                     0x25            interrupt request 5: the time has come that the host has set
#                     0x80            INT 0x80: a system call of i386
#                     0x100           SYSCALL: a system call of x86-64; RCX and R11 already overwritten by it
#                     0x101           power-on: the host fills in the whole frame, maps the program, and it starts
#                     0x102           the mailbox is stored and its `more` was set: the host refills it, nothing else
#                     0x103           an exception in ring 0: a defect of this kernel or of the host. Does not return
#                     0x104           signal_stop was passed: the host delivers the signal that the process page holds
#
# Frame, at physical 0x101f50, 8 bytes each. The host may change all; the program resumes with what it finds there.
#               0x00 r15  0x08 r14  0x10 r13  0x18 r12  0x20 rbp  0x28 rbx  0x30 r11  0x38 r10  0x40 r9   0x48 r8
#               0x50 rax  0x58 rcx  0x60 rdx  0x68 rsi  0x70 rdi  0x78 cause, u32  0x7c flags, u32
#               0x80 error code; of a system call its number, for the host may change rax
#               0x88 rip  0x90 cs   0x98 rflags  0xa0 rsp  0xa8 ss
#               flags     1: call_return has been passed; 2: the host wants IRET
#               If cause is 0x100 and flag 2 is clear the kernel leaves by SYSRET: RCX = rip, R11 = rflags, CS = 0x33,
#               SS = 0x2b. Otherwise by IRET: with all of the frame, which a signal or rt_sigreturn needs.
#               rip must be canonical. CS: 0x33 for 64-bit code, 0x23 for 32-bit code; SS, DS and ES: 0x2b.
#
# Mailbox, at physical 0x102000. The kernel clears count, more, msr and fpu when it has done what they say.
#               0x00 count   u32      number of entries, 0 to 146
#               0x04 more    u32      not 0: once these are stored, ask with cause 0x102 for more
#               0x08 cr2     u64      written by the kernel before an exception's hypercall
#               0x10 msr     u32      not 0: WRMSR this register (FS_BASE 0xc0000100, GS_BASE 0xc0000101) ...
#               0x14 fpu     u32      not 0: FXRSTOR64 from area, whose MXCSR must be valid
#               0x18 value   u64      ... with this value
#               0x40 area    512 bytes, as FXSAVE64 writes them
#               0x240 entry  146 times: u64 physical address to store to (a page-table entry below 1 GiB, or a GDT
#                            slot), u64 value to store, u64 linear address for INVLPG (0: none, nothing is mapped there)
#
# Process page, at physical 0x107000. The host writes it; the kernel clears save, load and stopped, and writes current.
#               0x000 magic    "ringproc"
#               0x008 phases   u64 linear addresses of call_entry, call_return and signal_stop
#               0x020 started  u32      1 from power-on's answer on
#               0x024 wide     u32      1: an ELF file of 64 bits, 0: of 32
#               0x028 pid      u32
#               0x02c current  u32      number of the thread whose registers the processor or the frame holds
#               0x030 entry    u64      linear address where the program starts
#               0x038 auxv     u32      bytes of the auxiliary vector
#               0x03c argc     u32      number of arguments
#               0x040 texts    u64      physical address of the executable's path on the host and the arguments ...
#               0x048 length   u64      ... in UTF-8, each with a zero behind it; all their bytes
#               0x050 save     u64      not 0: the running thread's state goes to the slot at this physical address,
#               0x058 load     u64      not 0: and the state from this slot becomes the running thread's
#               0x080 stopped  u32      not 0: number of the running thread, which shall pass signal_stop
#               0x084 signal   u32      the signal that waits there; a debugger may change it, 0: none
#               0x088 idle     u32      not 0: no thread can run before a debugger lets others run; this kernel asks
#                              again and again
#               0x100 siginfo  128 bytes, as a handler of the running code's class gets it
#               0x180 vector   the auxiliary vector, up to 0x400
#               0x400 mappings u64 physical address of their table: entries of 48 bytes, ascending: u64 start, u64 end,
#                              u32 PROT_ bits, u32 origin of pages that are not touched (0 zeros, 1 the executable,
#                              2 another file), u64 linear address of the first byte of the file, u64 where the
#                              executable has it, u64 number of bytes of the file
#               0x408 count    u32      entries in the table
#               0x800 slots    256 times u64: physical address of a page of 4 slots, 0: no more
#
# Thread slot, 0x400 bytes. The state in it is that of a thread that does not run.
#               0x000 fxsave   512 bytes, as FXSAVE64 writes them
#               0x200 frame    0xb0 bytes
#               0x2b0 bases    u64 FS base, u64 GS base
#               0x2c0 tid      u32      the thread's number, 0: nobody has this slot
#               0x2c4 fs, gs   u16 each, selectors; those of a thread that is loaded must be valid
#               0x2c8 areas    3 times u64: the descriptors of GDT slots 0x60, 0x68, 0x70
#
# Phases, for debuggers: places where the frame is whole.
#               call_entry     a system call was made, nothing is done yet; its number is in error code and rax
#               call_return    its result is in rax, and the thread is about to go on. A call that does not return
#                              passes only call_entry; rt_sigreturn passes both
#               signal_stop    a signal is about to be delivered to the running thread: a handler's frame, or the end
#
# x87 and SSE state, FS, GS and their bases are touched in ring 0 only when the mailbox says so or another thread is
# loaded: the program's own stay in the processor. Interrupts are taken in ring 3 only.

        .set    PORT, 0x5e0
        .set    HIGH, 0xffffffff80000000
        .set    KERNEL_CS, 0x10
        .set    KERNEL_SS, 0x18
        .set    USER32_CS, 0x23         # SYSRET wants the order 32-bit code, stack, 64-bit code
        .set    USER_SS, 0x2b
        .set    USER_CS, 0x33
        .set    TASK, 0x40
        .set    THREAD_AREAS, 0x60

        .set    CAUSE_ALARM, 0x25       # IRQ 5 of a PIC that starts at vector 0x20
        .set    CAUSE_INT80, 0x80
        .set    CAUSE_SYSCALL, 0x100
        .set    CAUSE_POWER_ON, 0x101
        .set    CAUSE_MORE, 0x102
        .set    CAUSE_PANIC, 0x103
        .set    CAUSE_DELIVER, 0x104

        .set    FRAME_SIZE, 0xb0
        .set    FRAME_CAUSE, 0x78
        .set    FRAME_FLAGS, 0x7c
        .set    RETURNED, 1
        .set    WHOLE, 2
        .set    FRAME_RIP, 0x88
        .set    FRAME_CS, 0x90
        .set    FRAME_RFLAGS, 0x98
        .set    FRAME_RSP, 0xa0

        .set    COUNT, mailbox
        .set    MORE, mailbox + 0x04
        .set    CR2, mailbox + 0x08
        .set    MSR, mailbox + 0x10
        .set    FPU, mailbox + 0x14
        .set    VALUE, mailbox + 0x18
        .set    AREA, mailbox + 0x40
        .set    ENTRIES, mailbox + 0x240

        .set    CURRENT, process + 0x2c
        .set    SAVE, process + 0x50
        .set    LOAD, process + 0x58
        .set    STOPPED, process + 0x80

        .set    SLOT_FRAME, HIGH + 0x200        # from a slot's physical address
        .set    SLOT_FS_BASE, HIGH + 0x2b0
        .set    SLOT_GS_BASE, HIGH + 0x2b8
        .set    SLOT_TID, HIGH + 0x2c0
        .set    SLOT_FS, HIGH + 0x2c4
        .set    SLOT_GS, HIGH + 0x2c6
        .set    SLOT_AREAS, HIGH + 0x2c8
        .set    FS_BASE, 0xc0000100
        .set    GS_BASE, 0xc0000101

        .text
        .globl  _start, hypercall, panic, exception_entry, alarm_entry, int80_entry, syscall_entry, store_entry
        .globl  call_entry, call_return, signal_stop
        .globl  resume, resume_iret, resume_sysret, frame, mailbox, gdt, idt, tss, pml4, process
        .p2align 2
header: .long   0x1badb002, 0x10000, -0x1badb002 - 0x10000      # multiboot 1, so that any loader can start it
        .long   header - HIGH, header - HIGH, image_end - HIGH, image_end - HIGH, _start - HIGH

        .code32
# --- 32-bit: to long mode, in the identity mapping that PML4 entry 0 gives until high_half --------------------------
_start: cli
        lgdt    low_gdt_pointer - HIGH
        mov     $0x620, %eax            # CR4: PAE, OSFXSR, OSXMMEXCPT
        mov     %eax, %cr4
        mov     $pml4 - HIGH, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx       # EFER: SCE, LME, NXE
        xor     %edx, %edx
        mov     $0x901, %eax
        wrmsr
        mov     $0x80050033, %eax       # CR0: PG, AM, WP, NE, ET, MP, PE
        mov     %eax, %cr0
        ljmp    $KERNEL_CS, $long_mode - HIGH

        .code64
long_mode:
        mov     $high_half, %rax
        jmp     *%rax
high_half:
        mov     $stack_end, %rsp
        lgdt    gdt_pointer
        movq    $0, pml4                # the lower half belongs to the program alone
        mov     %cr3, %rax
        mov     %rax, %cr3
        mov     $USER_SS, %eax
        mov     %eax, %ds               # 32-bit programs need them; 64-bit code, this kernel too, does not look
        mov     %eax, %es
        xor     %eax, %eax
        mov     %eax, %fs
        mov     %eax, %gs
        mov     %eax, %ss
        fninit
        mov     $0x11, %al              # PIC: edge-triggered, vectors from 0x20, all masked but IRQ 5
        out     %al, $0x20
        mov     $0x20, %al
        out     %al, $0x21
        mov     $0x04, %al
        out     %al, $0x21
        mov     $0x01, %al
        out     %al, $0x21
        mov     $0xdf, %al
        out     %al, $0x21
        mov     $0xff, %al
        out     %al, $0xa1

# --- the TSS descriptor, the gates, the SYSCALL registers -----------------------------------------------------------
        mov     $tss, %rax              # a system descriptor scatters its base: figure 8-4
        mov     %ax, gdt + TASK + 2
        shr     $16, %rax
        mov     %al, gdt + TASK + 4
        mov     %ah, gdt + TASK + 7
        shr     $16, %rax
        mov     %eax, gdt + TASK + 8
        mov     $TASK, %eax
        ltr     %ax

        mov     $exception_stubs, %rax
        mov     $idt, %rdi
1:      mov     $0x8e00, %edx           # interrupt gate, DPL 0
        call    set_gate
        add     $16, %rax
        add     $16, %rdi
        cmp     $idt + 32 * 16, %rdi
        jne     1b
        movb    $0xee, idt + 3 * 16 + 5 # INT3 and INTO are everybody's: DPL 3
        movb    $0xee, idt + 4 * 16 + 5
        movb    $1, idt + 8 * 16 + 4    # a double fault may have lost its stack: IST1
        mov     $alarm_entry, %rax
        mov     $idt + CAUSE_ALARM * 16, %rdi
        mov     $0x8e00, %edx
        call    set_gate
        mov     $int80_entry, %rax
        mov     $idt + 0x80 * 16, %rdi
        mov     $0xee00, %edx
        call    set_gate
        lidt    idt_pointer

        mov     $0xc0000081, %ecx       # STAR: the selectors of SYSRET and SYSCALL
        xor     %eax, %eax
        mov     $USER32_CS << 16 | KERNEL_CS, %edx
        wrmsr
        mov     $0xc0000082, %ecx       # LSTAR: where SYSCALL goes
        mov     $syscall_entry, %rax
        mov     %rax, %rdx
        shr     $32, %rdx
        wrmsr
        mov     $0xc0000084, %ecx       # SFMASK: what SYSCALL clears, as Linux has it: AC, NT, IOPL, DF, IF, TF
        mov     $0x47700, %eax
        xor     %edx, %edx
        wrmsr

        sub     $FRAME_SIZE, %rsp
        mov     $CAUSE_POWER_ON, %eax
        movq    $0, FRAME_CAUSE(%rsp)
        jmp     hypercall

set_gate:                               # at rdi: handler rax, type and IST edx
        mov     %ax, (%rdi)
        movw    $KERNEL_CS, 2(%rdi)
        mov     %dx, 4(%rdi)
        mov     %rax, %rdx
        shr     $16, %rdx
        mov     %dx, 6(%rdi)
        shr     $16, %rdx
        mov     %edx, 8(%rdi)
        ret

# --- the doors from ring 3. The processor's own stack switch (RSP0 is the frame's end) begins the frame -------------
        .p2align 4
exception_stubs:                        # 16 bytes each; vectors without an error code push a zero
        .set    vector, 0
        .rept   32
        .if     !((0x60227d00 >> vector) & 1)
        push    $0
        .endif
        push    $vector
        jmp     exception_entry
        .p2align 4
        .set    vector, vector + 1
        .endr

exception_entry:
        testb   $3, FRAME_CS - FRAME_CAUSE(%rsp)
        jz      panic
        call    save
        mov     %cr2, %rcx
        mov     %rcx, CR2
        mov     FRAME_CAUSE(%rsp), %eax
        jmp     hypercall

alarm_entry:
        push    $0
        push    $CAUSE_ALARM
        call    save
        mov     $0x20, %al              # end of interrupt
        out     %al, $0x20
        mov     $CAUSE_ALARM, %eax
        jmp     hypercall

int80_entry:
        push    %rax
        push    $CAUSE_INT80
        call    save
        jmp     call_entry

syscall_entry:                          # SYSCALL switches no stack. There is one processor: a fixed place keeps RSP
        mov     %rsp, program_rsp
        mov     $stack_end, %rsp
        push    $USER_SS
        push    program_rsp
        push    %r11
        push    $USER_CS
        push    %rcx
        push    %rax
        push    $CAUSE_SYSCALL
        call    save
call_entry:
        mov     FRAME_CAUSE(%rsp), %eax

hypercall:                              # eax = cause
        mov     $PORT, %edx
        out     %eax, %dx

# --- the answer: first the mailbox, then back to ring 3 -------------------------------------------------------------
        mov     COUNT, %ecx
        mov     $ENTRIES, %rsi
        jrcxz   2f
1:      mov     (%rsi), %rdi
        mov     8(%rsi), %rax
store_entry:
        mov     %rax, HIGH(%rdi)
        mov     16(%rsi), %rdi
        add     $24, %rsi
        test    %rdi, %rdi              # an entry that was not present is in no TLB
        jz      3f
        invlpg  (%rdi)
3:      loop    1b
        movl    $0, COUNT
2:      mov     $CAUSE_MORE, %eax
        xor     %edx, %edx
        xchg    %edx, MORE
        test    %edx, %edx
        jnz     hypercall
        xor     %ecx, %ecx
        xchg    %ecx, MSR
        jrcxz   4f
        mov     VALUE, %eax
        mov     VALUE + 4, %edx
        wrmsr
4:      xor     %ecx, %ecx
        xchg    %ecx, FPU
        jrcxz   5f
        fxrstor64 AREA
5:      mov     LOAD, %rbx
        test    %rbx, %rbx
        jnz     switch
switched:
        cmpl    $CAUSE_SYSCALL, FRAME_CAUSE(%rsp)
        je      6f
        cmpl    $CAUSE_INT80, FRAME_CAUSE(%rsp)
        jne     7f
6:      testb   $RETURNED, FRAME_FLAGS(%rsp)
        jnz     7f
call_return:
        orb     $RETURNED, FRAME_FLAGS(%rsp)
7:      cmpl    $0, STOPPED
        je      resume
signal_stop:
        mov     $CAUSE_DELIVER, %eax
        movl    $0, STOPPED
        jmp     hypercall

resume: pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rax
        pop     %rcx
        pop     %rdx
        pop     %rsi
        pop     %rdi
        testb   $WHOLE, FRAME_FLAGS - FRAME_CAUSE(%rsp)
        jnz     1f
        cmpl    $CAUSE_SYSCALL, (%rsp)
        je      2f
1:      add     $16, %rsp
resume_iret:
        iretq
2:      mov     FRAME_RIP - FRAME_CAUSE(%rsp), %rcx
        mov     FRAME_RFLAGS - FRAME_CAUSE(%rsp), %r11
        mov     FRAME_RSP - FRAME_CAUSE(%rsp), %rsp
resume_sysret:
        sysretq

# --- another thread goes on: rbx = its slot -------------------------------------------------------------------------
switch: mov     SAVE, %rdi
        test    %rdi, %rdi
        jz      1f
        fxsave64 HIGH(%rdi)
        mov     %fs, SLOT_FS(%rdi)
        mov     %gs, SLOT_GS(%rdi)
        mov     $FS_BASE, %ecx
        rdmsr
        mov     %eax, SLOT_FS_BASE(%rdi)
        mov     %edx, SLOT_FS_BASE + 4(%rdi)
        mov     $GS_BASE, %ecx
        rdmsr
        mov     %eax, SLOT_GS_BASE(%rdi)
        mov     %edx, SLOT_GS_BASE + 4(%rdi)
        lea     SLOT_AREAS(%rdi), %rdx
        add     $SLOT_FRAME, %rdi
        mov     %rsp, %rsi
        mov     $FRAME_SIZE / 8, %ecx
        rep movsq
        mov     $gdt + THREAD_AREAS, %rsi
        mov     %rdx, %rdi
        mov     $3, %ecx
        rep movsq
1:      lea     SLOT_AREAS(%rbx), %rsi
        mov     $gdt + THREAD_AREAS, %rdi
        mov     $3, %ecx
        rep movsq
        fxrstor64 HIGH(%rbx)
        mov     SLOT_FS(%rbx), %fs      # the bases after the selectors, whose load changes them
        mov     SLOT_GS(%rbx), %gs
        mov     $FS_BASE, %ecx
        mov     SLOT_FS_BASE(%rbx), %eax
        mov     SLOT_FS_BASE + 4(%rbx), %edx
        wrmsr
        mov     $GS_BASE, %ecx
        mov     SLOT_GS_BASE(%rbx), %eax
        mov     SLOT_GS_BASE + 4(%rbx), %edx
        wrmsr
        lea     SLOT_FRAME(%rbx), %rsi
        mov     %rsp, %rdi
        mov     $FRAME_SIZE / 8, %ecx
        rep movsq
        mov     SLOT_TID(%rbx), %eax
        mov     %eax, CURRENT
        movq    $0, SAVE
        movq    $0, LOAD
        jmp     switched

save:                                   # the rest of the frame below cause and error code
        xchg    %rdi, (%rsp)            # rdi to its place, the return address out of the way
        push    %rsi
        push    %rdx
        push    %rcx
        push    %rax
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        cld
        jmp     *%rdi

panic:  mov     $CAUSE_PANIC, %eax      # the saved state is where rsp points: vector, error code, RIP, CS, ...
        mov     $PORT, %edx
        out     %eax, %dx
1:      cli
        hlt
        jmp     1b

# --- tables ---------------------------------------------------------------------------------------------------------
        .data
        .p2align 12
        .skip   0x1000 - FRAME_SIZE     # stack
frame:  .skip   FRAME_SIZE
stack_end:
mailbox:
        .skip   0x1000
gdt:    .quad   0, 0                    # accessed bits set from the start: loading a segment writes nothing
        .quad   0x00209b0000000000      # KERNEL_CS
        .quad   0x0000930000000000      # KERNEL_SS
        .quad   0x00cffb000000ffff      # USER32_CS
        .quad   0x00cff3000000ffff      # USER_SS
        .quad   0x0020fb0000000000      # USER_CS
        .quad   0
        .quad   0x0000890000000000 | (tss_end - tss - 1), 0     # TASK: available 64-bit TSS
        .quad   0, 0
        .quad   0, 0, 0                 # the program's thread areas, 0x63, 0x6b and 0x73
gdt_end:
        .p2align 4
idt:    .skip   0x81 * 16
idt_end:
        .p2align 3
        .long   0                       # so that RSP0 is aligned
tss:    .long   0
        .quad   stack_end, 0, 0         # RSP0-RSP2
        .quad   0
        .quad   double_fault_stack_end, 0, 0, 0, 0, 0, 0        # IST1-IST7
        .quad   0
        .word   0, tss_end - tss        # no I/O bitmap: no ports for ring 3
tss_end:
        .p2align 3
program_rsp:
        .quad   0
gdt_pointer:
        .word   gdt_end - gdt - 1
        .quad   gdt
low_gdt_pointer:
        .word   gdt_end - gdt - 1
        .quad   gdt - HIGH
idt_pointer:
        .word   idt_end - idt - 1
        .quad   idt
        .skip   0x400
        .p2align 4
double_fault_stack_end:

        .set    LINK, 0x23              # present, writable, accessed
        .set    LARGE, 0xe3             # present, writable, accessed, dirty, 2 MiB
        .p2align 12
pml4:   .quad   pdpt - HIGH + LINK      # until high_half
        .fill   510, 8, 0
        .quad   pdpt - HIGH + LINK
pdpt:   .quad   pd - HIGH + LINK
        .fill   509, 8, 0
        .quad   pd - HIGH + LINK
        .quad   0
pd:     .set    page, 0
        .rept   512
        .quad   page + LARGE
        .set    page, page + 0x200000
        .endr
process:
        .ascii  "ringproc"
        .quad   call_entry, call_return, signal_stop
        .skip   0x1000 - 0x20
image_end:
