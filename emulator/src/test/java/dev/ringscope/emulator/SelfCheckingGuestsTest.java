package dev.ringscope.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.boot.MultibootLoader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The guests of {@code testdata/guests} that check the processor themselves: they tell each case on COM1, and leave
 * with 0 through the debug-exit port if all went right, which makes exit status 1.
 */
class SelfCheckingGuestsTest {
    private static final long LIMIT = 50_000_000;

    @TempDir
    private Path out;

    @BeforeEach
    void needsBinutils() {
        boolean present = Stream.of("as", "ld", "objcopy").allMatch(SelfCheckingGuestsTest::onPath);
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(present).as("as, ld and objcopy (Debian package binutils) are installed").isTrue();
        }
        assumeTrue(present, "as, ld and objcopy (Debian package binutils) are not installed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rings", "rings64", "paging", "smc"})
    void everyCaseOfTheGuestIsRight(String name) throws Exception {
        ByteArrayOutputStream com1 = new ByteArrayOutputStream();
        Machine machine = machine(com1);
        machine.load(new MultibootLoader(Image.read(built(name)), List.of(), name));

        StopReason reason = machine.run(LIMIT);

        String said = com1.toString(StandardCharsets.ISO_8859_1);
        assertThat(reason).as("%s, having said:%n%s", machine.explanation(), said).isEqualTo(StopReason.EXIT);
        assertThat(said.lines().filter(line -> line.startsWith("FAIL"))).isEmpty();
        assertThat(machine.exitStatus()).as(said).isEqualTo(1);
    }

    private static Machine machine(ByteArrayOutputStream com1) {
        List<MachineDescription.Device> devices = new ArrayList<>(Board.standard());
        devices.add(new MachineDescription.Device("debug-exit", new TreeMap<>()));
        MachineDescription description = new MachineDescription(
                "x86_64", 1, 64 << 20, 0, devices, "multiboot", "test", List.of(), new TreeMap<>(), List.of());
        return new Machine(description, new byte[0], new Wiring(null).connect("com1", com1::write), false);
    }

    private Path built(String name) throws Exception {
        Path script = projectRoot().resolve("testdata/guests/build");
        Process build = new ProcessBuilder("sh", script.toString(), out.toString(), name)
                .redirectErrorStream(true)
                .start();
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as(said).isZero();
        return out.resolve(name + ".elf");
    }

    private static Path projectRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("testdata/guests/build"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder above with testdata/guests/build").isNotNull();
        return folder;
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
