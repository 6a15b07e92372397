package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other people's guests, from Debian's packages and from testdata/guests, started as a user would start them. */
class RealGuestsTest {
    private static final Path ROOT = Path.of(System.getProperty("ringscope.root", "."));
    private static final Path DEBIAN = ROOT.resolve(".cache/debian");

    @TempDir
    private Path folder;

    /** Runs until the limit or the end; gives the screen. */
    private String screen(int status, String... guest) throws IOException {
        Path screen = folder.resolve("screen.txt");
        List<String> arguments =
                new ArrayList<>(List.of("run", "--quiet", "--serial", "null", "--vga-text", screen.toString()));
        arguments.addAll(List.of(guest));
        assertThat(Main.commandLine().execute(arguments.toArray(String[]::new))).isEqualTo(status);
        return Files.readString(screen);
    }

    @Test
    void memtest_tests_memory_without_errors() throws IOException {
        String screen = screen(
                ExitStatus.LIMIT,
                "--kernel",
                DEBIAN.resolve("memtest86+/boot/memtest86+x64.bin").toString(),
                "--memory",
                "32M",
                "--keys",
                "\n",
                "--max-instructions",
                "150000000");
        assertThat(screen)
                .contains("Memtest86+", "Ringscope x86-64", "Errors: 0", "Status: Testing")
                .containsPattern("Test #[1-9]");
    }

    @Test
    void grub_invaders_draws_its_invaders() throws IOException {
        String screen = screen(
                ExitStatus.LIMIT,
                "--multiboot",
                DEBIAN.resolve("grub-invaders/boot/invaders.exec").toString(),
                "--max-instructions",
                "30000000");
        assertThat(screen.lines().filter(line -> line.contains("-*-    -*-    -*-")))
                .hasSizeGreaterThan(3);
    }

    @Test
    void boot_sectors_print_and_read_through_the_BIOS() throws Exception {
        Path images = folder.resolve("images");
        Process build = new ProcessBuilder(
                        ROOT.resolve("testdata/guests/build").toString(), images.toString(), "boot_hello", "boot_read")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(build.waitFor()).isZero();
        assertThat(boot(images.resolve("boot_hello.img"))).contains("Hello from a boot sector");
        assertThat(boot(images.resolve("boot_read.img"))).contains("The third and fourth sectors, read by number");
    }

    private String boot(Path image) throws IOException {
        return screen(1, "--disk", image.toString(), "--debug-exit", "0xf4", "--max-instructions", "60000000");
    }
}
