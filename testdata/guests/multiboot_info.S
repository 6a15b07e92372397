# A multiboot 1 kernel that prints what the loader passed: magic, memory, command line, and each module with its
# contents.
        .include "kernel32.inc"
        .code32
        .set    FLAGS, 0
        .set    MEM_LOWER, 4
        .set    MEM_UPPER, 8
        .set    CMDLINE, 16
        .set    MODS_COUNT, 20
        .set    MODS_ADDR, 24
        .set    MMAP_LENGTH, 44
        .set    MMAP_ADDR, 48
_start: mov     $stack_top, %esp
        cld
        mov     %ebx, %ebp
        mov     %eax, %edi
        call    console_init
        cmp     $0x2badb002, %edi
        je      1f
        say     "EAX is not 0x2badb002\n"
        stop    1
1:      testb   $1, FLAGS(%ebp)
        jz      1f
        say     "lower memory, KiB: "
        mov     MEM_LOWER(%ebp), %eax
        call    put_kib
        say     "upper memory, KiB: "
        mov     MEM_UPPER(%ebp), %eax
        call    put_kib
1:      testb   $4, FLAGS(%ebp)
        jz      1f
        say     "command line: "
        mov     CMDLINE(%ebp), %esi
        call    puts
        say     "\n"
1:      testb   $8, FLAGS(%ebp)
        jz      1f
        mov     MODS_COUNT(%ebp), %ecx
        mov     MODS_ADDR(%ebp), %ebx
2:      test    %ecx, %ecx
        jz      1f
        push    %ecx
        call    module
        pop     %ecx
        add     $16, %ebx
        dec     %ecx
        jmp     2b
1:      testb   $0x40, FLAGS(%ebp)
        jz      1f
        mov     MMAP_ADDR(%ebp), %ebx
        mov     MMAP_LENGTH(%ebp), %edi
        add     %ebx, %edi
2:      cmp     %edi, %ebx
        jae     1f
        call    range
        add     (%ebx), %ebx            # the size does not count itself
        add     $4, %ebx
        jmp     2b
1:      say     "end of the multiboot information\n"
        stop    0

module: say     "module '"
        mov     8(%ebx), %esi           # its own command line
        call    puts
        say     "', bytes: 0x"
        mov     4(%ebx), %eax
        sub     (%ebx), %eax
        mov     $8, %ecx
        call    put_hex
        say     "\n"
        mov     (%ebx), %edi
1:      cmp     4(%ebx), %edi
        jae     2f
        mov     (%edi), %al
        call    putc
        inc     %edi
        jmp     1b
2:      ret

range:  say     "memory at 0x"
        lea     4(%ebx), %ebp
        call    put_quad
        say     ", bytes 0x"
        lea     12(%ebx), %ebp
        call    put_quad
        say     ", type "
        mov     20(%ebx), %eax
        call    put_dec
        say     "\n"
        ret

put_quad:
        mov     4(%ebp), %eax
        mov     $8, %ecx
        call    put_hex
        mov     (%ebp), %eax
        mov     $8, %ecx
        jmp     put_hex

put_kib:
        push    %eax
        say     "0x"
        pop     %eax
        mov     $8, %ecx
        call    put_hex
        say     "\n"
        ret

        console
