package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Single elements into and out of XMM and MMX registers, and masks of sign bits (Intel SDM vol. 2 under each name). */
final class SseElements {
    private SseElements() {}

    @Insn(enc = {"66 0F 3A 20 /r Vx,Rd,Ib", "66 0F 3A 20 /r Vx,Mb,Ib"})
    static void pinsrb(X86Cpu cpu, Instruction i) {
        insert(cpu, i, (int) i.imm & 15, 8, source(cpu, i, 1));
    }

    @Insn(enc = {"66 0F C4 /r Vx,Rd,Ib", "66 0F C4 /r Vx,Mw,Ib"})
    static void pinsrw(X86Cpu cpu, Instruction i) {
        insert(cpu, i, (int) i.imm & 7, 16, source(cpu, i, 2));
    }

    @Insn(
            enc = {"NP 0F C4 /r Pq,Rd,Ib", "NP 0F C4 /r Pq,Mw,Ib"},
            name = "pinsrw",
            ops = "=a,b,d")
    static long pinsrwMmx(long a, long b, long d) {
        int shift = 16 * ((int) d & 3);
        return a & ~(0xffffL << shift) | (b & 0xffff) << shift;
    }

    /** PINSRD, and with REX.W PINSRQ. */
    @Insn(
            enc = {"66 0F 3A 22 /r Vx,Ey,Ib"},
            name = "pinsrd|pinsrq")
    static void pinsrd(X86Cpu cpu, Instruction i) {
        if ((i.rex & 8) != 0) {
            insert(cpu, i, (int) i.imm & 1, 64, cpu.readE(i, 8));
        } else {
            insert(cpu, i, (int) i.imm & 3, 32, cpu.readE(i, 4));
        }
    }

    /** A general register, or {@code size} bytes of memory. */
    private static long source(X86Cpu cpu, Instruction i, int size) {
        return i.memory ? cpu.readE(i, size) : cpu.r[i.rm];
    }

    /** Replaces element n of {@code bits} bits. */
    private static void insert(X86Cpu cpu, Instruction i, int n, int bits, long value) {
        int at = 2 * i.reg + n * bits / 64;
        int shift = n * bits % 64;
        long mask = -1L >>> 64 - bits << shift;
        cpu.xmm[at] = cpu.xmm[at] & ~mask | value << shift & mask;
    }

    @Insn(enc = {"66 0F 3A 21 /r Vx,Ux,Ib", "66 0F 3A 21 /r Vx,Md,Ib"})
    static void insertps(X86Cpu cpu, Instruction i) {
        int control = (int) i.imm & 0xff;
        long value = i.memory ? cpu.readE(i, 4) : Xmm.register(cpu, i.rm).dword(control >> 6);
        insert(cpu, i, control >> 4 & 3, 32, value);
        for (int n = 0; n < 4; n++) {
            if ((control >> n & 1) != 0) {
                insert(cpu, i, n, 32, 0);
            }
        }
    }

    @Insn(enc = {"66 0F 3A 14 /r Rd,Vx,Ib", "66 0F 3A 14 /r Mb,Vx,Ib"})
    static void pextrb(X86Cpu cpu, Instruction i) {
        cpu.writeE(i, i.memory ? 1 : 4, Xmm.v(cpu, i).octet((int) i.imm & 15));
    }

    @Insn(enc = {"66 0F 3A 15 /r Rd,Vx,Ib", "66 0F 3A 15 /r Mw,Vx,Ib"})
    static void pextrw(X86Cpu cpu, Instruction i) {
        cpu.writeE(i, i.memory ? 2 : 4, Xmm.v(cpu, i).word((int) i.imm & 7));
    }

    @Insn(
            enc = {"66 0F C5 /r Gy,Ux,Ib"},
            name = "pextrw")
    static void pextrwToRegister(X86Cpu cpu, Instruction i) {
        cpu.writeG(i, 4, Xmm.register(cpu, i.rm).word((int) i.imm & 7));
    }

    @Insn(
            enc = {"NP 0F C5 /r Gd,Nq,Ib"},
            name = "pextrw",
            ops = ">a,b,d")
    static long pextrwMmx(long b, long d) {
        return b >>> 16 * ((int) d & 3) & 0xffff;
    }

    /** PEXTRD, and with REX.W PEXTRQ. */
    @Insn(
            enc = {"66 0F 3A 16 /r Ey,Vx,Ib"},
            name = "pextrd|pextrq")
    static void pextrd(X86Cpu cpu, Instruction i) {
        if ((i.rex & 8) != 0) {
            cpu.writeE(i, 8, Xmm.v(cpu, i).half((int) i.imm & 1));
        } else {
            cpu.writeE(i, 4, Xmm.v(cpu, i).dword((int) i.imm & 3));
        }
    }

    @Insn(enc = {"66 0F 3A 17 /r Ed,Vx,Ib"})
    static void extractps(X86Cpu cpu, Instruction i) {
        cpu.writeE(i, 4, Xmm.v(cpu, i).dword((int) i.imm & 3));
    }

    @Insn(
            enc = {"NP 0F D7 /r Gy,Nq"},
            name = "pmovmskb",
            ops = ">a,b")
    static long pmovmskbMmx(long b) {
        // the product moves the top bit of byte n to bit 56 + n
        return ((b & Lanes.tops(8)) >>> 7) * 0x0102_0408_1020_4080L >>> 56;
    }

    @Insn(enc = {"66 0F D7 /r Gy,Ux"})
    static void pmovmskb(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.register(cpu, i.rm);
        cpu.writeG(i, 4, pmovmskbMmx(b.low()) | pmovmskbMmx(b.high()) << 8);
    }

    @Insn(enc = {"NP 0F 50 /r Gy,Ux"})
    static void movmskps(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.register(cpu, i.rm);
        cpu.writeG(i, 4, signs(b.low()) | signs(b.high()) << 2);
    }

    private static long signs(long singles) {
        return singles >>> 31 & 1 | singles >>> 62 & 2;
    }

    @Insn(enc = {"66 0F 50 /r Gy,Ux"})
    static void movmskpd(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.register(cpu, i.rm);
        cpu.writeG(i, 4, b.low() >>> 63 | b.high() >>> 63 << 1);
    }
}
