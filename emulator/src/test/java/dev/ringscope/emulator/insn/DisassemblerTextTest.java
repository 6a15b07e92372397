package dev.ringscope.emulator.insn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.x86.X86Isa;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The disassembler's two syntaxes by example; that they are objdump's is asserted over whole programs elsewhere. */
class DisassemblerTextTest {
    private static final long ADDRESS = 0x40_1000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8 | c7450801000000         | mov    DWORD PTR [rbp+0x8],0x1              | movl   $0x1,0x8(%rbp)",
                "8 | 48b8efcdab8967452301   | movabs rax,0x123456789abcdef               | movabs $0x123456789abcdef,%rax",
                "8 | 410fb60424             | movzx  eax,BYTE PTR [r12]                  | movzbl (%r12),%eax",
                "8 | f3a4                   | rep movs BYTE PTR es:[rdi],BYTE PTR ds:[rsi] | rep movsb %ds:(%rsi),%es:(%rdi)",
                "8 | f2ae                   | repnz scas al,BYTE PTR es:[rdi]            | repnz scas %es:(%rdi),%al",
                "8 | f0480fc70f             | lock cmpxchg16b OWORD PTR [rdi]            | lock cmpxchg16b (%rdi)",
                "8 | 66662e0f1f840000000000 | data16 cs nop WORD PTR [rax+rax*1+0x0]     | data16 cs nopw 0x0(%rax,%rax,1)",
                "8 | 0fc2c201               | cmpltps xmm0,xmm2                          | cmpltps %xmm2,%xmm0",
                "8 | 3effe0                 | notrack jmp rax                            | notrack jmp *%rax",
                "8 | 65488b042528000000     | mov    rax,QWORD PTR gs:0x28               | mov    %gs:0x28,%rax",
                "8 | 4898                   | cdqe                                       | cltq",
                "8 | dee9                   | fsubp  st(1),st                            | fsubrp %st,%st(1)",
                "8 | 06                     | (bad)                                      | (bad)",
                "4 | 06                     | push   es                                  | push   %es",
                "4 | 6610c0                 | data16 adc al,al                           | data16 adc %al,%al",
                "2 | ea0000ffff             | jmp    0xffff:0x0                          | ljmp   $0xffff,$0x0",
                "2 | 8b16347f               | mov    dx,WORD PTR ds:0x7f34               | mov    0x7f34,%dx"
            })
    void writesBothSyntaxes(int mode, String bytes, String intel, String att) {
        Instruction i = decode(mode, bytes);

        assertThat(Disassembler.text(i, Syntax.INTEL, SymbolLookup.NONE)).isEqualTo(intel);
        assertThat(Disassembler.text(i, Syntax.ATT, SymbolLookup.NONE)).isEqualTo(att);
    }

    @Test
    void namesTargetsOfBranches() {
        SymbolLookup symbols = address -> Optional.of("main+0x" + Long.toHexString(address - ADDRESS));

        assertThat(Disassembler.text(decode(8, "e80b000000"), Syntax.INTEL, symbols))
                .isEqualTo("call   401010 <main+0x10>");
    }

    @Test
    void saysWhereAnOperandRelativeToRipIs() {
        Instruction lea = decode(8, "488d05f9ffffff");
        SymbolLookup symbols = address -> address == ADDRESS ? Optional.of("_start") : Optional.empty();

        assertThat(Disassembler.text(lea, Syntax.ATT, symbols))
                .isEqualTo("lea    -0x7(%rip),%rax        # 401000 <_start>");
        assertThat(Disassembler.bare(lea, Syntax.ATT, symbols)).isEqualTo("lea    -0x7(%rip),%rax");
    }

    private static Instruction decode(int mode, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return new Decoder(X86Isa.table()).decode(n -> bytes[n] & 0xff, ADDRESS, mode);
    }
}
