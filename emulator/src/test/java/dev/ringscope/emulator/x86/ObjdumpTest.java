package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Encoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoder and disassembler against objdump: length, validity and both texts of every instruction of real programs, of
 * every encoding in the table, and of random bytes.
 */
class ObjdumpTest {
    private static final Path DEBIAN = Path.of(System.getProperty("ringscope.root", "."), ".cache/debian");
    private static final int SEQUENCE = 16;
    private static final int NOP = 0x90;
    private static final int CASES_PER_ENCODING = 20;
    /** In 64-bit code; a quarter of them in 32-bit and 16-bit code. */
    private static final int RANDOM_SEQUENCES = Integer.getInteger("ringscope.objdump.sequences", 200_000);

    private static final int[] PREFIXES = {0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x3e, 0x64, 0x65, 0x26, 0x36, 0xf0};

    @BeforeAll
    static void requireObjdump() {
        Objdump.require();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash-static/bin/bash-static", "busybox-static/bin/busybox", "sash/bin/sash"})
    void agreesOnAProgramsCode(String program) throws IOException {
        agrees(program, elf(Files.readAllBytes(fetched(program))));
    }

    @Test
    void agreesOnTheKernelsCode() throws IOException {
        byte[] vmlinux = KernelPayload.vmlinux(Files.readAllBytes(kernel()));

        assertThat(KernelPayload.isElf(vmlinux)).isTrue();
        agrees("vmlinux", elf(vmlinux));
    }

    /**
     * The firmware's code is 16-bit and 32-bit code side by side, with data between: both ways to read it must agree.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void agreesOnFirmware(int mode) throws IOException {
        byte[] bios = Files.readAllBytes(fetched("seabios/usr/share/seabios/bios.bin"));

        agrees("bios.bin, " + 8 * mode + "-bit", new ObjdumpComparison().run(bios, 0, mode));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void agreesOnEveryEncoding(int mode) throws IOException {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (Encoding encoding : encodings()) {
            SplittableRandom random = new SplittableRandom(encoding.toString().hashCode() + mode);
            for (int n = 0; n < CASES_PER_ENCODING; n++) {
                code.write(sequence(random, mode, encoding));
            }
        }
        agrees("encodings, " + 8 * mode + "-bit", new ObjdumpComparison().run(code.toByteArray(), 0, mode));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void agreesOnRandomBytes(int mode) throws IOException {
        SplittableRandom random = new SplittableRandom(mode);
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (int n = 0; n < (mode == 8 ? RANDOM_SEQUENCES : RANDOM_SEQUENCES / 4); n++) {
            byte[] bytes = new byte[SEQUENCE];
            random.nextBytes(bytes);
            write(code, bytes);
        }
        agrees("random, " + 8 * mode + "-bit", new ObjdumpComparison().run(code.toByteArray(), 0, mode));
    }

    /** In an order of their own: that of a class's methods may differ from run to run. */
    private static List<Encoding> encodings() {
        return X86Isa.table().definitions().stream()
                .flatMap(def -> def.encodings.stream())
                .sorted(Comparator.comparing(Encoding::toString))
                .toList();
    }

    private static void agrees(String corpus, ObjdumpComparison comparison) {
        System.out.println("objdump, " + corpus + ": " + comparison);
        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.equal()).isPositive();
    }

    private static ObjdumpComparison elf(byte[] file) throws IOException {
        ObjdumpComparison comparison = new ObjdumpComparison();
        for (ElfSections.Code section : ElfSections.code(file)) {
            comparison.run(section.bytes(), section.address(), 8);
        }
        return comparison;
    }

    private static Path fetched(String file) {
        Path path = DEBIAN.resolve(file);
        Assumptions.assumeTrue(
                Files.exists(path) || "1".equals(System.getenv("RINGSCOPE_CHECK")), path + " is not fetched");
        return path;
    }

    private static Path kernel() throws IOException {
        try (Stream<Path> files = Files.list(fetched("linux-image-cloud-amd64/boot"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("vmlinuz"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Random bytes that begin with an encoding: prefixes, opcode and ModRM. */
    private static byte[] sequence(SplittableRandom random, int mode, Encoding encoding) throws IOException {
        ByteArrayOutputStream start = new ByteArrayOutputStream();
        for (int n = random.nextInt(3) == 0 ? random.nextInt(3) : 0; n > 0; n--) {
            start.write(PREFIXES[random.nextInt(PREFIXES.length)]);
        }
        if (encoding.mandatory > 0) {
            start.write(encoding.mandatory);
        }
        if (mode == 8 && random.nextBoolean()) {
            start.write(0x40 | random.nextInt(16));
        }
        if (encoding.map > 0) {
            start.write(0x0f);
        }
        if (encoding.map > 1) {
            start.write(encoding.map == 2 ? 0x38 : 0x3a);
        }
        start.write(encoding.opcode | random.nextInt(256) & ~encoding.opcodeMask);
        if (encoding.modrm) {
            start.write(encoding.exact >= 0 ? encoding.exact : modrm(random, encoding));
        }
        while (start.size() < SEQUENCE) {
            start.write(random.nextBoolean() ? random.nextInt(256) : random.nextInt(4));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, start.toByteArray());
        return out.toByteArray();
    }

    private static int modrm(SplittableRandom random, Encoding encoding) {
        int mod = encoding.registerForm == 1 ? 3 : random.nextInt(encoding.registerForm == 0 ? 3 : 4);
        int reg = encoding.digit >= 0 ? encoding.digit : random.nextInt(8);
        return mod << 6 | reg << 3 | random.nextInt(8);
    }

    /** The bytes and as many NOPs, so that objdump is back in step for the next ones. */
    private static void write(ByteArrayOutputStream out, byte[] bytes) throws IOException {
        out.write(bytes);
        for (int n = 0; n < SEQUENCE; n++) {
            out.write(NOP);
        }
    }
}
