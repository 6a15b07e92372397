package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is wrong with what the user gives: one clear line on standard error, the documented exit status, never a
 * stack trace.
 */
class BadInputTest {
    @TempDir
    static Path folder;

    private static byte[] trace;

    @BeforeAll
    static void makeFiles() throws IOException {
        Cli.Result recorded = Cli.run("record", "--quiet", "--serial", "null", "-o", file("demo.rst"));
        assertThat(recorded.status()).as(recorded.err()).isZero();
        trace = Files.readAllBytes(folder.resolve("demo.rst"));
        Files.writeString(folder.resolve("text"), "this is no guest and no trace\n".repeat(400));
        Files.write(folder.resolve("empty"), new byte[0]);
        Files.createDirectory(folder.resolve("dir"));
        byte[] elf = resource("demo.elf");
        Files.write(folder.resolve("cut.elf"), Arrays.copyOf(elf, 3000));
        Files.write(folder.resolve("head.elf"), Arrays.copyOf(elf, 40));
        Files.write(folder.resolve("demo.elf"), elf);
        Files.write(folder.resolve("head.rst"), Arrays.copyOf(trace, 100));
        byte[] flipped = trace.clone();
        flipped[20] ^= 0x10;
        Files.write(folder.resolve("flipped.rst"), flipped);
        byte[] bzImage = new byte[0x8000];
        bzImage[0x1fe] = 0x55;
        bzImage[0x1ff] = (byte) 0xaa;
        Files.write(folder.resolve("cut.bzimage"), bzImage);
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = dev.ringscope.emulator.Machine.class.getResourceAsStream("guest/" + name)) {
            return in.readAllBytes();
        }
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    /** The words of a command line, in which {@code @} stands for the folder; the status; a part of the message. */
    static Stream<Arguments> wrong() {
        return Stream.of(
                // traces
                Arguments.of("info @/missing", 66, "no such file"),
                Arguments.of("info @/dir", 66, "is a folder"),
                Arguments.of("info @/empty", 65, "expected a trace, found an empty file"),
                Arguments.of("info @/text", 65, "offset 0: expected"),
                Arguments.of("info @/demo.elf", 65, "offset 0: expected"),
                Arguments.of("info @/head.rst", 65, "expected"),
                Arguments.of("info @/flipped.rst", 65, "expected"),
                Arguments.of("verify @/text", 65, "expected"),
                Arguments.of("query @/text rings", 65, "expected"),
                Arguments.of("query @/demo.rst rings --from x", 64, "is no position"),
                Arguments.of("query @/demo.rst rings --from 10G", 64, "behind the trace's end"),
                Arguments.of("query @/demo.rst rings --count 0", 64, "--count takes a number above 0"),
                Arguments.of("query @/demo.rst", 64, "what is asked is missing: instructions, rings"),
                Arguments.of("query @/demo.rst memory --address zero", 64, "--address takes an address"),
                Arguments.of("query @/demo.rst memory --address 0x40000000 --from 1000 --physical", 65, "no memory"),
                Arguments.of("query @/demo.rst instructions --symbols @/text", 65, "expected an ELF file"),
                Arguments.of("query @/demo.rst instructions --symbols @/cut.elf", 65, "cut off"),
                Arguments.of("query @/demo.rst instructions --syntax nasm", 64, "expected intel or att"),
                Arguments.of("gdb @/text --listen 0", 65, "expected"),
                Arguments.of("gdb @/demo.rst --listen 0 --at 10G", 64, "behind the trace's end"),
                Arguments.of("serve @/text --listen 0", 65, "expected"),
                Arguments.of("expand @/demo.rst --detail flow -o @/x.rst", 64, "memory or full"),
                Arguments.of("expand @/demo.rst --detail full -o @/nowhere/x.rst", 74, "there is no folder"),
                Arguments.of("expand @/demo.rst --detail full", 64, "--output"),
                // guests
                Arguments.of("run --kernel @/missing", 66, "no such file"),
                Arguments.of("run --kernel @/dir", 66, "is a folder"),
                Arguments.of("run --kernel @/empty", 65, "expected"),
                Arguments.of("run --kernel @/text", 65, "expected 0xaa55 (a Linux bzImage)"),
                Arguments.of("run --kernel @/cut.bzimage", 65, "expected \"HdrS\""),
                Arguments.of("run --kernel @/cut.bzimage --initrd @/missing", 66, "no such file"),
                Arguments.of("run --multiboot @/text", 65, "expected a Multiboot header"),
                Arguments.of("run --multiboot @/empty", 65, "expected"),
                Arguments.of("run --multiboot @/head.elf", 65, "expected"),
                Arguments.of("run --multiboot @/demo.elf --module @/missing", 66, "no such file"),
                Arguments.of("run --flat @/text", 64, "FILE@ADDRESS"),
                Arguments.of("run --flat @/text@zero", 64, "FILE@ADDRESS"),
                Arguments.of("run --flat @/text@0x100000", 65, "below 0x100000"),
                Arguments.of("run --flat @/empty@0x7c00", 65, "expected 1 to"),
                Arguments.of("run --bios @/text", 65, "expected a ROM"),
                Arguments.of("run --bios @/missing", 66, "no such file"),
                Arguments.of("run --disk @/missing --bios @/text", 65, "expected a ROM"),
                Arguments.of("run @/missing", 66, "no such file"),
                Arguments.of("run @/text", 65, "expected an ELF program"),
                Arguments.of("run @/empty", 65, "expected"),
                Arguments.of("run @/head.elf", 65, "expected"),
                Arguments.of("run @/dir", 66, "is a folder"),
                // options
                Arguments.of("", 64, "a subcommand is missing"),
                Arguments.of("fly", 64, "fly"),
                Arguments.of("run --nonsense", 64, "unknown option --nonsense"),
                Arguments.of("info @/demo.rst --nonsense", 64, "--nonsense"),
                Arguments.of("run --kernel @/text @/text", 64, "only one guest"),
                Arguments.of("run --kernel @/text --multiboot @/text", 64, "only one guest"),
                Arguments.of("run --flat @/text@0 --disk @/text", 64, "only one guest"),
                Arguments.of("run --initrd @/text", 64, "--initrd goes with --kernel"),
                Arguments.of("run --module @/text", 64, "--module goes with --multiboot"),
                Arguments.of("run --append quiet", 64, "--append goes with"),
                Arguments.of("run --writable", 64, "--writable goes with --disk"),
                Arguments.of("run --memory 0", 64, "from 1M to 2032M"),
                Arguments.of("run --memory 4095G", 64, "from 1M to 2032M"),
                Arguments.of("run --memory 1000001", 64, "whole pages"),
                Arguments.of("run --memory lots", 64, "expected a size like 256M"),
                Arguments.of("run --max-instructions 0", 64, "above 0"),
                Arguments.of("run --max-instructions many", 64, "--max-instructions"),
                Arguments.of("run --debug-exit 65536", 64, "0 to 0xffff"),
                Arguments.of("run --debug-exit x", 64, "a port like 0xf4"),
                Arguments.of("run --gdb 99999", 64, "0 to 65535"),
                Arguments.of("run --gdb here", 64, "[HOST:]PORT"),
                Arguments.of("run --serial @/nowhere/log", 74, "there is no folder"),
                Arguments.of("run --serial @/dir", 74, "is a folder"),
                Arguments.of("run --serial null --vga-text @/nowhere/screen", 74, "there is no folder"),
                Arguments.of("record --detail everything", 64, "expected flow, memory or full"),
                Arguments.of("record --compression best", 64, "expected zstd or none"),
                Arguments.of("record --serial null -o @/nowhere/x.rst", 74, "there is no folder"),
                Arguments.of("record --serial null -o @/dir", 74, "is a folder"),
                Arguments.of("record --serial null -o @/demo.rst", 74, "is there already; --force overwrites it"));
    }

    @ParameterizedTest(name = "{index}: {0}")
    @MethodSource("wrong")
    void isToldInOneLine(String line, int status, String message) {
        String[] words = line.isEmpty()
                ? new String[0]
                : line.replace("@/", folder + "/").split(" ");

        Cli.Result result = Cli.run(words);

        assertThat(result.err()).contains(message).startsWith("ringscope: ");
        assertThat(result.errorLines()).hasSize(1);
        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void aPortInUseIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            for (String[] words : List.of(
                    new String[] {"gdb", file("demo.rst"), "--listen", port},
                    new String[] {"serve", file("demo.rst"), "--listen", port},
                    new String[] {"run", "--serial", "null", "--gdb", port})) {
                Cli.Result result = Cli.run(words);

                assertThat(result.err()).contains("cannot listen", "in use").startsWith("ringscope: ");
                assertThat(result.errorLines()).hasSize(1);
                assertThat(result.status()).isEqualTo(74);
            }
        }
    }

    @Test
    void aTraceThatIsCutOffIsUsedAsFarAsItIsWhole() throws IOException {
        Path cut = Files.write(folder.resolve("cut.rst"), Arrays.copyOf(trace, trace.length - 60));

        Cli.Result result = Cli.run("query", cut.toString(), "rings", "--count", "3");

        assertThat(result.status()).isZero();
        assertThat(result.errorLines()).hasSize(1);
        assertThat(result.err()).contains("cut.rst");
        assertThat(result.out().lines()).hasSize(4);
    }

    @Test
    void aNewIndexKeepsInMindThatTheRecordingWasCutShort() throws IOException {
        Path cut = Files.write(folder.resolve("short.rst"), Arrays.copyOf(trace, trace.length * 2 / 3));
        assertThat(Cli.run("index", "--quiet", cut.toString()).status()).isZero();

        Cli.Result info = Cli.run("info", cut.toString());
        assertThat(info.out())
                .containsPattern("cut short +its recorder did not close it")
                .doesNotContain("damage");
        assertThat(info.err()).contains("short.rst: the recording was cut short");
        assertThat(Cli.run("info", "--json", cut.toString()).out()).containsPattern("\"cut_short\": ?true");

        assertThat(Cli.run("index", "--quiet", file("demo.rst")).status()).isZero();
        assertThat(Cli.run("info", file("demo.rst")).out()).doesNotContain("cut short");
        assertThat(Cli.run("info", "--json", file("demo.rst")).out()).containsPattern("\"cut_short\": ?false");
    }

    @Test
    void noFlippedBitEverMakesAnInternalError() throws IOException {
        Random random = new Random(2026);
        for (int n = 0; n < 25; n++) {
            byte[] damaged = trace.clone();
            int at = random.nextInt(damaged.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Path file = Files.write(folder.resolve("damaged.rst"), damaged);
            for (String[] words : List.of(
                    new String[] {"info", file.toString()},
                    new String[] {"query", file.toString(), "instructions", "--json", "--from", "99%"},
                    new String[] {"query", file.toString(), "registers", "--from", "10000"},
                    new String[] {"verify", "--quiet", file.toString()})) {
                Cli.Result result = Cli.run(words);

                assertThat(result.err())
                        .as("%s with a bit of byte %d flipped", words[0], at)
                        .doesNotContain("internal error", "Exception");
                assertThat(result.status()).isIn(0, 1, 65);
            }
        }
    }
}
