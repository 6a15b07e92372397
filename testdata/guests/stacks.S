# Ways out of a kernel that a reader of its trace must not mistake for one another: system calls that return, by SYSRET
# or by IRETQ from a borrowed stack; that go over to another thread, with calls on the kernel's stack or with none; that
# begin one; that end in a signal's handler, or in another program in another address space; that never return, whose
# stack another thread gets. The numbers are Linux's. Ring 3 checks what it is given; status 0 if all of it is right.
        .include "long64.inc"
        .set    SIGRETURN, 15
        .set    YIELD, 24               # between A and B, by calls
        .set    PAUSE, 34               # between A and C, by jumps
        .set    GETPID, 39
        .set    EXECVE, 59
        .set    EXIT, 60                # B goes on in A's place, D is made in B's, D ends the machine
        .set    KILL, 62                # enters the handler
        .set    EXIT_GROUP, 231         # ends the machine: something was wrong

        .macro  ask service, result=none
        mov     $\service, %eax
        syscall
        .ifnc   \result, none
        cmp     $\result, %rax
        jne     wrong
        .endif
        .endm
        .macro  prepare top, label, stack       # below the top of a kernel's stack: RIP, RFLAGS and RSP of ring 3
        movq    $USER + \stack, \top - 8
        movq    $2, \top - 16
        movq    $USER + \label - user, \top - 24
        .endm
        .macro  swap register, one, other
        mov     \one, \register
        xchg    \register, \other
        mov     \register, \one
        .endm

        .pushsection .data              # ring 3, mapped at USER
thread_a:
        ask     GETPID, 7
        call    pauses
        cmp     $PAUSE, %rax
        jne     wrong
        ask     YIELD, YIELD
        ask     KILL, KILL
        ask     EXECVE
wrong:  ask     EXIT_GROUP
signal: ask     GETPID, 7
        ret
restorer:
        ask     SIGRETURN
thread_b:
        ask     GETPID, 7
        ud2                             # the kernel skips it
        ask     YIELD, YIELD
        ask     EXIT
thread_c:
        ask     GETPID, 7
        call    pauses
program:
        ask     GETPID, 7
        ask     EXIT
pauses: ask     PAUSE
        ret
        .p2align 12
pml4_b: .quad   pdpt + 7
        .p2align 12
kernel_top:
        .quad   stack_a_top
paused: .quad   stack_c_top - 48, stack_c_top           # RSP and top of the kernel's stack of C, or of A
yielded:
        .quad   stack_b_top - 48, stack_b_top
exits:  .quad   0
        .bss
user_rsp:
        .skip   8
interrupted:                            # RIP and RSP
        .skip   16
        .p2align 4
        .skip   0x200
borrowed_top:
        .skip   0x200
other_top:
        .skip   0x200
stack_a_top:
        .skip   0x200
stack_b_top:
        .skip   0x200
stack_c_top:
        .popsection

        .macro  wrmsr64 register, high, low
        mov     $\register, %ecx
        mov     $\high, %edx
        mov     $\low, %eax
        wrmsr
        .endm
long_mode:
        mov     $0xc0000080, %ecx
        rdmsr
        or      $1, %eax                # SCE
        wrmsr
        wrmsr64 0xc0000081, (DATA0 | 3) << 16 | CODE0, 0
        wrmsr64 0xc0000082, 0, entry
        prepare stack_b_top, thread_b, 0xe00
        movq    $begin, stack_b_top - 32
        movq    $DATA3, stack_c_top - 8
        movq    $USER + 0xc00, stack_c_top - 16
        movq    $2, stack_c_top - 24
        movq    $CODE3, stack_c_top - 32
        movq    $USER + thread_c - user, stack_c_top - 40
        to_ring3 thread_a

entry:  mov     %rsp, user_rsp
        mov     kernel_top, %rsp
        cmp     $PAUSE, %eax
        je      pause
        push    user_rsp
        push    %r11
        push    %rcx
        call    serve
        test    %r8d, %r8d
        jnz     leave_borrowed
        pop     %rcx
        pop     %r11
        pop     %rsp
        sysretq

leave_borrowed:                         # the frame is made where nobody lives
        mov     %rsp, %rdi
        mov     $borrowed_top, %rsp
        push    $DATA3
        push    16(%rdi)
        push    8(%rdi)
        push    $CODE3
        push    (%rdi)
        jmp     1f
1:      iretq

pause:  push    $DATA3
        push    user_rsp
        push    %r11
        push    $CODE3
        push    %rcx
        push    %rbx
        mov     %rsp, %rdx
        xchg    %rdx, paused
        mov     %rdx, %rsp
        swap    %rdx, kernel_top, paused + 8
        mov     $PAUSE, %eax
        pop     %rbx
        iretq

serve:  mov     $1, %r8d
        cmp     $GETPID, %eax
        je      getpid
        cmp     $YIELD, %eax
        je      yield
        cmp     $KILL, %eax
        je      kill
        cmp     $SIGRETURN, %eax
        je      sigreturn
        cmp     $EXECVE, %eax
        je      execve
        cmp     $EXIT, %eax
        je      exit
        stop    1

getpid: ud2                             # on a stack that was only just entered
        call    elsewhere
        mov     $7, %eax
        xor     %r8d, %r8d
        ret

elsewhere:                              # as Linux does for interrupts
        mov     %rsp, %rdx
        mov     $other_top, %rsp
        push    %rdx
        call    nothing
        pop     %rsp
nothing:
        ret

yield:  call    switch
        mov     $YIELD, %eax
        mov     $1, %r8d
        ret

switch: push    %rbx
        push    %rbp
        mov     %rsp, %rdx
        xchg    %rdx, yielded
        mov     %rdx, %rsp
        swap    %rdx, kernel_top, yielded + 8
        pop     %rbp
        pop     %rbx
        ret
begin:  jmp     leave_borrowed          # a thread made by `prepare`

kill:   mov     8(%rsp), %rdx
        mov     %rdx, interrupted
        mov     24(%rsp), %rdx
        mov     %rdx, interrupted + 8
        sub     $0x88, %rdx
        movq    $USER + restorer - user, (%rdx)
        mov     %rdx, 24(%rsp)
        movq    $USER + signal - user, 8(%rsp)
        ret

sigreturn:
        mov     interrupted, %rdx
        mov     %rdx, 8(%rsp)
        mov     interrupted + 8, %rdx
        mov     %rdx, 24(%rsp)
        mov     $KILL, %eax
        ret

execve: mov     $pml4_b, %edx
        mov     %rdx, %cr3
        movq    $USER + program - user, 8(%rsp)
        movq    $USER + 0xa00, 24(%rsp)
        ret

exit:   incq    exits
        cmpq    $2, exits
        jb      switch
        ja      2f
        prepare stack_b_top, program, 0x800     # D
        movq    $begin, stack_b_top - 32
        movq    $stack_b_top - 48, yielded
        movq    $stack_b_top, yielded + 8
        jmp     switch
2:      stop    0

handler:                                # of #UD: skips the instruction
        call    save
        call    skip
        pop     %rax
        pop     %rsi
        pop     %rdi
        testb   $3, 8(%rsp)
        jnz     1f
        iretq
1:      push    %rdi
        mov     %rsp, %rdi
        mov     $borrowed_top, %rsp
        push    40(%rdi)
        push    32(%rdi)
        push    24(%rdi)
        push    16(%rdi)
        push    8(%rdi)
        push    (%rdi)
        jmp     2f
2:      pop     %rdi
        iretq

save:   push    %rsi                    # RDI, RSI and RAX come where the return address was, and that below them
        mov     8(%rsp), %rsi
        mov     %rdi, 8(%rsp)
        push    %rax
        push    %rsi
        ret

skip:   addq    $2, 32(%rsp)
        ret
