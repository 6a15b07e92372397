package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.HostFpu.Operand;
import dev.ringscope.emulator.x86.fpu.NativeOracle;
import dev.ringscope.emulator.x86.fpu.X87Operands;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Every x87 opcode, run on random states of the whole unit (stack depth, empty registers, control word, pending
 * exceptions), leaves the state, memory, AX and EFLAGS that the host processor leaves, raises #MF and #UD where it
 * does, and moves the last instruction and operand pointers as it does.
 */
class X87StateOracleTest {
    private static final int CODE = 0x10000;
    private static final int DATA = 0x18000;
    private static final int CASE_BYTES = 272;
    private static final int RESULT_BYTES = 264;
    private static final int IMAGE = 108;
    private static final int SIGILL = 4;
    private static final int SIGFPE = 8;
    private static final int ARITHMETIC = 0x8d5;
    private static final long RAX = 0x1122334455667788L;

    /**
     * Elsewhere the undefined condition codes and the pointers may differ; {@code X87OracleTest} checks the defined
     * ones.
     */
    private static final boolean ON_AMD = NativeOracle.onAmd();

    private record Case(byte[] code, int eflags, byte[] image, byte[] memory) {}

    /** What came out; {@code signal} as on the host. */
    private record Outcome(int signal, long rax, int eflags, byte[] image, byte[] memory) {
        String differences(Outcome host) {
            StringBuilder text = new StringBuilder();
            if (signal != host.signal) {
                return "signal %d, host %d ".formatted(signal, host.signal);
            }
            note(text, "ax", rax, host.rax);
            note(text, "eflags", eflags, host.eflags);
            for (int at = 0; at < (ON_AMD ? 28 : 4); at += 4) {
                // A signal makes the host's kernel reload the unit, which clears the pointers on some processors.
                if (at < 12 || signal == 0) {
                    note(text, "environment+" + at, word(image, at), word(host.image, at));
                }
            }
            for (int st = 0; st < 8; st++) {
                int at = 28 + 10 * st;
                if (!Arrays.equals(image, at, at + 10, host.image, at, at + 10)) {
                    text.append("ST%d %s, host %s ".formatted(st, float80(image, at), float80(host.image, at)));
                }
            }
            if (!Arrays.equals(memory, host.memory)) {
                text.append("memory %s, host %s ".formatted(hex(memory), hex(host.memory)));
            }
            return text.toString();
        }

        private static void note(StringBuilder text, String name, long ours, long theirs) {
            if (ours != theirs) {
                text.append("%s %x, host %x ".formatted(name, ours, theirs));
            }
        }
    }

    private static int word(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    private static String float80(byte[] bytes, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return "%04x:%016x".formatted(buffer.getShort(at + 8) & 0xffff, buffer.getLong(at));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void everyRegisterFormAgrees() {
        Random random = new Random(1);
        List<Case> cases = new ArrayList<>();
        for (int opcode = 0xd8; opcode <= 0xdf; opcode++) {
            for (int modrm = 0xc0; modrm <= 0xff; modrm++) {
                for (int n = 0; n < 150; n++) {
                    cases.add(randomCase(random, new byte[] {(byte) opcode, (byte) modrm}));
                }
            }
        }
        check(cases);
    }

    @Test
    void everyMemoryFormAgrees() {
        Random random = new Random(2);
        List<Case> cases = new ArrayList<>();
        for (int opcode = 0xd8; opcode <= 0xdf; opcode++) {
            for (int digit = 0; digit < 8; digit++) {
                byte modrm = (byte) (2 | digit << 3);
                for (int n = 0; n < 400; n++) {
                    cases.add(randomCase(random, new byte[] {(byte) opcode, modrm}));
                    cases.add(randomCase(random, new byte[] {0x66, (byte) opcode, modrm}));
                }
            }
        }
        check(cases);
    }

    @Test
    void fwaitReportsWhatIsPending() {
        Random random = new Random(3);
        List<Case> cases = new ArrayList<>();
        for (int n = 0; n < 500; n++) {
            cases.add(randomCase(random, new byte[] {(byte) 0x9b}));
        }
        check(cases);
    }

    // ---- cases ------------------------------------------------------------------------------------------------------

    private static Case randomCase(Random random, byte[] code) {
        List<Operand> special = X87Operands.special();
        ByteBuffer image = ByteBuffer.allocate(IMAGE).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> controls = random.nextInt(3) == 0 ? X87Operands.UNMASKED : X87Operands.MASKED;
        int control = controls.get(random.nextInt(controls.size()));
        int exceptions = random.nextInt(0x80) & (random.nextInt(8) == 0 ? 0x7f : control & 0x3f | 0x40);
        int status = random.nextInt(0x10000) & 0x7f00 | exceptions;
        image.putInt(control | 0x40).putInt(status).putInt(tags(random, status >> 11 & 7));
        image.putInt(0x1234).putInt(0x07d5_0033).putInt(0x5678).putInt(0);
        boolean wild = !isTranscendental(code);
        for (int st = 0; st < 8; st++) {
            Operand value = wild && random.nextBoolean()
                    ? X87Operands.random(random)
                    : special.get(random.nextInt(special.size()));
            while (!wild && isFiniteNonzero(value)) {
                value = special.get(random.nextInt(special.size()));
            }
            image.putLong(value.low()).putShort((short) value.se());
        }
        return new Case(code, random.nextInt(0x1000) & ARITHMETIC | 0x202, image.array(), memory(random, code));
    }

    /** Full, empty except for one, or at random; a kept value's tag follows from its contents when it is stored. */
    private static int tags(Random random, int top) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 0xffff & ~(0xf << 2 * top);
            case 2 -> 0xc000 >>> 2 * (7 - (top - 1 & 7));
            default -> (random.nextInt(0x10000) & 0x5555) * 3;
        };
    }

    /** Whose last bit is the processor's own affair: values are left to {@code X87TranscendentalOracleTest}. */
    private static boolean isTranscendental(byte[] code) {
        int modrm = code[code.length - 1] & 0xff;
        return (code[0] & 0xff) == 0xd9
                && (modrm >= 0xf0 && modrm <= 0xf3 || modrm == 0xf9 || modrm == 0xfb || modrm >= 0xfe);
    }

    private static boolean isFiniteNonzero(Operand value) {
        return (value.se() & 0x7fff) != 0x7fff && value.low() != 0;
    }

    private static byte[] memory(Random random, byte[] code) {
        byte[] memory = new byte[128];
        random.nextBytes(memory);
        ByteBuffer buffer = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        switch (random.nextInt(4)) {
            case 0 -> buffer.putFloat(0, (float) random.nextGaussian());
            case 1 -> buffer.putDouble(0, random.nextGaussian());
            case 2 -> buffer.putLong(0, random.nextInt(200) - 100);
            default -> {}
        }
        boolean decimal = (code[code.length - 1] & 0xff) == 0x22 && (code[code.length - 2] & 0xff) == 0xdf;
        for (int n = 0; decimal && n < 10; n++) {
            memory[n] = (byte) (random.nextInt(10) << 4 | random.nextInt(10));
        }
        return memory;
    }

    // ---- comparison -------------------------------------------------------------------------------------------------

    /**
     * A context switch at the wrong moment also makes the host's kernel reload the unit and lose its pointers: a
     * difference counts if it is there each time.
     */
    private static void check(List<Case> cases) {
        BareProcessor processor = BareProcessor.longMode(0);
        processor.cpu.cr0 |= X86Cpu.CR0_NE;
        processor.cpu.seg[Instruction.CS].selector = 0x33;
        processor.cpu.seg[Instruction.DS].selector = 0;
        List<Case> suspects = cases;
        List<String> differences = new ArrayList<>();
        for (int attempt = 0; attempt < 3 && !suspects.isEmpty(); attempt++) {
            differences.clear();
            suspects = differing(processor, suspects, differences);
        }
        assertThat(differences.stream().limit(20))
                .as("%d differences in %d cases", differences.size(), cases.size())
                .isEmpty();
    }

    private static List<Case> differing(BareProcessor processor, List<Case> cases, List<String> differences) {
        X86Isa isa = new X86Isa(false);
        List<Outcome> host = onHost(cases);
        List<Case> differing = new ArrayList<>();
        for (int n = 0; n < cases.size(); n++) {
            Case c = cases.get(n);
            String difference = emulated(processor, isa, c).differences(host.get(n));
            if (!difference.isEmpty()) {
                differing.add(c);
                differences.add("%s eflags %x state %s memory %s: %s"
                        .formatted(
                                hex(c.code),
                                c.eflags,
                                hex(c.image),
                                hex(c.memory).substring(0, 32),
                                difference));
            }
        }
        return differing;
    }

    private static List<Outcome> onHost(List<Case> cases) {
        ByteBuffer in = ByteBuffer.allocate(cases.size() * CASE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Case c : cases) {
            in.putInt(c.code.length).putInt(0).put(Arrays.copyOf(c.code, 16)).putLong(c.eflags);
            in.put(Arrays.copyOf(c.image, 112)).put(c.memory);
        }
        ByteBuffer out = ByteBuffer.wrap(NativeOracle.run("x87_state_oracle", in.array()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(out.capacity()).isEqualTo(cases.size() * RESULT_BYTES);
        List<Outcome> outcomes = new ArrayList<>();
        for (int n = 0; n < cases.size(); n++) {
            int signal = (int) out.getLong();
            long rax = out.getLong();
            int eflags = (int) out.getLong() & ARITHMETIC;
            byte[] image = new byte[112];
            byte[] memory = new byte[128];
            out.get(image).get(memory);
            outcomes.add(new Outcome(signal, rax, eflags, Arrays.copyOf(image, IMAGE), memory));
        }
        return outcomes;
    }

    private static Outcome emulated(BareProcessor processor, X86Isa isa, Case c) {
        X86Cpu cpu = processor.cpu;
        run(isa, processor, new byte[] {(byte) 0xdd, 0x22}, c.image);
        for (int n = 0; n < c.memory.length; n++) {
            processor.write(DATA + n, 1, c.memory[n]);
        }
        cpu.setArithmetic(c.eflags);
        cpu.r[X86Cpu.RAX] = RAX;
        int signal = 0;
        try {
            execute(isa, cpu, c.code);
        } catch (Fault fault) {
            signal = fault.vector == Fault.MF ? SIGFPE : fault.vector == Fault.UD ? SIGILL : fault.vector;
        }
        byte[] memory = bytes(processor, c.memory.length);
        long rax = cpu.r[X86Cpu.RAX];
        int eflags = cpu.eflags() & ARITHMETIC;
        execute(isa, cpu, new byte[] {(byte) 0xdd, 0x32});
        return new Outcome(signal, rax, eflags, bytes(processor, IMAGE), memory);
    }

    /** FRSTOR of an image, whatever was pending before. */
    private static void run(X86Isa isa, BareProcessor processor, byte[] code, byte[] image) {
        for (int n = 0; n < image.length; n++) {
            processor.write(DATA + n, 1, image[n]);
        }
        processor.cpu.r[X86Cpu.RDX] = DATA;
        processor.cpu.fpu.clearExceptions();
        execute(isa, processor.cpu, code);
    }

    private static void execute(X86Isa isa, X86Cpu cpu, byte[] code) {
        isa.operation(isa.decode(at -> code[at] & 0xff, CODE, 8)).exec(cpu);
        cpu.done();
    }

    private static byte[] bytes(BareProcessor processor, int count) {
        byte[] bytes = new byte[count];
        for (int n = 0; n < count; n++) {
            bytes[n] = (byte) processor.read(DATA + n, 1);
        }
        return bytes;
    }
}
