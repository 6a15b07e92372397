package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** MPSADBW, PHMINPOSUW and CRC32 (Intel SDM vol. 2 under each name). */
final class SseSearches {
    /** 11EDC6F41, the polynomial of CRC-32C, without its top bit and with the low bit first. */
    private static final int CRC32C = 0x82f6_3b78;

    private SseSearches() {}

    /** Eight sums of absolute differences: four bytes of the source against the destination's at eight places. */
    @Insn(enc = {"66 0F 3A 42 /r Vx,Wx,Ib"})
    static void mpsadbw(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        int fromB = ((int) i.imm & 3) * 4;
        int fromA = (int) i.imm & 4;
        long[] result = new long[2];
        for (int n = 0; n < 8; n++) {
            long sum = 0;
            for (int k = 0; k < 4; k++) {
                sum += Math.abs(a.octet(fromA + n + k) - b.octet(fromB + k));
            }
            result[n >> 2] |= sum << 16 * (n & 3);
        }
        Xmm.put(cpu, i, result[0], result[1]);
    }

    /** The least word, unsigned, and in bits 18:16 its number; the first of equal ones. */
    @Insn(enc = {"66 0F 38 41 /r Vx,Wx"})
    static void phminposuw(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        int least = 0;
        for (int n = 1; n < 8; n++) {
            least = b.word(n) < b.word(least) ? n : least;
        }
        Xmm.put(cpu, i, b.word(least) | (long) least << 16, 0);
    }

    @Insn(
            enc = {"F2 0F 38 F0 /r Gy,Eb"},
            ops = "=a,b",
            name = "crc32",
            att = "crc32?")
    static long crc32Byte(long a, long b) {
        return crc(a, b, 1);
    }

    @Insn(
            enc = {"F2 0F 38 F1 /r Gy,Ev"},
            att = "crc32?")
    static void crc32(X86Cpu cpu, Instruction i) {
        cpu.writeG(i, 4, crc(cpu.readG(i, 4), cpu.readE(i, i.operandSize), i.operandSize));
    }

    private static long crc(long start, long data, int bytes) {
        int crc = (int) start;
        for (int n = 0; n < 8 * bytes; n++) {
            boolean odd = ((crc ^ data >> n) & 1) != 0;
            crc = odd ? crc >>> 1 ^ CRC32C : crc >>> 1;
        }
        return Integer.toUnsignedLong(crc);
    }
}
