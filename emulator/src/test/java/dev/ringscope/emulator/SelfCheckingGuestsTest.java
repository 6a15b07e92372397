package dev.ringscope.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.boot.MultibootLoader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guests in {@code testdata/guests} that judge the machine themselves, or that say what they were given. */
class SelfCheckingGuestsTest {
    private static final long LIMIT = 20_000_000;
    private static final int STATUS_0 = 1;

    @TempDir
    private static Path images;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @BeforeAll
    static void build() throws Exception {
        boolean present = Stream.of("as", "ld", "objcopy")
                .allMatch(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))));
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(present)
                    .as("as, ld and objcopy (Debian package binutils) are installed")
                    .isTrue();
        }
        assumeTrue(present, "as, ld and objcopy (Debian package binutils) are not installed");
        Process build = new ProcessBuilder("sh", script().toString(), images.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as(output).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rings   | 161 passed, 0 failed",
                "rings64 | 67 passed, 0 failed",
                "paging  | 37080 passed, 0 failed",
                "smc     | ok"
            })
    void everyCaseOfTheGuestPasses(String guest, String lastLine) throws IOException {
        Machine machine = machine(guest, List.of(), "");

        assertThat(machine.run(LIMIT)).as(machine.explanation()).isEqualTo(StopReason.EXIT);
        assertThat(lines())
                .filteredOn(line -> line.matches("FAIL .*|wrong: .*|.*: FAILED"))
                .isEmpty();
        assertThat(lines()).endsWith(lastLine);
        assertThat(machine.exitStatus()).isEqualTo(STATUS_0);
    }

    @Test
    void aMultibootKernelFindsItsCommandLineAndModules() throws IOException {
        List<MultibootLoader.Module> modules = List.of(
                new MultibootLoader.Module(
                        new Image("m1", "first module\n".getBytes(StandardCharsets.US_ASCII)), "m1 arg"),
                new MultibootLoader.Module(new Image("m2", "second\n".getBytes(StandardCharsets.US_ASCII)), "m2"));
        Machine machine = machine("multiboot_info", modules, "hello there");

        assertThat(machine.run(LIMIT)).as(machine.explanation()).isEqualTo(StopReason.EXIT);
        assertThat(lines())
                .anyMatch(line -> line.matches("command line: .*hello there"))
                .containsSubsequence(
                        "module 'm1 arg', bytes: 0x0000000d",
                        "first module",
                        "module 'm2', bytes: 0x00000007",
                        "second")
                .anyMatch(line -> line.matches("memory at 0x0000000000100000, bytes 0x[0-9a-f]{16}, type 1"))
                .endsWith("end of the multiboot information");
        assertThat(machine.exitStatus()).isEqualTo(STATUS_0);
    }

    @Test
    void aTripleFaultStopsTheMachineAtTheInstructionThatBegan() throws IOException {
        Machine machine = machine("triple", List.of(), "");

        assertThat(machine.run(LIMIT)).isEqualTo(StopReason.TRIPLE_FAULT);
        assertThat(lines()).containsExactly("an IDT without entries, and INT3");
        long breakpoint = ElfSymbols.read(Files.readAllBytes(images.resolve("triple.elf")))
                .get("breakpoint");
        assertThat(machine.explanation()).contains("%x".formatted(breakpoint));
    }

    private Machine machine(String guest, List<MultibootLoader.Module> modules, String commandLine) throws IOException {
        List<MachineDescription.Device> devices = new ArrayList<>(Machine.standardDevices());
        devices.add(new MachineDescription.Device("debug-exit", new TreeMap<>()));
        MachineDescription description = new MachineDescription(
                "x86_64", 1, 64 << 20, 0, devices, "multiboot", guest, List.of(), new TreeMap<>(), List.of());
        Machine machine = new Machine(description, new byte[0], new Wiring(null).connect("com1", said::write), false);
        machine.load(new MultibootLoader(Image.read(images.resolve(guest + ".elf")), modules, commandLine));
        return machine;
    }

    private List<String> lines() {
        return said.toString(StandardCharsets.US_ASCII).lines().toList();
    }

    private static Path script() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("testdata/guests/build"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder above with testdata/guests/build").isNotNull();
        return folder.resolve("testdata/guests/build");
    }
}
