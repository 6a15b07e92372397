# The same by INT 0x80, with the numbers and registers of i386. Made twice: as a 64-bit and as a 32-bit program.
        .globl  _start
_start: mov     $4, %eax                # write
        mov     $1, %ebx                # standard output
        mov     $text, %ecx
        mov     $length, %edx
        int     $0x80
        mov     $1, %eax                # exit
        xor     %ebx, %ebx
        int     $0x80
text:   .ascii  "Hello, world!\n"
        .set    length, . - text
