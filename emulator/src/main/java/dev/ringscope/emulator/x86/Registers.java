package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.MachineDescription.Register;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The processor's registers by name: for snapshots, debuggers and questions. Numbers are unsigned; 128-bit registers are two longs, low first. */
public final class Registers {
    private interface Get {
        long of(X86Cpu cpu);
    }

    private interface Set {
        void on(X86Cpu cpu, long value);
    }

    /** One register of at most 64 bits, or (get and set null) an XMM register by number. */
    private record Entry(Register register, Get get, Set set, int xmm) {}

    private static final String[] GENERAL = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};
    private static final Map<String, Entry> ALL = new LinkedHashMap<>();

    static {
        for (int n = 0; n < GENERAL.length; n++) {
            int number = n;
            add(GENERAL[n], 64, c -> c.r[number], (c, v) -> c.r[number] = v);
        }
        add("rip", 64, c -> c.pc, (c, v) -> c.pc = v);
        add("eflags", 32, X86Cpu::eflags, (c, v) -> c.setEflags((int) v));
        add("cpl", 8, c -> c.cpl, null);
        for (int n = 0; n < SEGMENTS.length; n++) {
            int number = n;
            add(SEGMENTS[n], 16, c -> c.seg[number].selector, null);
            add(SEGMENTS[n] + "_base", 64, c -> c.seg[number].base, number == 4 || number == 5
                    ? (c, v) -> c.seg[number].base = v
                    : null);
        }
        add("cr0", 64, c -> c.cr0, null);
        add("cr2", 64, c -> c.cr2, (c, v) -> c.cr2 = v);
        add("cr3", 64, c -> c.cr3, null);
        add("cr4", 64, c -> c.cr4, null);
        add("cr8", 64, c -> c.system.apic.cr8(), (c, v) -> c.system.apic.setCr8((int) v & 15));
        add("efer", 64, c -> c.efer, null);
        add("gdtr_base", 64, c -> c.gdtrBase, (c, v) -> c.gdtrBase = v);
        add("gdtr_limit", 16, c -> c.gdtrLimit, (c, v) -> c.gdtrLimit = (int) v & 0xffff);
        add("idtr_base", 64, c -> c.idtrBase, (c, v) -> c.idtrBase = v);
        add("idtr_limit", 16, c -> c.idtrLimit, (c, v) -> c.idtrLimit = (int) v & 0xffff);
        for (int n : new int[] {0, 1, 2, 3, 6, 7}) {
            add("dr" + n, 64, c -> c.dr[n], null);
        }
        add("star", 64, c -> c.star, null);
        add("lstar", 64, c -> c.lstar, null);
        add("sfmask", 64, c -> c.syscallMask, null);
        add("k_gs_base", 64, c -> c.kernelGsBase, (c, v) -> c.kernelGsBase = v);
        add("tsc", 64, c -> c.system.tsc(), null);
        for (int n = 0; n < 16; n++) {
            String name = "xmm" + n;
            ALL.put(name, new Entry(new Register(name, 128), null, null, n));
        }
    }

    private Registers() {}

    private static void add(String name, int bits, Get get, Set set) {
        ALL.put(name, new Entry(new Register(name, bits), get, set, -1));
    }

    /** In the order of {@link #read}. */
    public static List<Register> list() {
        return ALL.values().stream().map(Entry::register).toList();
    }

    /** All registers, each zero-extended to whole longs. */
    public static long[] read(X86Cpu cpu) {
        List<Long> values = new ArrayList<>();
        for (Entry e : ALL.values()) {
            if (e.get == null) {
                values.add(cpu.xmm[2 * e.xmm]);
                values.add(cpu.xmm[2 * e.xmm + 1]);
            } else {
                long value = e.get.of(cpu);
                values.add(e.register.bits() == 64 ? value : value & (1L << e.register.bits()) - 1);
            }
        }
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** A register of at most 64 bits. @throws IllegalArgumentException if there is none of that name */
    public static long read(X86Cpu cpu, String name) {
        Entry e = ALL.get(name);
        if (e == null || e.get == null) {
            throw new IllegalArgumentException("no register " + name);
        }
        return e.get.of(cpu);
    }

    /** Whether a debugger may write it. */
    public static boolean writable(String name) {
        Entry e = ALL.get(name);
        return e != null && (e.set != null || e.xmm >= 0);
    }

    /** Writes a register of at most 64 bits from outside. */
    public static void write(X86Cpu cpu, String name, long value) {
        ALL.get(name).set.on(cpu, value);
    }
}
