# A self-checking test of paging: for each paging mode and page size, every combination of rights in the entry and in
# the one above it, of CR0.WP, CR4.SMEP, CR4.SMAP, EFLAGS.AC and EFER.NXE, and every kind of access: read, write and
# fetch, by supervisor and user. What must happen is computed from the rules of SDM volume 3A, 4.6 and 4.7, and
# compared with what does: fault or not, error code, CR2, accessed and dirty bits. Printed on COM1: a line for each
# paging mode, a line for each of its first wrong accesses, and "N passed, M failed". Exit status by isa-debug-exit: 0
# if none failed. Bochs 2.7 (from a disk) passes all; QEMU 7.2 fails wherever a reserved bit is set: it reports RSVD
# without P.
        .include "kernel32.inc"

        .set    CODE32, 0x08            # selectors
        .set    CODE64, 0x10
        .set    STACK0, 0x18
        .set    DATA, 0x20 | 3          # DS and ES in all rings
        .set    USER32, 0x28 | 3
        .set    USER64, 0x30 | 3
        .set    TASK32, 0x38
        .set    TASK64, 0x40

        .set    FRAME, 0x400000         # aligned for every size but 1 GiB, which maps 0 and is entered at 4 MiB
        .set    USER_CODE, 0x800000
        .set    TEST, 0x40000000
        .set    OFFSET, 0x10            # data accesses go here; at 0 lies the code to fetch

        .set    P, 1                    # a page-table entry's bits, and the same places in a combination
        .set    RW, 2
        .set    US, 4
        .set    A, 0x20
        .set    D, 0x40
        .set    LARGE, 0x80
        .set    NX, 0x80000000          # in the upper half
        .set    C_NX, 0x8
        .set    C_RESERVED, 0x10
        .set    C_ABOVE_RW, 0x20
        .set    C_ABOVE_US, 0x40
        .set    C_ABOVE_NX, 0x80
        .set    C_WP, 0x100
        .set    C_SMEP, 0x200
        .set    C_SMAP, 0x400
        .set    C_AC, 0x800
        .set    C_NXE, 0x1000
        .set    COMBINATIONS, 0x2000

        .set    WRITE, 1                # kinds of access: 0 read, 1 write, 2 fetch; by the user: 4 more
        .set    FETCH, 2
        .set    USER, 4

        .set    MODE_NAME, 0            # a row of `modes`
        .set    MODE_CR3, 4
        .set    MODE_CR4, 8
        .set    MODE_ENTRY, 12          # address and constant bits of the entry under test
        .set    MODE_BASE, 16
        .set    MODE_ABOVE, 20          # the same for the one above it, or 0
        .set    MODE_ABOVE_BASE, 24
        .set    MODE_WIDE, 28           # entries of 8 bytes
        .set    MODE_RESERVED, 32       # a bit that must be 0: lower half, upper half
        .set    MODE_TEST, 40           # linear address under test
        .set    MODE_SIZE, 44

        .code32
_start: mov     $stack_top, %esp
        cld
        call    console_init
        mov     $0xff, %al
        out     %al, $0x21
        out     %al, $0xa1
        movl    $0x40cd, FRAME          # INT 0x40
        call    features
        call    tables_init
        mov     $modes, %ebp
1:      mov     %cr0, %eax              # between two modes paging is off
        btr     $31, %eax
        mov     %eax, %cr0
        mov     MODE_CR4(%ebp), %eax
        mov     %eax, %cr4
        mov     MODE_CR3(%ebp), %eax
        mov     %eax, %cr3
        mov     %cr0, %eax
        bts     $31, %eax
        mov     %eax, %cr0
        call    matrix32
        add     $MODE_SIZE, %ebp
        cmp     $modes_64, %ebp
        jne     1b

        mov     %cr0, %eax
        btr     $31, %eax
        mov     %eax, %cr0
        mov     $pml4, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx
        rdmsr
        or      $0x100, %eax            # LME
        wrmsr
        mov     %cr0, %eax
        bts     $31, %eax
        mov     %eax, %cr0
        ljmp    $CODE64, $long_mode
        .code64
long_mode:
        mov     $stack_top, %esp
        lidt    idt64_pointer
        andb    $~2, gdt + TASK64 + 5
        mov     $TASK64, %eax
        ltr     %ax
        mov     $modes_64, %ebp
1:      call    matrix64
        add     $MODE_SIZE, %ebp
        cmp     last_mode, %ebp
        jne     1b
        mov     passed, %eax
        call    put_dec64
        string  " passed, "
        call    puts64
        mov     failed, %eax
        call    put_dec64
        string  " failed\n"
        call    puts64
        cmpl    $0, failed
        jne     1f
        stop    0
1:      stop    1

        .code32
features:                               # C_SMEP and C_SMAP stay out of `mask` if the processor lacks them
        movl    $COMBINATIONS - 1, mask
        mov     $7, %eax
        xor     %ecx, %ecx
        cpuid
        bt      $7, %ebx
        jc      1f
        andl    $~C_SMEP, mask
        say     "no SMEP\n"
1:      bt      $20, %ebx
        jc      1f
        andl    $~C_SMAP, mask
        say     "no SMAP\n"
1:      movl    $modes_end, last_mode
        mov     $0x80000001, %eax
        cpuid
        bt      $26, %edx
        jc      1f
        subl    $MODE_SIZE, last_mode
        say     "no pages of 1 GiB\n"
1:      ret
        .include "paging_tables.inc"
        .text
        .include "paging_matrix.inc"

        .code32
        console
        .irp    name, puts, put_hex, put_dec
        .set    \name\()32, \name
        .endr
        matrix  32, e
        .code64
        console 64
        matrix  64, r, q
