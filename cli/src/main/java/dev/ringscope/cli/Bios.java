package dev.ringscope.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where SeaBIOS is: in the folder that ./check fetched, or where Debian installs it. */
final class Bios {
    private static final List<String> PLACES =
            List.of(".cache/debian/seabios/usr/share/seabios/bios.bin", "/usr/share/seabios/bios.bin");

    private Bios() {}

    static Path find() {
        String root = System.getProperty("ringscope.root", ".");
        for (String place : PLACES) {
            Path path = Path.of(root).resolve(place);
            if (Files.isReadable(path)) {
                return path;
            }
        }
        throw new CommandFailure(
                ExitStatus.NO_INPUT,
                "no BIOS found: install Debian's package seabios, or name a ROM image with --bios");
    }
}
