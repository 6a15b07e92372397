package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.DescriptorText;

/** {@code monitor info registers}: in QEMU's layout, and below it the registers that QEMU leaves out. */
record InfoRegisters(Guest guest) implements GuestCommand {
    private static final String[] GENERAL = {
        "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "RSP", "R8 ", "R9 ", "R10", "R11", "R12", "R13", "R14", "R15"
    };
    private static final int[] NUMBERS = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};
    private static final String[] SEGMENTS = {"ES ", "CS ", "SS ", "DS ", "FS ", "GS ", "LDT", "TR "};

    @Override
    public String name() {
        return "info registers";
    }

    @Override
    public String summary() {
        return "all registers, system registers too, in QEMU's layout";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        X86Cpu cpu = guest.machine().cpu();
        boolean wide = cpu.code64();
        StringBuilder text = new StringBuilder("\nCPU#0\n");
        general(cpu, wide, text);
        segments(cpu, wide, text);
        control(cpu, wide, text);
        floatingPoint(cpu, wide ? 16 : 8, text);
        return text.append("STAR=%016x LSTAR=%016x CSTAR=%016x SFMASK=%016x KGSBASE=%016x%n"
                        .formatted(cpu.star, cpu.lstar, cpu.cstar, cpu.syscallMask, cpu.kernelGsBase))
                .toString();
    }

    private void general(X86Cpu cpu, boolean wide, StringBuilder text) {
        for (int n = 0; n < (wide ? 16 : 8); n++) {
            long value = cpu.r[NUMBERS[n]];
            String end = n % 4 == 3 ? "\n" : " ";
            text.append(
                    wide
                            ? "%s=%016x%s".formatted(GENERAL[n], value, end)
                            : "E%s=%08x%s".formatted(GENERAL[n].substring(1), (int) value, end));
        }
        int flags = cpu.eflags();
        String letters = "" + letter(flags, X86Cpu.DF, 'D') + letter(flags, 0x800, 'O') + letter(flags, 0x80, 'S')
                + letter(flags, 0x40, 'Z') + letter(flags, 0x10, 'A') + letter(flags, 4, 'P') + letter(flags, 1, 'C');
        String place = wide ? "RIP=%016x RFL".formatted(cpu.currentPc()) : "EIP=%08x EFL".formatted((int) cpu.pc);
        text.append("%s=%08x [%s] CPL=%d II=%d A20=%d SMM=0 HLT=%d%n"
                .formatted(
                        place,
                        flags,
                        letters,
                        cpu.cpl,
                        cpu.shadowEnd > cpu.retired ? 1 : 0,
                        cpu.memory.a20() ? 1 : 0,
                        cpu.halted ? 1 : 0));
    }

    private static char letter(int flags, int bit, char letter) {
        return (flags & bit) != 0 ? letter : '-';
    }

    private static void segments(X86Cpu cpu, boolean wide, StringBuilder text) {
        for (int n = 0; n < SEGMENTS.length; n++) {
            Segment s = cpu.seg[n];
            int flags =
                    (s.access & 0xf0ff) << 8 | (int) (s.limit >>> 12 & 0xf0000 & ((s.access & 0x8000) != 0 ? -1 : 0));
            String kind = cpu.protectedMode() && !cpu.v86() ? DescriptorText.segment(s, cpu.longMode()) : "";
            String base = wide ? "%016x".formatted(s.base) : "%08x".formatted((int) s.base);
            text.append("%s=%04x %s %08x %08x%s"
                            .formatted(SEGMENTS[n], s.selector, base, (int) s.limit, flags, kind)
                            .stripTrailing())
                    .append('\n');
        }
        text.append(table("GDT", cpu.gdtrBase, cpu.gdtrLimit, wide))
                .append(table("IDT", cpu.idtrBase, cpu.idtrLimit, wide));
    }

    private static String table(String name, long base, int limit, boolean wide) {
        return wide
                ? "%s=     %016x %08x%n".formatted(name, base, limit)
                : "%s=     %08x %08x%n".formatted(name, (int) base, limit);
    }

    private static void control(X86Cpu cpu, boolean wide, StringBuilder text) {
        String format = wide ? "CR0=%08x CR2=%016x CR3=%016x CR4=%08x%n" : "CR0=%08x CR2=%08x CR3=%08x CR4=%08x%n";
        text.append(format.formatted(cpu.cr0, cpu.cr2, cpu.cr3, cpu.cr4));
        for (int n = 0; n < 4; n++) {
            text.append("DR%d=%016x ".formatted(n, cpu.dr[n]));
        }
        text.append("%nDR6=%016x DR7=%016x%nEFER=%016x%n".formatted(cpu.dr[6], cpu.dr[7], cpu.efer));
    }

    private static void floatingPoint(X86Cpu cpu, int vectors, StringBuilder text) {
        int top = cpu.fpu.status() >> 11 & 7;
        text.append("FCW=%04x FSW=%04x [ST=%d] FTW=%02x MXCSR=%08x%n"
                .formatted(cpu.fpu.control(), cpu.fpu.status(), top, cpu.fpu.abridgedTag(), cpu.mxcsr.value));
        for (int n = 0; n < 8; n++) {
            int st = n - top & 7;
            text.append("FPR%d=%016x %04x%s"
                    .formatted(n, cpu.fpu.significand(st), cpu.fpu.se(st), n % 2 == 0 ? " " : "\n"));
        }
        for (int n = 0; n < vectors; n++) {
            text.append(
                    "XMM%02d=%016x %016x%s".formatted(n, cpu.xmm[2 * n + 1], cpu.xmm[2 * n], n % 2 == 0 ? " " : "\n"));
        }
    }
}
