package dev.ringscope.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.boot.BiosLoader;
import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.device.Disk;
import dev.ringscope.emulator.device.FileDisk;
import dev.ringscope.emulator.device.OverlayDisk;
import dev.ringscope.emulator.device.Vga;
import dev.ringscope.emulator.insn.Block;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SeaBIOS from Debian's package starts a boot sector that uses the BIOS's screen, keyboard and disk services. */
class DiskBootTest {
    private static final String LISTING = """
        31 c0      xor ax, ax
        8e d8      mov ds, ax
        8e c0      mov es, ax
        8e d0      mov ss, ax
        bc 00 7c   mov sp, 0x7c00
        b8 01 02   mov ax, 0x0201      ; read one sector
        b9 02 00   mov cx, 2           ; cylinder 0, sector 2
        bb 00 7e   mov bx, 0x7e00
        b6 00      mov dh, 0
        cd 13      int 0x13
        72 35      jc end
        be 00 7e   mov si, 0x7e00
        ac         next: lodsb
        84 c0      test al, al
        74 09      jz key
        b4 0e      mov ah, 0x0e        ; print it
        bb 07 00   mov bx, 7
        cd 10      int 0x10
        eb f2      jmp next
        b4 00      key: mov ah, 0      ; wait for a key
        cd 16      int 0x16
        b4 0e      mov ah, 0x0e        ; print the key
        bb 07 00   mov bx, 7
        cd 10      int 0x10
        a2 00 7e   mov [0x7e00], al
        b8 01 03   mov ax, 0x0301      ; write it into sector 3
        b9 03 00   mov cx, 3
        bb 00 7e   mov bx, 0x7e00
        b6 00      mov dh, 0
        cd 13      int 0x13
        72 07      jc end
        ba 04 06   mov dx, 0x604       ; power off
        b8 00 20   mov ax, 0x2000
        ef         out dx, ax
        fa         end: cli
        f4         hlt
        """;

    private static final int KEY_AT = 9_000_000;
    private static final long LIMIT = 100_000_000;

    private final List<Event.Input> inputs = new ArrayList<>();
    private BiosLoader bios;
    private Path image;

    @BeforeEach
    void findSeaBios(@TempDir Path folder) throws IOException {
        Path seabios = Path.of(System.getProperty("ringscope.root", "."), ".cache/debian/seabios/usr/share/seabios");
        Assumptions.assumeTrue(
                Files.exists(seabios) || "1".equals(System.getenv("RINGSCOPE_CHECK")), seabios + " is not fetched");
        bios = new BiosLoader(
                Image.read(seabios.resolve("bios.bin")),
                Optional.of(Image.read(seabios.resolve("vgabios-isavga.bin"))));
        image = Files.write(folder.resolve("disk.img"), disk());
    }

    /** The boot sector, and a text in the next one. */
    private static byte[] disk() {
        byte[] bytes = new byte[4 * Disk.SECTOR];
        int at = 0;
        for (String line : LISTING.lines().toList()) {
            byte[] code =
                    HexFormat.ofDelimiter(" ").parseHex(line.substring(0, 9).strip());
            System.arraycopy(code, 0, bytes, at, code.length);
            at += code.length;
        }
        bytes[510] = 0x55;
        bytes[511] = (byte) 0xaa;
        byte[] text = "the second sector\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, Disk.SECTOR, text.length);
        return bytes;
    }

    private MachineDescription description() {
        List<MachineDescription.Device> devices = new ArrayList<>(Machine.standardDevices());
        TreeMap<String, String> firmware = new TreeMap<>();
        firmware.put("video-bios-address", "0x%x".formatted(bios.videoBiosAddress()));
        firmware.put("video-bios-size", Integer.toString(bios.videoBiosSize()));
        TreeMap<String, String> disk = new TreeMap<>();
        disk.put("sectors", "4");
        devices.add(new MachineDescription.Device("fw-cfg", firmware));
        devices.add(new MachineDescription.Device("disk0", disk));
        devices.add(new MachineDescription.Device("ide", new TreeMap<>()));
        return new MachineDescription(
                "x86_64",
                1,
                16 << 20,
                bios.rom().length,
                devices,
                "disk",
                "test",
                List.of(),
                new TreeMap<>(),
                List.of());
    }

    private Machine machine(Wiring wiring) {
        Machine machine = new Machine(description(), bios.rom(), wiring, false);
        machine.load(bios);
        machine.setRecorder(new Recorder() {
            @Override
            public void define(Block block) {}

            @Override
            public void flow(int[] entries, int count) {}

            @Override
            public void event(Event event) {
                if (event instanceof Event.Input input) {
                    inputs.add(input);
                }
            }

            @Override
            public void accesses(AccessLog log) {}

            @Override
            public void registers(RegisterLog log) {}

            @Override
            public long chunkEnd(Snapshot snapshot) {
                return Long.MAX_VALUE;
            }
        });
        return machine;
    }

    private void boot(Machine machine) {
        machine.run(KEY_AT);
        machine.receive("keyboard", new byte[] {'k'});
        assertThat(machine.run(LIMIT)).isEqualTo(StopReason.POWER_OFF);
    }

    @Test
    void theBootSectorReadsPrintsWaitsForAKeyAndWrites() throws IOException {
        try (FileDisk file = new FileDisk(image, false)) {
            Machine machine = machine(new Wiring(null).connect("disk0", file, false));
            boot(machine);
            assertThat(machine.device("vga", Vga.class).text().lines())
                    .containsSequence("Booting from Hard Disk...", "the second sector", "k");
            assertThat(machine.device("disk0", OverlayDisk.class).read(2)).startsWith('k', 'h', 'e');
        }
        assertThat(Files.readAllBytes(image)).as("writes stay in memory").isEqualTo(disk());
    }

    @Test
    void aWritableImageKeepsWhatTheGuestWrote() throws IOException {
        try (FileDisk file = new FileDisk(image, true)) {
            boot(machine(new Wiring(null).connect("disk0", file, true)));
        }
        byte[] after = Files.readAllBytes(image);
        assertThat(Arrays.copyOfRange(after, 2 * Disk.SECTOR, 2 * Disk.SECTOR + 3))
                .containsExactly('k', 'h', 'e');
    }

    @Test
    void theRecordedSectorsReplaceTheImage() throws IOException {
        long end;
        String screen;
        try (FileDisk file = new FileDisk(image, false)) {
            Machine machine = machine(new Wiring(null).connect("disk0", file, false));
            boot(machine);
            end = machine.position();
            screen = machine.device("vga", Vga.class).text();
        }
        List<Event.Input> sectors =
                inputs.stream().filter(input -> input.source().equals("disk0")).toList();
        assertThat(sectors).as("each sector once: the boot sector and the text").hasSize(2);

        Outside recorded = Outside.recorded();
        sectors.forEach(input -> recorded.learn(input.source(), input.data()));
        Machine replay = machine(new Wiring(recorded));
        boot(replay);
        assertThat(replay.position()).isEqualTo(end);
        assertThat(replay.device("vga", Vga.class).text()).isEqualTo(screen);
    }

    @Test
    void withoutAnImageADiskSaysSo() {
        Machine machine = machine(new Wiring(null));
        assertThatThrownBy(() -> machine.run(LIMIT)).hasMessageContaining("no image is connected to disk0");
    }
}
