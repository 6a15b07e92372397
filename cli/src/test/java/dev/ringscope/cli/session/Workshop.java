package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A folder with the files that the sessions name: our guests, Debian's kernel, its symbols, an initramfs. */
final class Workshop {
    static final Path ROOT =
            Path.of(System.getProperty("ringscope.root", ".")).toAbsolutePath().normalize();

    private static final List<String> GUESTS = List.of("demo", "boot_modes", "hello_world");

    private static final Set<List<String>> DONE = new HashSet<>();
    private static Path folder;

    private Workshop() {}

    /** The folder, the same for all tests of this run. */
    static synchronized Path folder() throws IOException, InterruptedException {
        if (folder == null) {
            Path fresh = ROOT.resolve("cli/target/sessions");
            clear(fresh);
            fill(Files.createDirectories(fresh));
            folder = fresh;
        }
        return folder;
    }

    /** Runs {@code ringscope} there. Since a guest does the same each time, the same words are run once only. */
    static synchronized void once(List<String> words) throws IOException, InterruptedException {
        if (DONE.add(words)) {
            ringscope(folder(), words);
        }
    }

    private static void ringscope(Path folder, List<String> words) throws IOException, InterruptedException {
        try (Server process = new Server(folder, words)) {
            String said = process.rest();
            assertThat(process.exitStatus()).as(said).isIn(0, 1, 124);
        }
    }

    private static void clear(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Debian's package of the kernel with its version. */
    static String kernelVersion() throws IOException {
        Path manifest = need(ROOT.resolve(".cache/debian/MANIFEST"));
        return Files.readAllLines(manifest).stream()
                .filter(line -> line.startsWith("linux-image"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .findFirst()
                .orElseThrow();
    }

    private static void fill(Path folder) throws IOException, InterruptedException {
        link(folder, "vmlinuz", ".cache/debian/linux-image-cloud-amd64/boot/vmlinuz");
        link(folder, "initramfs.cpio", ".cache/guests/initramfs.cpio");
        link(folder, "busybox", ".cache/debian/busybox-static/bin/busybox");
        link(folder, "ringscope.py", "tools/gdb/ringscope.py");
        List<String> words =
                new ArrayList<>(List.of(ROOT.resolve("testdata/guests/build").toString(), folder.toString()));
        words.addAll(GUESTS);
        run(folder, words);
        // multiboot wants a 32-bit ELF file, gdb one of the machine's width
        run(folder, List.of("objcopy", "-O", "elf64-x86-64", "demo.elf", "demo64.elf"));
        ringscope(folder, List.of("symbols", "vmlinuz", "-o", "vmlinux.elf"));
    }

    private static void run(Path folder, List<String> words) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(words).directory(folder.toFile()).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", words)).isZero();
    }

    private static void link(Path folder, String name, String target) throws IOException {
        Files.createSymbolicLink(folder.resolve(name), need(ROOT.resolve(target)));
    }

    private static Path need(Path file) {
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(file).exists();
        }
        assumeTrue(Files.exists(file), file + " is not fetched: run ./check");
        return file;
    }
}
