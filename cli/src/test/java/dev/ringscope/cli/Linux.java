package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The stock Debian kernel and the initramfs that ./check fetches and packs. */
final class Linux {
    private static final Path ROOT = Path.of(System.getProperty("ringscope.root", "."));

    private Linux() {}

    static Path kernel() {
        return need(ROOT.resolve(".cache/debian/linux-image-cloud-amd64/boot/vmlinuz"));
    }

    static Path initramfs() {
        return need(ROOT.resolve(".cache/guests/initramfs.cpio"));
    }

    static Path busybox() {
        return need(ROOT.resolve(".cache/debian/busybox-static/bin/busybox"));
    }

    private static Path need(Path file) {
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(file).exists();
        }
        assumeTrue(Files.exists(file), file + " is not fetched: run ./check");
        return file;
    }
}
