# The ten lines that everybody knows: write and exit by SYSCALL, with the numbers of x86-64.
        .globl  _start
_start: mov     $1, %eax                # write
        mov     $1, %edi                # standard output
        lea     text(%rip), %rsi
        mov     $length, %edx
        syscall
        mov     $60, %eax               # exit
        xor     %edi, %edi
        syscall
text:   .ascii  "Hello, world!\n"
        .set    length, . - text
