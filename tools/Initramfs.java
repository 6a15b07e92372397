/*
 * Packs the initial RAM file system of the Linux test guest: our /init, busybox-static and a console.
 *
 *     java tools/Initramfs.java OUT [INIT [BUSYBOX]]
 *
 * The format is cpio "newc", as the kernel's Documentation/driver-api/early-userspace/buffer-format.rst gives it: a
 * header of thirteen 8-digit hexadecimal fields, the name, the data, each padded to four bytes. Times and owners are
 * zero and inode numbers are counted, so that the same input gives the same file.
 */

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

private static final int DIRECTORY = 0_040755;
private static final int PROGRAM = 0_100755;
private static final int CHARACTER_DEVICE = 0_020600;

void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 3) {
        System.err.println("usage: java tools/Initramfs.java OUT [INIT [BUSYBOX]]");
        System.exit(64);
    }
    Path init = Path.of(args.length > 1 ? args[1] : "testdata/linux/init");
    Path busybox = Path.of(args.length > 2 ? args[2] : ".cache/debian/busybox-static/bin/busybox");

    Archive archive = new Archive();
    archive.add("bin", DIRECTORY);
    archive.add("bin/busybox", PROGRAM, Files.readAllBytes(busybox));
    archive.add("dev", DIRECTORY);
    archive.device("dev/console", 5, 1); // the kernel opens it for /init before devtmpfs is mounted
    archive.add("init", PROGRAM, Files.readAllBytes(init));
    Files.write(Path.of(args[0]), archive.finish());
}

static final class Archive {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int inode;

    void add(String name, int mode, byte... data) {
        entry(name, mode, 0, 0, data);
    }

    void device(String name, int major, int minor) {
        entry(name, CHARACTER_DEVICE, major, minor);
    }

    byte[] finish() {
        entry("TRAILER!!!", 0, 0, 0);
        return out.toByteArray();
    }

    private void entry(String name, int mode, int major, int minor, byte... data) {
        byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        int[] fields = {
            ++inode, mode, 0, 0, 1, 0, data.length, 0, 0, major, minor, nameBytes.length, 0,
        };
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append("%08x".formatted(field));
        }
        out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
        padded(nameBytes);
        padded(data);
    }

    private void padded(byte[] bytes) {
        out.writeBytes(bytes);
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }
}
