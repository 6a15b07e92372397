# A boot disk: its first sector reads the second one by cylinder, head and sector (INT 0x13, AH = 02), then the next
# two by their number (AH = 42), and prints the texts that lie there. On an error it prints the BIOS's code.
        .code16
        .globl  _start
_start: ljmp    $0, $1f
1:      xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $0x7c00, %sp
        cld
        mov     %dl, drive              # the BIOS says which drive it booted from

        mov     $0x0201, %ax            # read one sector
        mov     $0x0002, %cx            # cylinder 0, sector 2
        mov     $0, %dh                 # head 0
        mov     $0x8000, %bx
        int     $0x13
        jc      failed
        mov     $0x8000, %si
        call    print

        mov     $0x41, %ah              # are the extensions there?
        mov     $0x55aa, %bx
        mov     drive, %dl
        int     $0x13
        jc      failed
        mov     $0x42, %ah
        mov     drive, %dl
        mov     $packet, %si
        int     $0x13
        jc      failed
        mov     $0x9000, %si
        call    print
        mov     $0, %al
        jmp     stop
failed: add     $'0', %ah               # enough for the usual codes 1 to 9
        mov     %ah, code
        mov     $error, %si
        call    print
        mov     $1, %al
stop:   out     %al, $0xf4
1:      cli
        hlt
        jmp     1b

print:  lodsb
        test    %al, %al
        jz      1f
        mov     $0x0e, %ah
        mov     $0x0007, %bx
        int     $0x10
        jmp     print
1:      ret

error:  .ascii  "INT 0x13 failed: "
code:   .asciz  "?\r\n"
drive:  .byte   0
        .p2align 2
packet: .word   16, 2                   # disk address packet: its size, two sectors
        .word   0x9000, 0               # to 0000:9000
        .quad   2                       # from the third sector on
        .org    510
        .word   0xaa55

        .asciz  "The second sector, read by cylinder, head and sector\r\n"
        .org    1024
        .ascii  "The third and fourth sectors, read by number: a text that "
        .fill   900, 1, '.'
        .asciz  " crosses their border\r\n"
        .org    64 * 512                # a BIOS computes a geometry from the size
