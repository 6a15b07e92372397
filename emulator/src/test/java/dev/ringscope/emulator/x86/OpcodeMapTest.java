package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Encoding;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Walks through the four opcode maps with every mandatory prefix, ModRM.reg, and a register and a memory operand: what
 * the host refuses as an invalid opcode is one to us too. (The other way round hosts differ: they have extensions that
 * we have not.)
 */
class OpcodeMapTest {
    private static final EmulatedCpu EMULATED = new EmulatedCpu();
    private static final Encoding NONE =
            X86Isa.table().definitions().getFirst().encodings.getFirst();

    @ParameterizedTest
    @ValueSource(ints = {64, 32, 16})
    void whatTheHostRefusesWeRefuse(int bits) {
        List<String> accepted = new ArrayList<>();
        for (int prefix : new int[] {0, 0x66, 0xf3, 0xf2}) {
            List<ProcessorCase> cases = new ArrayList<>();
            for (int map = 0; map < 4; map++) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    addForms(cases, bits, prefix, map, opcode);
                }
            }
            List<ProcessorOutcome> host = HostCpu.run(cases);
            for (int n = 0; n < cases.size(); n++) {
                boolean refused = host.get(n).vector == Fault.UD;
                if (refused && EMULATED.run(cases.get(n), false).vector != Fault.UD) {
                    accepted.add(HexFormat.ofDelimiter(" ").formatHex(cases.get(n).code));
                }
            }
        }
        assertThat(accepted).isEmpty();
    }

    private static void addForms(List<ProcessorCase> cases, int bits, int prefix, int map, int opcode) {
        for (int modrm = 0; modrm < 16; modrm++) {
            int reg = modrm & 7;
            boolean memory = modrm >= 8;
            if (map == 0
                    ? leavesTheHarness(bits, opcode, reg)
                    : map == 1 && leavesTheHarnessTwoBytes(opcode, reg, memory)) {
                continue;
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            if (prefix != 0) {
                bytes.write(prefix);
            }
            bytes.writeBytes(map == 0 ? new byte[0] : new byte[] {0x0f});
            bytes.writeBytes(map < 2 ? new byte[0] : new byte[] {(byte) (map == 2 ? 0x38 : 0x3a)});
            bytes.write(opcode);
            bytes.write(memory ? reg << 3 | 3 : 0xc1 | reg << 3); // [rBX] or rCX
            ProcessorCase c = new ProcessorCase(NONE, bits);
            c.code = Arrays.copyOf(bytes.toByteArray(), bytes.size() + 8);
            Arrays.fill(c.r, 0, bits == 64 ? 16 : 8, ProcessorCase.WINDOW + 128 - c.base());
            c.r[X86Cpu.RCX] = 1;
            c.mxcsr = 0x1f80;
            cases.add(c);
        }
    }

    /** Prefixes, VEX and EVEX, and what goes elsewhere or changes what the harness stands on. */
    private static boolean leavesTheHarness(int bits, int opcode, int reg) {
        return switch (opcode) {
            case 0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0xc4, 0xc5, 0x62 -> true;
            case 0x07, 0x17, 0x1f, 0x8e, 0x8f, 0x9a, 0x9d, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xea, 0xf1 -> true;
            case 0xc2, 0xc3, 0xc8, 0xe0, 0xe1, 0xe2, 0xe3, 0xe8, 0xe9, 0xeb -> true;
            case 0xc7 -> reg == 7;
            case 0xff -> reg >= 2 && reg <= 5;
            default -> opcode >> 4 == 7 || bits == 64 && opcode >> 4 == 4;
        };
    }

    /** Behind 0F: system calls, segment loads, branches, FS and GS bases, states that harm the host, 3DNow. */
    private static boolean leavesTheHarnessTwoBytes(int opcode, int reg, boolean memory) {
        return switch (opcode) {
            case 0x01 -> !memory;
            case 0x05, 0x07, 0x0e, 0x0f, 0x34, 0x35, 0x38, 0x3a, 0xa1, 0xa9, 0xb2, 0xb4, 0xb5 -> true;
            case 0xae -> !memory || reg == 1 || reg == 2 || reg == 5;
            default -> opcode >> 4 == 8;
        };
    }
}
