# A boot sector: prints through the BIOS (INT 0x10, teletype), stops. The status goes to an isa-debug-exit port, if
# any.
        .code16
        .globl  _start
_start: ljmp    $0, $1f                 # some BIOSes enter at 07c0:0000
1:      xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %ss
        mov     $0x7c00, %sp
        cld
        mov     $text, %si
2:      lodsb
        test    %al, %al
        jz      3f
        mov     $0x0e, %ah
        mov     $0x0007, %bx            # page 0, grey
        int     $0x10
        jmp     2b
3:      mov     $0, %al
        out     %al, $0xf4
4:      cli
        hlt
        jmp     4b
text:   .asciz  "Hello from a boot sector\r\n"
        .org    510
        .word   0xaa55
