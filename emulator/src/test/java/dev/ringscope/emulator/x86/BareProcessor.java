package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.DS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.FS;
import static dev.ringscope.emulator.insn.Instruction.GS;
import static dev.ringscope.emulator.insn.Instruction.SS;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.BlockCache;
import dev.ringscope.emulator.insn.Breakpoints;
import dev.ringscope.emulator.insn.Interpreter;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A processor with a megabyte of memory and descriptor tables in it, for tests that run single instructions. Every ring
 * r has a code segment, a conforming one, a stack and a data segment at fixed selectors; vectors go to handlers at
 * {@link #HANDLERS} + 16 * vector.
 */
final class BareProcessor {
    static final int GDT = 0x1000, LDT = 0x2000, IDT = 0x3000, TSS = 0x5000, OTHER_TSS = 0x6000;
    static final int PROGRAM = 0x10000, STACKS = 0x20000, HANDLERS = 0x40000;
    static final int TSS_SELECTOR = 0x100, OTHER_TSS_SELECTOR = 0x110, LDT_SELECTOR = 0x120;
    /** For the test's own descriptor; 16 bytes are free here. */
    static final int SPARE = 0x130;

    private static final long FLAT = 0x00cf_0000_0000_ffffL;
    private static final long LONG_CODE = 0x00af_0000_0000_ffffL;

    final X86Cpu cpu;
    final List<Event> events = new ArrayList<>();
    private final PhysicalMemory memory = new PhysicalMemory(0x10_0000, new byte[0]);
    private final Interpreter interpreter;
    private final boolean ia32e;

    private BareProcessor(boolean ia32e) {
        this.ia32e = ia32e;
        cpu = new X86Cpu(memory, new Ports());
        interpreter = new Interpreter(cpu, cpu.time, new BlockCache(cpu, new X86Isa(false), new Breakpoints()));
    }

    // ---- making one -------------------------------------------------------------------------------------------------

    static BareProcessor real() {
        BareProcessor p = new BareProcessor(false);
        Reset.enterReal(p.cpu, PROGRAM >> 4, 0, STACKS >> 4);
        p.cpu.r[X86Cpu.RSP] = 0x1000;
        for (int vector = 0; vector < 256; vector++) {
            p.write(4 * vector, 4, (long) HANDLERS << 12 | vector * 16);
        }
        return p.recording();
    }

    /** 32-bit protected mode without paging, in ring {@code cpl}. */
    static BareProcessor protectedMode(int cpl) {
        BareProcessor p = new BareProcessor(false);
        Reset.enterProtected(p.cpu, 8, 16, PROGRAM);
        p.tables();
        for (int ring = 0; ring < 3; ring++) {
            p.write(TSS + 4 + 8 * ring, 4, stackTop(ring));
            p.write(TSS + 8 + 8 * ring, 4, data(ring));
        }
        return p.inRing(cpl);
    }

    /** 64-bit mode in ring {@code cpl}, the first 2 MiB mapped to themselves for everybody. */
    static BareProcessor longMode(int cpl) {
        BareProcessor p = new BareProcessor(true);
        p.write(0xa000, 8, 0xb007);
        p.write(0xb000, 8, 0xc007);
        p.write(0xc000, 8, 0x87);
        Reset.enterLong(p.cpu, 8, 16, 0xa000, PROGRAM);
        p.cpu.efer |= X86Cpu.EFER_SCE;
        p.tables();
        for (int ring = 0; ring < 3; ring++) {
            p.write(TSS + 4 + 8 * ring, 8, stackTop(ring));
        }
        return p.inRing(cpl);
    }

    private void tables() {
        for (int ring = 0; ring < 4; ring++) {
            describe(code(ring), (ia32e ? LONG_CODE : FLAT) | access(0x9a, ring));
            describe(conforming(ring), (ia32e ? LONG_CODE : FLAT) | access(0x9e, ring));
            describe(data(ring), FLAT | access(0x92, ring));
            describe(code16(ring), 0x0000_0000_0000_ffffL | access(0x9a, ring));
            describe(code32(ring), FLAT | access(0x9a, ring));
        }
        describe(TSS_SELECTOR, 0x200 | (long) TSS << 16 | access(0x8b, 0));
        describe(OTHER_TSS_SELECTOR, 0x67 | (long) OTHER_TSS << 16 | access(0x89, 0));
        describe(LDT_SELECTOR, 0x7f | (long) LDT << 16 | access(0x82, 0));
        cpu.gdtrBase = GDT;
        cpu.gdtrLimit = 0x3ff;
        cpu.idtrBase = IDT;
        cpu.idtrLimit = ia32e ? 0xfff : 0x7ff;
        cpu.seg[X86Cpu.TR].set(TSS_SELECTOR, TSS, 0x200, 0x8b);
        cpu.seg[X86Cpu.LDTR].set(0, 0, 0, 0);
        for (int vector = 0; vector < 256; vector++) {
            gate(vector, 0x8e, code(0), HANDLERS + 16 * vector);
        }
    }

    private BareProcessor inRing(int cpl) {
        cpu.cpl = cpl;
        cpu.seg[CS].set(code(cpl), 0, 0xffff_ffffL, 0x9b | cpl << 5 | (ia32e ? 0xa000 : 0xc000));
        for (int segment : new int[] {ES, SS, DS, FS, GS}) {
            cpu.seg[segment].set(data(cpl), 0, 0xffff_ffffL, 0xc093 | cpl << 5);
        }
        cpu.r[X86Cpu.RSP] = stackTop(cpl) - 0x100;
        cpu.modeChanged();
        return recording();
    }

    private BareProcessor recording() {
        cpu.recorder = new Recorder() {
            @Override
            public void define(Block block) {}

            @Override
            public void flow(int[] entries, int count) {}

            @Override
            public void event(Event event) {
                events.add(event);
            }

            @Override
            public void accesses(AccessLog log) {}

            @Override
            public void registers(RegisterLog log) {}

            @Override
            public long chunkEnd(Snapshot snapshot) {
                return Long.MAX_VALUE;
            }
        };
        return this;
    }

    // ---- selectors --------------------------------------------------------------------------------------------------

    static int code(int ring) {
        return 8 + 16 * ring | ring;
    }

    static int data(int ring) {
        return 16 + 16 * ring | ring;
    }

    /** Without RPL: conforming code of DPL {@code ring}. */
    static int conforming(int ring) {
        return 0x60 + 8 * ring;
    }

    static int code16(int ring) {
        return 0x80 + 8 * ring | ring;
    }

    static int code32(int ring) {
        return 0xa0 + 8 * ring | ring;
    }

    static long stackTop(int ring) {
        return STACKS + 0x1000L * (ring + 1);
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    /** The access byte of a descriptor at its place, with a DPL. */
    static long access(int type, int dpl) {
        return (type | dpl << 5 & 0x60L) << 40;
    }

    void describe(int selector, long descriptor) {
        write(GDT + (selector & 0xfff8), 8, descriptor);
    }

    /** An IDT entry. @param type the access byte: present, DPL and type */
    void gate(int vector, int type, int selector, long offset) {
        int size = ia32e ? 16 : 8;
        write(IDT + size * vector, 8, gateLow(type, 0, selector, offset));
        if (ia32e) {
            write(IDT + size * vector + 8, 8, offset >>> 32);
        }
    }

    /** The first eight bytes of any gate. @param count parameters of a call gate, IST of an interrupt gate */
    static long gateLow(int type, int count, int selector, long offset) {
        return offset & 0xffff
                | (long) (selector & 0xffff) << 16
                | (long) count << 32
                | (long) type << 40
                | (offset & 0xffff_0000L) << 32;
    }

    void write(long address, int size, long value) {
        memory.write(address, size, value);
    }

    /** Zero-extended. */
    long read(long address, int size) {
        return memory.read(address, size);
    }

    // ---- running ----------------------------------------------------------------------------------------------------

    /**
     * Puts bytes where the program goes on, and executes one instruction. @param code in hexadecimal, blanks allowed
     */
    void run(String code) {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        long at = cpu.codeLinear(cpu.pc);
        cpu.paging.writeOutside(at, bytes);
        interpreter.forgetBlocks();
        step();
    }

    /** One instruction and what is taken behind it, as the machine does it. */
    void step() {
        boolean stepping = cpu.stepping();
        long before = cpu.retired;
        cpu.attention = false;
        interpreter.run(cpu.retired + 64, true);
        if (stepping && cpu.retired > before) {
            cpu.stepped();
        }
        cpu.service();
    }

    /** Raises INTR for one interrupt, which is dropped when it is acknowledged. */
    void interrupt(int vector) {
        cpu.interrupts.connect(new InterruptSource() {
            @Override
            public boolean pending() {
                return true;
            }

            @Override
            public int acknowledge() {
                cpu.interrupts.intr(false);
                return vector;
            }
        });
        cpu.interrupts.intr(true);
    }

    // ---- what happened ----------------------------------------------------------------------------------------------

    private <T> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Event.Trap> traps() {
        return events(Event.Trap.class);
    }

    List<Event.RingChange> ringChanges() {
        return events(Event.RingChange.class);
    }

    /** {@code ok}, or the first fault taken, as {@code GP(28)} with its error code in hexadecimal. */
    String outcome() {
        List<Event.Trap> traps = traps();
        if (traps.isEmpty()) {
            return "ok";
        }
        Event.Trap trap = traps.getFirst();
        String name = switch (trap.vector()) {
            case Fault.DB -> "DB";
            case Fault.BR -> "BR";
            case Fault.UD -> "UD";
            case Fault.NM -> "NM";
            case Fault.DF -> "DF";
            case Fault.TS -> "TS";
            case Fault.NP -> "NP";
            case Fault.SS -> "SS";
            case Fault.GP -> "GP";
            case Fault.PF -> "PF";
            case Fault.XM -> "XM";
            default -> "vector " + trap.vector();
        };
        return trap.errorCode() < 0 ? name : name + "(" + Integer.toHexString(trap.errorCode()) + ")";
    }
}
