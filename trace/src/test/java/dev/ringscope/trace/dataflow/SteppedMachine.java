package dev.ringscope.trace.dataflow;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.EntryState;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.X86Cpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * A machine that executes one instruction at a time from a state given as bytes: every byte of a register, a few flags,
 * and a window of memory. 64-bit code with pages that map what they are, or 32-bit code without paging.
 */
final class SteppedMachine {
    /** The window of memory; addresses are linear and physical. */
    static final int WINDOW = 0x40_0000, WINDOW_BYTES = 2048;

    private static final int PML4 = 0x1000, PDPT = 0x2000, DIRECTORY = 0x3000, GDT = 0x4000, IDT = 0x5000;
    private static final int HANDLER = 0x6000, CODE = 0x50_0000;
    private static final int RAM = 8 << 20;
    private static final int FIRST_XMM = 128, FIRST_ST = 384, FIRST_FLAG = 464, FIRST_STATUS = 467, FIRST_MEMORY = 469;
    private static final int CF = 1, DF = 0x400;
    private static final int[] ARITHMETIC = {4, 0x10, 0x40, 0x80, 0x800};

    /** Bytes of a state. */
    static final int BYTES = FIRST_MEMORY + WINDOW_BYTES;

    final Machine machine;
    private final Window window;
    final boolean code64;
    private int code = CODE;
    private byte[] instruction = {};
    /** The code has written to itself. */
    private boolean spoiled;

    /** The x87 registers in use, and the physical number of the top. */
    int tags = 0xff;

    int top;
    /** RCX counts rounds and stays small. */
    boolean counts;

    SteppedMachine(boolean code64) {
        this.code64 = code64;
        machine = new Guest(code64, new byte[0], new byte[0], 0).machine();
        X86Cpu cpu = machine.cpu();
        cpu.idtrBase = IDT;
        cpu.idtrLimit = 0xfff;
        cpu.cr0 |= X86Cpu.CR0_MP | X86Cpu.CR0_NE;
        cpu.modeChanged();
        window = Window.on(machine);
    }

    /**
     * What a machine starts with.
     *
     * @param window what is in the window of memory
     * @param pointer number of the register that points to the window
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Guest(boolean code64, byte[] code, byte[] window, int pointer) {
        Machine machine() {
            MachineDescription description = new MachineDescription(
                    "x86_64",
                    1,
                    RAM,
                    0,
                    Machine.standardDevices(),
                    "flat",
                    "straight code",
                    List.of(),
                    new TreeMap<>(),
                    Registers.list());
            Machine machine = new Machine(description, new byte[0], new Wiring(null), false);
            machine.load(memory -> {
                byte[] tables = tables(code64);
                memory.load(0, tables, 0, tables.length);
                memory.load(WINDOW, window, 0, window.length);
                memory.load(CODE, code, 0, code.length);
                EntryState.Mode mode = code64 ? EntryState.Mode.LONG64 : EntryState.Mode.PROTECTED32;
                long[] registers = new long[16];
                registers[pointer] = WINDOW;
                registers[X86Cpu.RSP] = WINDOW + 1536;
                return new EntryState(mode, 8, 16, CODE, PML4, GDT, 0x1f, registers);
            });
            machine.cpu().cr4 |= X86Cpu.CR4_OSFXSR | X86Cpu.CR4_OSXMMEXCPT;
            return machine;
        }
    }

    /** Page tables, descriptors, and gates to a handler, so that a fault is one. */
    private static byte[] tables(boolean code64) {
        ByteBuffer bytes = ByteBuffer.allocate(0x7000).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(PML4, PDPT | 7).putLong(PDPT, DIRECTORY | 7);
        for (int n = 0; n < RAM >> 21; n++) {
            bytes.putLong(DIRECTORY + 8 * n, (long) n << 21 | 0x87);
        }
        bytes.putLong(GDT + 8, code64 ? 0x00af_9b00_0000_ffffL : 0x00cf_9b00_0000_ffffL);
        bytes.putLong(GDT + 16, 0x00cf_9300_0000_ffffL);
        for (int n = 0; n < 32; n++) {
            bytes.putLong(IDT + n * (code64 ? 16 : 8), 0x0000_8e00_0008_0000L | HANDLER);
        }
        return bytes.array();
    }

    /** Where the next code goes: nothing is ever executed at an address that held other code. */
    long nextCode() {
        return code + instruction.length + 15 & -16;
    }

    void setCode(byte[] bytes) {
        code = (int) nextCode();
        instruction = bytes;
        spoiled = false;
        System.arraycopy(bytes, 0, machine.memory().bytes, code, bytes.length);
    }

    // ---- states
    // ---------------------------------------------------------------------------------------------------------

    /** The place of a location in a state, or -1. */
    static int index(long location) {
        if (!Location.inRegister(location)) {
            long at = location - WINDOW;
            return at >= 0 && at < WINDOW_BYTES ? FIRST_MEMORY + (int) at : -1;
        }
        int number = Location.number(location);
        int at = Location.index(location);
        return number < Location.XMM
                ? 8 * number + at
                : number < Location.SEGMENT
                        ? FIRST_XMM + 16 * (number - Location.XMM) + at
                        : number == Location.FLAGS
                                ? FIRST_FLAG + at
                                : number == Location.X87_STATUS
                                        ? FIRST_STATUS + at
                                        : number >= Location.ST && number < Location.FLAGS
                                                ? FIRST_ST + 10 * (number - Location.ST) + at
                                                : -1;
    }

    /** The location at a place of a state. */
    static long location(int index) {
        return index < FIRST_XMM
                ? Location.register(index / 8, index % 8)
                : index < FIRST_ST
                        ? Location.register(Location.XMM + (index - FIRST_XMM) / 16, index % 16)
                        : index < FIRST_FLAG
                                ? Location.register(Location.ST + (index - FIRST_ST) / 10, (index - FIRST_ST) % 10)
                                : index < FIRST_STATUS
                                        ? Location.register(Location.FLAGS, index - FIRST_FLAG)
                                        : index < FIRST_MEMORY
                                                ? Location.register(Location.X87_STATUS, index - FIRST_STATUS)
                                                : WINDOW + index - FIRST_MEMORY;
    }

    /** Which bits of a byte of a state there are. */
    int bits(int index) {
        boolean upper = !code64 && index < FIRST_XMM && (index >= 64 || index % 8 >= 4);
        if (counts && index >= 8 && index < 16) {
            return index == 8 ? 7 : 0;
        }
        boolean newer = !code64 && index >= FIRST_XMM + 128 && index < FIRST_ST;
        return switch (index - FIRST_FLAG) {
            case 0, 2 -> 1;
            case 1 -> 31;
            case 3 -> 0x3f;
            case 4 -> 0x47;
            default -> upper || newer ? 0 : 0xff;
        };
    }

    private static long little(byte[] state, int at, int count) {
        long value = 0;
        for (int n = count - 1; n >= 0; n--) {
            value = value << 8 | state[at + n] & 0xff;
        }
        return value;
    }

    private static void put(byte[] state, int at, int count, long value) {
        for (int n = 0; n < count; n++) {
            state[at + n] = (byte) (value >>> 8 * n);
        }
    }

    static void setRegister(byte[] state, int number, long value) {
        put(state, 8 * number, 8, value);
    }

    static long register(byte[] state, int number) {
        return little(state, 8 * number, 8);
    }

    private void load(byte[] state) {
        X86Cpu cpu = machine.cpu();
        for (int n = 0; n < 16; n++) {
            cpu.r[n] = little(state, 8 * n, 8);
        }
        for (int n = 0; n < 32; n++) {
            cpu.xmm[n] = little(state, FIRST_XMM + 8 * n, 8);
        }
        cpu.fpu.setControl(0x37f);
        cpu.fpu.instructionSelector = 0;
        cpu.fpu.instructionOffset = 0;
        cpu.fpu.dataSelector = 0;
        cpu.fpu.dataOffset = 0;
        cpu.fpu.opcode = 0;
        cpu.fpu.setStatus(state[FIRST_STATUS] & 0xff | (state[FIRST_STATUS + 1] & 0x47) << 8 | top << 11);
        for (int n = 0; n < 8; n++) {
            int at = FIRST_ST + 10 * n;
            cpu.fpu.setRegister(n - top & 7, (int) little(state, at + 8, 2), little(state, at, 8));
        }
        cpu.fpu.setAbridgedTag(tags);
        int flags = (state[FIRST_FLAG] & 1) * CF | (state[FIRST_FLAG + 2] & 1) * DF;
        for (int n = 0; n < ARITHMETIC.length; n++) {
            flags |= (state[FIRST_FLAG + 1] >> n & 1) * ARITHMETIC[n];
        }
        cpu.systemFlags = 2;
        cpu.setEflags(flags);
        cpu.mxcsr.value = 0x1f80;
        for (int segment : new int[] {Instruction.ES, Instruction.SS, Instruction.DS}) {
            cpu.seg[segment].base = 0;
        }
        System.arraycopy(state, FIRST_MEMORY, machine.memory().bytes, WINDOW, WINDOW_BYTES);
        cpu.pc = code;
        cpu.stop = null; // a fault whose stack is nowhere
        cpu.halted = false;
        cpu.modeChanged();
    }

    private byte[] save() {
        X86Cpu cpu = machine.cpu();
        byte[] state = new byte[BYTES];
        for (int n = 0; n < 16; n++) {
            put(state, 8 * n, 8, cpu.r[n]);
        }
        for (int n = 0; n < 32; n++) {
            put(state, FIRST_XMM + 8 * n, 8, cpu.xmm[n]);
        }
        int newTop = cpu.fpu.status() >> 11 & 7;
        for (int n = 0; n < 8; n++) {
            put(state, FIRST_ST + 10 * n, 8, cpu.fpu.significand(n - newTop & 7));
            put(state, FIRST_ST + 10 * n + 8, 2, cpu.fpu.se(n - newTop & 7));
        }
        int flags = cpu.eflags();
        state[FIRST_FLAG] = (byte) (flags & 1);
        state[FIRST_FLAG + 2] = (byte) ((flags & DF) != 0 ? 1 : 0);
        for (int n = 0; n < ARITHMETIC.length; n++) {
            state[FIRST_FLAG + 1] |= (byte) ((flags & ARITHMETIC[n]) != 0 ? 1 << n : 0);
        }
        state[FIRST_STATUS] = (byte) (cpu.fpu.status() & 0x3f);
        state[FIRST_STATUS + 1] = (byte) (cpu.fpu.status() >> 8 & 0x47);
        System.arraycopy(machine.memory().bytes, WINDOW, state, FIRST_MEMORY, WINDOW_BYTES);
        return state;
    }

    /** What executing the code from a state does. @param after null unless the instruction retired within the window */
    record Done(Moment moment, byte[] after) {
        /** Where it touched memory, in order. */
        List<Long> touched() {
            return moment.accesses.stream()
                    .map(a -> a.linear() << 8 | a.bytes().length << 1 | (a.write() ? 1 : 0))
                    .toList();
        }
    }

    Done execute(byte[] state) {
        load(state);
        Moment moment = window.next();
        boolean retired = moment.kind == Moment.Kind.INSTRUCTION && !spoiled;
        Done done = new Done(moment, retired && inside(moment.accesses) ? save() : null);
        if (!inside(moment.writes())) {
            restore();
        }
        return done;
    }

    private static boolean inside(List<Moment.Touched> accesses) {
        return accesses.stream().allMatch(a -> Arrays.stream(a.bytes()).allMatch(b -> index(b) >= 0));
    }

    /** Something was written that is none of a state: tables, code. */
    private void restore() {
        byte[] tables = tables(code64);
        byte[] bytes = machine.memory().bytes;
        System.arraycopy(tables, 0, bytes, 0, tables.length);
        spoiled |= !Arrays.equals(bytes, code, code + instruction.length, instruction, 0, instruction.length);
        machine.cpu().paging.flushAll();
    }
}
