package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * TLBs and caches (Intel SDM vol. 2; vol. 3A, 4.10.4.1 and 12.5). Caches are not modelled: memory is always up to date,
 * and what is left of their instructions are the privilege and address checks.
 */
final class CacheInstructions {
    private CacheInstructions() {}

    @Insn(enc = "0F 01 /7 Mb end")
    static void invlpg(X86Cpu cpu, Instruction i) {
        cpu.requireRing0();
        // no segment limit is checked
        long offset = cpu.effective(i);
        boolean based = !i.is64() || i.segment >= Instruction.FS;
        long linear = based ? offset + cpu.seg[i.segment].base : offset;
        linear = i.is64() ? linear : linear & 0xffff_ffffL;
        cpu.system.tellFlush("invlpg", linear);
        cpu.paging.flushPage(linear);
    }

    @Insn(enc = {"66 0F 38 82 /r Gd,M i64 end", "66 0F 38 82 /r Gq,M o64 end"})
    static void invpcid(X86Cpu cpu, Instruction i) {
        cpu.requireRing0();
        long type = X86Cpu.truncate(cpu.r[i.reg], i.is64() ? 8 : 4);
        long address = cpu.linear(i, 16, false);
        long pcid = cpu.load(address, 8);
        long linear = cpu.load(address + 8, 8);
        boolean needsPcid = type <= 1;
        boolean badPcid = pcid >>> 12 != 0 || needsPcid && pcid != 0 && (cpu.cr4 & X86Cpu.CR4_PCIDE) == 0;
        if (type < 0 || type > 3 || badPcid || type == 0 && !cpu.paging.canonical(linear)) {
            throw Fault.gp(0, Reason.BAD_REGISTER_VALUE, type);
        }
        cpu.system.tellFlush("invpcid", type == 0 ? linear : 0);
        cpu.paging.flushAll();
    }

    @Insn(enc = "0F 08 end")
    static void invd(X86Cpu cpu) {
        cpu.requireRing0();
    }

    @Insn(enc = "0F 09 end")
    static void wbinvd(X86Cpu cpu) {
        cpu.requireRing0();
    }

    /** Checked like a load of one byte. */
    @Insn(enc = "NP 0F AE /7 Mb")
    static void clflush(X86Cpu cpu, Instruction i) {
        cpu.paging.probeRead(cpu.linear(i, 1, false), 1);
    }

    @Insn(enc = "NP 0F AE /5 rm")
    static void lfence() {}

    @Insn(enc = "NP 0F AE /6 rm")
    static void mfence() {}

    @Insn(enc = "NP 0F AE /7 rm")
    static void sfence() {}

    @Insn(enc = "0F 18 /0 Mb")
    static void prefetchnta() {}

    @Insn(enc = "0F 18 /1 Mb")
    static void prefetcht0() {}

    @Insn(enc = "0F 18 /2 Mb")
    static void prefetcht1() {}

    @Insn(enc = "0F 18 /3 Mb")
    static void prefetcht2() {}

    @Insn(enc = {"0F 0D /0 Mb", "0F 0D /3 Mb", "0F 0D /4 Mb", "0F 0D /5 Mb", "0F 0D /6 Mb", "0F 0D /7 Mb"})
    static void prefetch() {}

    @Insn(enc = "0F 0D /2 Mb")
    static void prefetchwt1() {}

    @Insn(enc = "0F 0D /1 Mb")
    static void prefetchw() {}
}
