package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A program for 64-bit ring 0 that never ends: functions on pages of their own that compute, branch, loop, call each
 * other directly and through registers, read and write memory (across pages, too), change each other's code, and take
 * pages away and exchange them. Some of the data belongs to user space (SMAP), and EFLAGS.AC comes and goes. A page
 * fault's handler brings back the page, and sets AC.
 */
final class RandomProgram {
    static final int TABLE = 0x4000, IDT = 0x8000, GDT = 0x9000, HANDLER = 0xa000;
    static final int CODE = 0x1_0000, DATA = 0x2_0000, STACK = 0x3_1000;
    private static final int FUNCTIONS = 7, DATA_PAGES = 6;
    /** push rax; its entry in the table from CR2; present, writable; pop rax; error code away; AC set; iretq. */
    private static final String BRING_BACK =
            "50 0f20d0 48c1e80c 25ff010000 48830cc50040000003 58 4883c408 804c241204 48cf";
    /** RAX, RDX, RDI, R8 to R11. */
    private static final int[] REGISTERS = {0, 2, 7, 8, 9, 10, 11};

    private final SplittableRandom random;
    private final byte[] memory = new byte[0x4_0000];
    /** Where there is an immediate byte that may be changed. */
    private final List<Integer> patches = new ArrayList<>();

    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int start;

    RandomProgram(long seed) {
        random = new SplittableRandom(seed);
        put(0x1000, 0x2007);
        put(0x2000, 0x3007);
        put(0x3000, 0x4007);
        for (int page = 0; page < memory.length >> 12; page++) {
            boolean user = page >= DATA >> 12 && page < (DATA >> 12) + DATA_PAGES && page % 2 == 0;
            put(TABLE + 8 * page, page << 12 | (user ? 7 : 3));
        }
        put(GDT + 8, 0x00af_9b00_0000_ffffL);
        put(GDT + 16, 0x00cf_9300_0000_ffffL);
        put(IDT + 14 * 16, BareProcessor.gateLow(0x8e, 0, 8, HANDLER));
        copy(HANDLER, HexFormat.of().parseHex(BRING_BACK.replace(" ", "")));
        for (int n = FUNCTIONS - 1; n >= 0; n--) {
            function(n);
        }
    }

    /** A processor that is about to execute it. */
    X86Cpu processor() {
        X86Cpu cpu = new X86Cpu(new PhysicalMemory(1 << 20, new byte[0]), new Ports());
        System.arraycopy(memory, 0, cpu.ram, 0, memory.length);
        cpu.efer = X86Cpu.EFER_LME | X86Cpu.EFER_LMA | X86Cpu.EFER_NXE;
        cpu.cr4 = X86Cpu.CR4_PAE | X86Cpu.CR4_OSFXSR | X86Cpu.CR4_SMAP;
        cpu.cr0 = X86Cpu.CR0_PE | X86Cpu.CR0_PG | X86Cpu.CR0_WP;
        cpu.cr3 = 0x1000;
        cpu.cpl = 0;
        cpu.seg[Instruction.CS].set(8, 0, 0xffff_ffffL, 0x9b | Segment.LONG | Segment.GRANULAR);
        cpu.seg[Instruction.SS].set(16, 0, 0xffff_ffffL, 0x93 | Segment.BIG | Segment.GRANULAR);
        cpu.gdtrBase = GDT;
        cpu.gdtrLimit = 0xff;
        cpu.idtrBase = IDT;
        cpu.idtrLimit = 0xfff;
        cpu.r[X86Cpu.RBX] = DATA;
        cpu.r[X86Cpu.RSP] = STACK;
        cpu.pc = CODE;
        cpu.modeChanged();
        return cpu;
    }

    private void put(int at, long value) {
        PhysicalMemory.LONG.set(memory, at, value);
    }

    private void copy(int at, byte[] bytes) {
        System.arraycopy(bytes, 0, memory, at, bytes.length);
    }

    private void code(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }

    private void word(int value) {
        code(value, value >> 8, value >> 16, value >> 24);
    }

    private int register() {
        return REGISTERS[random.nextInt(REGISTERS.length)];
    }

    private static int place(int function) {
        return CODE + 0x1000 * function;
    }

    private void function(int number) {
        start = place(number);
        out = new ByteArrayOutputStream();
        for (int part = 0; part < 6; part++) {
            if (random.nextInt(3) == 0) {
                loop(number);
            } else {
                steps(number, 1 + random.nextInt(8));
            }
        }
        if (number == 0) {
            code(0xe9); // for ever
            word(-(out.size() + 4));
        } else {
            code(0xc3);
        }
        copy(start, out.toByteArray());
    }

    /** mov ecx, n; steps; dec ecx; jnz. The counter is on the stack for the time of the steps. */
    private void loop(int number) {
        code(0xb9);
        word(1 + random.nextInt(40));
        int top = out.size();
        code(0x51);
        steps(number, 1 + random.nextInt(10));
        code(0x59, 0xff, 0xc9, 0x0f, 0x85);
        word(top - (out.size() + 4));
    }

    private void steps(int number, int count) {
        for (int n = 0; n < count; n++) {
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> arithmetic();
                case 3 -> arithmeticImmediate();
                case 4 -> shift();
                case 5, 6, 7 -> memory();
                case 8 -> skip();
                case 9 -> vector();
                case 10 -> other();
                case 11 -> call(number);
                case 12 -> stack();
                case 13 -> compare();
                default -> rare();
            }
        }
    }

    /** REX.W or none, opcode, ModRM for two registers. */
    private void registers(int reg, int rm, int... opcode) {
        code((random.nextBoolean() ? 0x48 : 0x40) | (reg >> 3) << 2 | rm >> 3);
        code(opcode);
        code(0xc0 | (reg & 7) << 3 | rm & 7);
    }

    private void arithmetic() {
        registers(register(), register(), random.nextInt(8) << 3 | 1);
    }

    private void arithmeticImmediate() {
        registers(random.nextInt(8), register(), 0x83);
        patches.add(start + out.size());
        code(random.nextInt(256));
    }

    private void shift() {
        registers(new int[] {0, 1, 4, 5, 7}[random.nextInt(5)], register(), 0xc1);
        code(random.nextInt(70));
    }

    /** ModRM and displacement for [rbx + n]. */
    private void operand(int reg) {
        code(0x83 | (reg & 7) << 3);
        int disp = random.nextInt(DATA_PAGES * 4096 - 16);
        word(random.nextInt(6) == 0 ? disp | 0xff9 : disp);
    }

    private void memory() {
        int reg = register();
        int rex = 0x40 | (random.nextBoolean() ? 8 : 0) | (reg >> 3) << 2;
        int group = random.nextInt(8) << 3;
        int[] opcode = switch (random.nextInt(6)) {
            case 0 -> new int[] {0x89};
            case 1 -> new int[] {0x88};
            case 2 -> new int[] {0x8b};
            case 3 -> new int[] {group | 1};
            case 4 -> new int[] {group | 3};
            default -> new int[] {0x0f, 0xb7};
        };
        code(rex);
        code(opcode);
        operand(reg);
    }

    private void compare() {
        registers(register(), register(), 0x39);
        skip();
    }

    /** A conditional branch over an instruction or two. */
    private void skip() {
        ByteArrayOutputStream before = out;
        int from = start;
        out = new ByteArrayOutputStream();
        start = from + before.size() + 2;
        arithmetic();
        memory();
        byte[] skipped = out.toByteArray();
        out = before;
        start = from;
        code(0x70 | random.nextInt(16), skipped.length);
        out.writeBytes(skipped);
    }

    private void vector() {
        int x = random.nextInt(8);
        switch (random.nextInt(4)) {
            case 0 -> {
                code(0x0f, 0x10);
                operand(x);
            }
            case 1 -> {
                code(0x0f, 0x11);
                operand(x);
            }
            case 2 -> code(0x66, 0x0f, 0xfe, 0xc0 | x << 3 | random.nextInt(8));
            default -> code(0x66, 0x48, 0x0f, 0x7e, 0xc0 | x << 3 | 2); // movq rdx, xmm
        }
    }

    private void other() {
        switch (random.nextInt(6)) {
            case 0 -> registers(register(), register(), 0x0f, 0xaf); // imul
            case 1 -> registers(0, register(), 0x0f, 0x90 | random.nextInt(16)); // setcc
            case 2 -> registers(register(), register(), 0x0f, 0x40 | random.nextInt(16)); // cmovcc
            case 3 -> registers(4, register(), 0xf7); // mul
            case 4 -> code(0x48, 0x98); // cdqe
            default -> registers(register(), register(), 0x0f, 0xa3); // bt
        }
    }

    private void call(int number) {
        if (number == FUNCTIONS - 1) {
            arithmetic();
            return;
        }
        int target = place(number + 1 + random.nextInt(FUNCTIONS - 1 - number));
        if (random.nextInt(3) == 0) {
            code(0xb8);
            word(target);
            code(0xff, 0xd0);
        } else {
            code(0xe8);
            word(target - (start + out.size() + 4));
        }
    }

    private void stack() {
        code(0x50 | 2);
        memory();
        code(0x58 | 7);
    }

    /** What compiled code has to notice. */
    private void rare() {
        int page = (DATA >> 12) + random.nextInt(DATA_PAGES);
        switch (random.nextInt(40)) {
            case 0, 1 -> { // a data page is not present any more
                takeAway(page);
            }
            case 2 -> { // nor a page of code
                takeAway(place(1 + random.nextInt(FUNCTIONS - 1)) >> 12);
            }
            case 3 -> { // a data page leads elsewhere
                code(random.nextBoolean() ? new int[] {0x48, 0xc7, 0x04, 0x25} : new int[] {0xc7, 0x04, 0x25});
                word(TABLE + 8 * page);
                word((DATA >> 12) + random.nextInt(DATA_PAGES) << 12 | (random.nextBoolean() ? 7 : 3));
            }
            case 4, 5, 6 -> {
                if (!patches.isEmpty()) { // other code
                    code(0xc6, 0x04, 0x25);
                    word(patches.get(random.nextInt(patches.size())));
                    code(random.nextInt(256));
                }
            }
            case 7 -> code(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8); // mov rax, cr3; mov cr3, rax
            case 8, 9, 10 -> code(0x0f, 0x01, 0xcb); // stac
            case 11 -> code(0x0f, 0x01, 0xca); // clac
            default -> arithmetic();
        }
    }

    /** AND with ~1, of the lowest byte of the page's entry or of all of it. */
    private void takeAway(int page) {
        code(random.nextBoolean() ? new int[] {0x48, 0x83, 0x24, 0x25} : new int[] {0x80, 0x24, 0x25});
        word(TABLE + 8 * page);
        code(0xfe);
    }
}
