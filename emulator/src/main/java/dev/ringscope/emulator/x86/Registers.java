package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.MachineDescription.Register;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The processor's registers by name: for snapshots, debuggers and questions. Values are unsigned; those wider than 64
 * bits are two longs, low one first. {@code rip} is the offset in CS; {@code st0} is the top of the x87 stack;
 * {@code fctrl} to {@code fop} are FCW, FSW, the full 16-bit tag word, FCS, FIP, FDS, FDP and FOP by gdb's names.
 */
public final class Registers {
    private interface Get {
        long of(X86Cpu cpu, int word);
    }

    private interface Set {
        void on(X86Cpu cpu, long[] words);
    }

    /** @param set null where a write from outside would need more than storing a number */
    private record Entry(Register register, Get get, Set set) {}

    private static final String[] GENERAL = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};
    private static final Map<String, Entry> ALL = new LinkedHashMap<>();

    static {
        general();
        segments();
        system();
        floatingPoint();
    }

    private static final Entry[] ENTRIES = ALL.values().toArray(Entry[]::new);
    private static final int WORDS =
            ALL.values().stream().mapToInt(e -> e.register.words()).sum();

    private Registers() {}

    private static void add(String name, int bits, Get get, Set set) {
        ALL.put(name, new Entry(new Register(name, bits), get, set));
    }

    private static void general() {
        for (int n = 0; n < GENERAL.length; n++) {
            int number = n;
            add(GENERAL[n], 64, (c, w) -> c.r[number], (c, v) -> c.r[number] = v[0]);
        }
        add("rip", 64, (c, w) -> c.pc, (c, v) -> goTo(c, v[0]));
        add("eflags", 32, (c, w) -> c.eflags(), (c, v) -> c.setEflags((int) v[0]));
        add("cpl", 8, (c, w) -> c.cpl, null);
    }

    private static void segments() {
        for (int n = 0; n < SEGMENTS.length; n++) {
            int number = n;
            add(SEGMENTS[n], 16, (c, w) -> c.seg[number].selector, null);
        }
        for (int n = 0; n < SEGMENTS.length; n++) {
            int number = n;
            boolean thread = SEGMENTS[n].equals("fs") || SEGMENTS[n].equals("gs");
            Set set = thread ? (c, v) -> c.seg[number].base = v[0] : null;
            add(SEGMENTS[n] + "_base", 64, (c, w) -> c.seg[number].base, set);
        }
        add("gdtr_base", 64, (c, w) -> c.gdtrBase, (c, v) -> c.gdtrBase = v[0]);
        add("gdtr_limit", 16, (c, w) -> c.gdtrLimit, (c, v) -> c.gdtrLimit = (int) v[0] & 0xffff);
        add("idtr_base", 64, (c, w) -> c.idtrBase, (c, v) -> c.idtrBase = v[0]);
        add("idtr_limit", 16, (c, w) -> c.idtrLimit, (c, v) -> c.idtrLimit = (int) v[0] & 0xffff);
    }

    private static void system() {
        add("cr0", 64, (c, w) -> c.cr0, null);
        add("cr2", 64, (c, w) -> c.cr2, (c, v) -> c.cr2 = v[0]);
        add("cr3", 64, (c, w) -> c.cr3, null);
        add("cr4", 64, (c, w) -> c.cr4, null);
        add("cr8", 64, (c, w) -> c.system.apic.cr8(), (c, v) -> c.system.apic.setCr8((int) v[0] & 15));
        add("efer", 64, (c, w) -> c.efer, null);
        for (int n : new int[] {0, 1, 2, 3, 6, 7}) {
            add("dr" + n, 64, (c, w) -> c.dr[n], null);
        }
        add("star", 64, (c, w) -> c.star, null);
        add("lstar", 64, (c, w) -> c.lstar, null);
        add("sfmask", 64, (c, w) -> c.syscallMask, null);
        add("k_gs_base", 64, (c, w) -> c.kernelGsBase, (c, v) -> c.kernelGsBase = v[0]);
    }

    private static void floatingPoint() {
        for (int n = 0; n < 8; n++) {
            int st = n;
            add(
                    "st" + n,
                    80,
                    (c, w) -> w == 0 ? c.fpu.significand(st) : c.fpu.se(st),
                    (c, v) -> c.fpu.setRegister(st, (int) v[1] & 0xffff, v[0]));
        }
        add("fctrl", 16, (c, w) -> c.fpu.control(), (c, v) -> c.fpu.setControl((int) v[0] & 0xffff));
        add("fstat", 16, (c, w) -> c.fpu.status(), (c, v) -> c.fpu.setStatus((int) v[0] & 0xffff));
        add("ftag", 16, (c, w) -> c.fpu.fullTag(), (c, v) -> c.fpu.setFullTag((int) v[0] & 0xffff));
        add(
                "fiseg",
                16,
                (c, w) -> c.fpu.instructionSelector,
                (c, v) -> c.fpu.instructionSelector = (int) v[0] & 0xffff);
        add("fioff", 64, (c, w) -> c.fpu.instructionOffset, (c, v) -> c.fpu.instructionOffset = v[0]);
        add("foseg", 16, (c, w) -> c.fpu.dataSelector, (c, v) -> c.fpu.dataSelector = (int) v[0] & 0xffff);
        add("fooff", 64, (c, w) -> c.fpu.dataOffset, (c, v) -> c.fpu.dataOffset = v[0]);
        add("fop", 16, (c, w) -> c.fpu.opcode, (c, v) -> c.fpu.opcode = (int) v[0] & 0x7ff);
        for (int n = 0; n < 16; n++) {
            int xmm = n;
            add("xmm" + n, 128, (c, w) -> c.xmm[2 * xmm + w], (c, v) -> {
                c.xmm[2 * xmm] = v[0];
                c.xmm[2 * xmm + 1] = v[1];
            });
        }
        add("mxcsr", 32, (c, w) -> c.mxcsr.value, (c, v) -> c.mxcsr.value = (int) v[0] & 0xffff);
    }

    /** In the order of {@link #read(X86Cpu)}. */
    public static List<Register> list() {
        return ALL.values().stream().map(Entry::register).toList();
    }

    /** All registers, each zero-extended to whole longs. */
    public static long[] read(X86Cpu cpu) {
        long[] all = new long[WORDS];
        int next = 0;
        for (Entry e : ENTRIES) {
            for (int w = 0; w < e.register.words(); w++) {
                all[next++] = word(cpu, e, w);
            }
        }
        return all;
    }

    private static long[] words(X86Cpu cpu, Entry e) {
        long[] words = new long[e.register.words()];
        for (int w = 0; w < words.length; w++) {
            words[w] = word(cpu, e, w);
        }
        return words;
    }

    private static long word(X86Cpu cpu, Entry e, int w) {
        int rest = e.register.bits() - 64 * w;
        long value = e.get.of(cpu, w);
        return rest >= 64 ? value : value & (1L << rest) - 1;
    }

    public static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    /** The low 64 bits of a register. @throws IllegalArgumentException if there is none of that name */
    public static long read(X86Cpu cpu, String name) {
        return readWords(cpu, name)[0];
    }

    /** A register as one or two longs. @throws IllegalArgumentException if there is none of that name */
    public static long[] readWords(X86Cpu cpu, String name) {
        Entry e = ALL.get(name);
        if (e == null) {
            throw new IllegalArgumentException("no register " + name);
        }
        return words(cpu, e);
    }

    /** A debugger that moves the processor elsewhere wakes it from HLT. */
    private static void goTo(X86Cpu cpu, long pc) {
        cpu.halted &= pc == cpu.pc;
        cpu.pc = pc;
    }

    /** Whether a debugger may write it. */
    public static boolean writable(String name) {
        Entry e = ALL.get(name);
        return e != null && e.set != null;
    }

    /** Writes a register from outside; {@code words} as {@link #readWords} gives them. */
    public static void write(X86Cpu cpu, String name, long... words) {
        if (!writable(name)) {
            throw new IllegalArgumentException("register " + name + " cannot be written");
        }
        ALL.get(name).set.on(cpu, words);
    }
}
