# Self-modifying code in all the ways an emulator may miss: each case stores into code that has just run, or is about
# to, and checks that the new instruction is what executes. SDM volume 3A, 12.1.3: on one processor, through the same
# linear address nothing is needed but the store; through another one a jump or a serializing instruction is.
        .include "kernel32.inc"
        .code32

        .macro  case name, code         # runs `code`, which returns 1 in EAX if the new code ran
        say     "\name"
        call    \code
        cmp     $1, %eax
        call    verdict
        .endm

        .macro  returns label, value    # a function of 6 bytes: its value at label + 1
\label: mov     $\value, %eax
        ret
        .endm

        .set    ALIAS, 0x200000         # linear alias of the page `other`

_start: mov     $stack_top, %esp
        call    console_init
        cld
        call    paging_on
        case    "the next instruction", next_instruction
        case    "the next instruction, by a word over its opcode", opcode
        case    "a function of this page", near_function
        case    "a function of another page", far_function
        case    "a function that this loop has run 1000 times", hot_function
        case    "a loop that changes itself in every turn", loop_itself
        case    "through a linear alias", through_alias
        case    "executed through an alias", execute_alias
        case    "an instruction across two pages, its tail", across_pages
        case    "REP MOVSB over a function", rep_movs
        case    "REP STOSB that ends in what follows it", rep_stos
        case    "PUSH onto code", push_code
        case    "LOCK XCHG into code", lock_xchg
        case    "MOVUPS into code", movups_code
        case    "a call's own return address lands in code", call_code
        case    "another frame behind the address", remap
        say     "changed code, "
        mov     failed, %eax
        call    put_dec
        say     " failed\n"
        cmpl    $0, failed
        jne     1f
        say     "ok\n"
        stop    0
1:      stop    1

verdict:
        je      1f
        incl    failed
        say     ": FAILED\n"
        ret
1:      say     ": ok\n"
        ret

next_instruction:
        movb    $1, 1f + 1
1:      mov     $0, %eax
        ret
opcode: mov     $0, %eax
        movw    $0x9040, 1f             # INC EAX; NOP
1:      .byte   0x89, 0xc0              # MOV EAX, EAX
        ret

        returns near, 0
near_function:
        call    near
        movb    $1, near + 1
        jmp     near

far_function:
        call    other
        movb    $1, other + 1
        call    other
        movb    $0, other + 1
        ret

hot_function:
        mov     $1000, %ecx
1:      call    hot
        loop    1b
        movb    $1, hot + 1
        jmp     hot

loop_itself:                            # the immediate takes the values 0 to 99; their sum is 4950
        xor     %edx, %edx
        mov     $100, %ecx
1:      mov     $0, %eax
        add     %eax, %edx
        incl    1b + 1
        loop    1b
        xor     %eax, %eax
        cmp     $4950, %edx
        sete    %al
        ret

through_alias:
        call    other
        movb    $1, other - other_page + ALIAS + 1
        jmp     1f                      # required here: the linear addresses differ
1:      call    other
        movb    $0, other + 1
        ret
execute_alias:
        mov     $other - other_page + ALIAS, %ebx
        call    *%ebx
        movb    $1, other + 1
        jmp     1f
1:      call    *%ebx
        movb    $0, other + 1
        ret

across_pages:
        call    straddling
        movb    $1, straddling_tail     # the immediate's third byte
        call    straddling
        movb    $0, straddling_tail
        shr     $16, %eax
        ret

rep_movs:
        call    target
        mov     $one, %esi
        mov     $target, %edi
        mov     $6, %ecx
        rep movsb
        jmp     target
rep_stos:                               # over the very next instruction, which would clear EAX
        mov     $0x90, %eax
        mov     $1f, %edi
        mov     $2, %ecx
        rep stosb
1:      xor     %eax, %eax
        cmp     $0x90, %eax
        sete    %al
        movzbl  %al, %eax
        ret

push_code:
        call    pushed
        mov     %esp, %ebx
        mov     $pushed + 4, %esp
        push    $0x000001b8             # MOV EAX, 1; its last byte stays
        mov     %ebx, %esp
        jmp     pushed

lock_xchg:
        call    exchanged
        mov     $1, %al
        lock xchg %al, exchanged + 1
        jmp     exchanged

movups_code:
        mov     %cr4, %eax
        or      $0x200, %eax            # OSFXSR
        mov     %eax, %cr4
        call    vector
        movups  one, %xmm0
        movups  %xmm0, vector
        jmp     vector

call_code:                              # the CALL pushes its return address, 1f, over the immediate of `returned`
        call    returned
        mov     %esp, %ebx
        mov     $returned + 5, %esp
        call    1f
1:      mov     %ebx, %esp
        call    returned
        sub     $1b - 1, %eax
        ret

remap:  call    other
        mov     $another_page + 3, %eax
        mov     other_entry, %ebx
        mov     %eax, (%ebx)
        invlpg  other_page
        call    other
        mov     $other_page + 3, %edx
        mov     %edx, (%ebx)
        invlpg  other_page
        ret

paging_on:                              # the first 2 MiB as they are, and the alias
        xor     %eax, %eax
        mov     $page_table, %edi
1:      mov     %eax, %edx
        or      $3, %edx
        mov     %edx, (%edi)
        add     $4, %edi
        add     $0x1000, %eax
        cmp     $0x200000, %eax
        jne     1b
        movl    $other_page + 3, page_table + ALIAS >> 10
        mov     $other_page, %eax
        shr     $10, %eax
        add     $page_table, %eax
        mov     %eax, other_entry
        movl    $page_table + 3, page_directory
        mov     $page_directory, %eax
        mov     %eax, %cr3
        mov     %cr0, %eax
        bts     $31, %eax
        mov     %eax, %cr0
        ret
        console
        returns hot, 0
        returns target, 0
        returns pushed, 0
        returns exchanged, 0
        returns returned, 0
        returns vector, 0
        .skip   10, 0x90
        returns one, 1
        .skip   10, 0x90

        .data
        .p2align 12
other_page:
        .skip   0x800
        returns other, 0
        .org    other_page + 0xffd      # opcode and two bytes of the immediate, the rest in the next page
straddling:
        mov     $0, %eax                # B8 00 00 | 00 00
        ret
        .set    straddling_tail, straddling + 3
        .p2align 12
another_page:
        .skip   0x800
        returns replaced, 1
        .bss
        .p2align 12
page_directory:
        .skip   0x1000
page_table:
        .skip   0x1000
failed: .skip   4
other_entry:
        .skip   4
