package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import dev.ringscope.emulator.x86.fpu.SseConvert;
import java.util.function.LongUnaryOperator;

/** Conversions between integers, floats and doubles (Intel SDM vol. 1, 10.4.3 and 11.4.1.6; vol. 2 under each name). */
final class SseConversions {
    private static final long DWORD = 0xffff_ffffL;

    private SseConversions() {}

    // ---- scalars ----------------------------------------------------------------------------------------------------

    @Insn(
            enc = {"F3 0F 5A /r Vq,Wd"},
            ops = ">a,b")
    static long cvtss2sd(Mxcsr mxcsr, long b) {
        return SseConvert.cvtss2sd(mxcsr, b);
    }

    @Insn(
            enc = {"F2 0F 5A /r Vd,Wq"},
            ops = ">a,b")
    static long cvtsd2ss(Mxcsr mxcsr, long b) {
        return SseConvert.cvtsd2ss(mxcsr, b);
    }

    @Insn(
            enc = {"F3 0F 2A /r Vd,Ey"},
            att = "cvtsi2ss?",
            ops = ">a,b")
    static long cvtsi2ss(Mxcsr mxcsr, long b) {
        return SseConvert.cvtsi2ss(mxcsr, b);
    }

    @Insn(
            enc = {"F2 0F 2A /r Vq,Ey"},
            att = "cvtsi2sd?",
            ops = ">a,b")
    static long cvtsi2sd(Mxcsr mxcsr, long b) {
        return SseConvert.cvtsi2sd(mxcsr, b);
    }

    @Insn(
            enc = {"F3 0F 2D /r Gy,Wd"},
            ops = ">a,b")
    static long cvtss2si(Mxcsr mxcsr, int w, long b) {
        return SseConvert.cvtss2si(mxcsr, b, 8 * w);
    }

    @Insn(
            enc = {"F3 0F 2C /r Gy,Wd"},
            ops = ">a,b")
    static long cvttss2si(Mxcsr mxcsr, int w, long b) {
        return SseConvert.cvttss2si(mxcsr, b, 8 * w);
    }

    @Insn(
            enc = {"F2 0F 2D /r Gy,Wq"},
            ops = ">a,b")
    static long cvtsd2si(Mxcsr mxcsr, int w, long b) {
        return SseConvert.cvtsd2si(mxcsr, b, 8 * w);
    }

    @Insn(
            enc = {"F2 0F 2C /r Gy,Wq"},
            ops = ">a,b")
    static long cvttsd2si(Mxcsr mxcsr, int w, long b) {
        return SseConvert.cvttsd2si(mxcsr, b, 8 * w);
    }

    // ---- floats and doublewords, lane by lane
    // -------------------------------------------------------------------------

    @Insn(
            enc = {"NP 0F 5B /r Vx,Wx"},
            ops = ">a,b")
    static long cvtdq2ps(Mxcsr mxcsr, long b) {
        return Lanes.singles(b, x -> SseConvert.cvtsi2ss(mxcsr, (int) x));
    }

    @Insn(
            enc = {"66 0F 5B /r Vx,Wx"},
            ops = ">a,b")
    static long cvtps2dq(Mxcsr mxcsr, long b) {
        return Lanes.singles(b, x -> SseConvert.cvtss2si(mxcsr, x, 32));
    }

    @Insn(
            enc = {"F3 0F 5B /r Vx,Wx"},
            ops = ">a,b")
    static long cvttps2dq(Mxcsr mxcsr, long b) {
        return Lanes.singles(b, x -> SseConvert.cvttss2si(mxcsr, x, 32));
    }

    /** With a memory operand the x87 stack is left alone. */
    @Insn(
            enc = {"NP 0F 2A /r Vq,Nq", "NP 0F 2A /r Vq,Mq"},
            ops = ">a,b")
    static long cvtpi2ps(Mxcsr mxcsr, long b) {
        return cvtdq2ps(mxcsr, b);
    }

    @Insn(
            enc = {"NP 0F 2D /r Pq,Wq"},
            ops = ">a,b")
    static long cvtps2pi(Mxcsr mxcsr, long b) {
        return cvtps2dq(mxcsr, b);
    }

    @Insn(
            enc = {"NP 0F 2C /r Pq,Wq"},
            ops = ">a,b")
    static long cvttps2pi(Mxcsr mxcsr, long b) {
        return cvttps2dq(mxcsr, b);
    }

    // ---- between 32-bit and 64-bit lanes
    // ------------------------------------------------------------------------------

    @Insn(enc = {"NP 0F 5A /r Vx,Wq"})
    static void cvtps2pd(X86Cpu cpu, Instruction i) {
        widen(cpu, i, Xmm.wLow(cpu, i, 8), x -> SseConvert.cvtss2sd(cpu.mxcsr, x));
    }

    @Insn(enc = {"F3 0F E6 /r Vx,Wq"})
    static void cvtdq2pd(X86Cpu cpu, Instruction i) {
        widen(cpu, i, Xmm.wLow(cpu, i, 8), x -> SseConvert.cvtsi2sd(cpu.mxcsr, (int) x));
    }

    @Insn(enc = {"66 0F 2A /r Vx,Nq"})
    static void cvtpi2pd(X86Cpu cpu, Instruction i) {
        cpu.enterMmx();
        widen(cpu, i, cpu.mm(i.rm & 7), x -> SseConvert.cvtsi2sd(cpu.mxcsr, (int) x));
    }

    /** The memory form leaves the x87 stack alone. */
    @Insn(
            enc = {"66 0F 2A /r Vx,Mq"},
            name = "cvtpi2pd")
    static void cvtpi2pdMemory(X86Cpu cpu, Instruction i) {
        cvtdq2pd(cpu, i);
    }

    private static void widen(X86Cpu cpu, Instruction i, long pair, LongUnaryOperator conversion) {
        long low = conversion.applyAsLong(pair & DWORD);
        long high = conversion.applyAsLong(pair >>> 32);
        cpu.requireNoSimdException();
        Xmm.put(cpu, i, low, high);
    }

    @Insn(enc = {"66 0F 5A /r Vx,Wx"})
    static void cvtpd2ps(X86Cpu cpu, Instruction i) {
        Xmm.put(cpu, i, narrow(cpu, Xmm.w(cpu, i), x -> SseConvert.cvtsd2ss(cpu.mxcsr, x)), 0);
    }

    @Insn(enc = {"F2 0F E6 /r Vx,Wx"})
    static void cvtpd2dq(X86Cpu cpu, Instruction i) {
        Xmm.put(cpu, i, narrow(cpu, Xmm.w(cpu, i), x -> SseConvert.cvtsd2si(cpu.mxcsr, x, 32)), 0);
    }

    @Insn(enc = {"66 0F E6 /r Vx,Wx"})
    static void cvttpd2dq(X86Cpu cpu, Instruction i) {
        Xmm.put(cpu, i, narrow(cpu, Xmm.w(cpu, i), x -> SseConvert.cvttsd2si(cpu.mxcsr, x, 32)), 0);
    }

    @Insn(enc = {"66 0F 2D /r Pq,Wx"})
    static void cvtpd2pi(X86Cpu cpu, Instruction i) {
        narrowToMmx(cpu, i, x -> SseConvert.cvtsd2si(cpu.mxcsr, x, 32));
    }

    @Insn(enc = {"66 0F 2C /r Pq,Wx"})
    static void cvttpd2pi(X86Cpu cpu, Instruction i) {
        narrowToMmx(cpu, i, x -> SseConvert.cvttsd2si(cpu.mxcsr, x, 32));
    }

    private static void narrowToMmx(X86Cpu cpu, Instruction i, LongUnaryOperator conversion) {
        Xmm b = Xmm.w(cpu, i);
        cpu.enterMmx();
        cpu.setMm(i.reg & 7, narrow(cpu, b, conversion));
    }

    private static long narrow(X86Cpu cpu, Xmm b, LongUnaryOperator conversion) {
        long low = conversion.applyAsLong(b.low()) & DWORD;
        long high = conversion.applyAsLong(b.high()) << 32;
        cpu.requireNoSimdException();
        return low | high;
    }
}
