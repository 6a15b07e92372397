package dev.ringscope.cli;

import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.boot.BiosLoader;
import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.device.FileDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Firmware at the reset vector, with or without a disk to boot from. */
final class DiskGuest {
    /** SeaBIOS keeps its video BIOS beside itself. */
    private static final String VIDEO_BIOS = "vgabios-isavga.bin";

    final BiosLoader loader;
    /** Empty if only firmware is started. */
    final Optional<FileDisk> disk;

    DiskGuest(GuestOptions options) throws IOException {
        Path rom = InputFile.check(options.bios == null ? Bios.find() : options.bios);
        Path video = rom.toAbsolutePath().resolveSibling(VIDEO_BIOS);
        loader = new BiosLoader(
                Image.read(rom), Files.isReadable(video) ? Optional.of(Image.read(video)) : Optional.empty());
        disk = options.disk == null ? Optional.empty() : Optional.of(open(options));
    }

    private static FileDisk open(GuestOptions options) throws IOException {
        Path image = InputFile.check(options.disk);
        if (options.writable && !Files.isWritable(image)) {
            throw new CommandFailure(ExitStatus.IO, image + ": --writable, but writing is not permitted");
        }
        FileDisk disk = new FileDisk(image, options.writable);
        if (disk.sectors() == 0) {
            disk.close();
            throw new CommandFailure(ExitStatus.DATA, image + ": expected a disk image, found an empty file");
        }
        return disk;
    }

    List<MachineDescription.Device> devices() {
        List<MachineDescription.Device> list = new ArrayList<>();
        SortedMap<String, String> firmware = new TreeMap<>();
        if (loader.videoBiosSize() > 0) {
            firmware.put("video-bios-address", "0x%x".formatted(loader.videoBiosAddress()));
            firmware.put("video-bios-size", Integer.toString(loader.videoBiosSize()));
        }
        list.add(new MachineDescription.Device("fw-cfg", firmware));
        if (disk.isPresent()) {
            SortedMap<String, String> properties = new TreeMap<>();
            properties.put("sectors", Long.toString(disk.get().sectors()));
            list.add(new MachineDescription.Device("disk0", properties));
        }
        list.add(new MachineDescription.Device("ide", new TreeMap<>()));
        return list;
    }
}
