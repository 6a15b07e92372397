package dev.ringscope.emulator.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultibootLoaderTest {
    private static final int MIB = 1 << 20;

    private final PhysicalMemory memory = new PhysicalMemory(16 * MIB, new byte[0]);

    private static ByteBuffer file(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void header(ByteBuffer file, int at, int flags) {
        file.putInt(at, 0x1badb002).putInt(at + 4, flags).putInt(at + 8, -(0x1badb002 + flags));
    }

    /** One segment: 16 bytes from offset 0x100 to physical 2 MiB, linked 0xc0000000 higher, 64 bytes in memory. */
    private static ByteBuffer elf32() {
        ByteBuffer elf = file(0x200);
        elf.putInt(0, 0x464c457f)
                .put(4, (byte) 1)
                .put(5, (byte) 1)
                .putShort(16, (short) 2)
                .putShort(18, (short) 3);
        elf.putInt(24, 0xc0200004).putInt(28, 52).putShort(42, (short) 32).putShort(44, (short) 1);
        elf.putInt(52, 1)
                .putInt(56, 0x100)
                .putInt(60, 0xc0200000)
                .putInt(64, 0x200000)
                .putInt(68, 16)
                .putInt(72, 64);
        elf.putInt(0x100, 0x11223344);
        header(elf, 0x80, 3);
        return elf;
    }

    private EntryState load(ByteBuffer kernel, String commandLine, MultibootLoader.Module... modules) {
        return new MultibootLoader(new Image("kernel", kernel.array()), List.of(modules), commandLine).load(memory);
    }

    private String text(long address) {
        int end = (int) address;
        while (memory.bytes[end] != 0) {
            end++;
        }
        return new String(memory.bytes, (int) address, end - (int) address, StandardCharsets.UTF_8);
    }

    private long field(EntryState entry, int offset) {
        return memory.read(entry.registers()[EntryState.RBX] + offset, 4);
    }

    @Test
    void anElfKernelIsLoadedToItsPhysicalAddresses() {
        EntryState entry = load(elf32(), "");
        assertThat(entry.mode()).isEqualTo(EntryState.Mode.PROTECTED32);
        assertThat(entry.pc()).as("the entry point's physical address").isEqualTo(0x200004);
        assertThat(memory.read(0x200000, 4)).isEqualTo(0x11223344L);
        assertThat(entry.registers()[EntryState.RAX]).isEqualTo(0x2badb002L);
    }

    @Test
    void a64BitElfIsLoadedTheSameWay() {
        ByteBuffer elf = file(0x200);
        elf.putInt(0, 0x464c457f)
                .put(4, (byte) 2)
                .put(5, (byte) 1)
                .putShort(16, (short) 2)
                .putShort(18, (short) 62);
        elf.putLong(24, 0x300010).putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 1);
        elf.putInt(64, 1)
                .putLong(72, 0x100)
                .putLong(80, 0x300000)
                .putLong(88, 0x300000)
                .putLong(96, 16);
        elf.putLong(104, 16).putInt(0x100, 0x55667788);
        header(elf, 0xc0, 0);
        assertThat(load(elf, "").pc()).isEqualTo(0x300010);
        assertThat(memory.read(0x300000, 4)).isEqualTo(0x55667788L);
    }

    @Test
    void aHeaderWithAddressesNeedsNoElf() {
        ByteBuffer raw = file(0x100);
        header(raw, 0x20, 1 << 16);
        raw.putInt(0x2c, 0x100020).putInt(0x30, 0x100010).putInt(0x34, 0x100050).putInt(0x38, 0x100100);
        raw.putInt(0x3c, 0x100044).putInt(0x44, 0xabcdef01);
        EntryState entry = load(raw, "");
        assertThat(entry.pc()).isEqualTo(0x100044);
        assertThat(memory.read(0x100044, 4)).isEqualTo(0xabcdef01L);
        assertThat(memory.read(0x10000c, 4))
                .as("bytes before load_addr are left out")
                .isZero();
    }

    @Test
    void theInformationTellsMemoryCommandLineModulesAndLoader() {
        byte[] first = "first".getBytes(StandardCharsets.US_ASCII);
        byte[] second = "second!".getBytes(StandardCharsets.US_ASCII);
        EntryState entry = load(
                elf32(),
                "kernel root=x",
                new MultibootLoader.Module(new Image("a.mod", first), "a.mod 1"),
                new MultibootLoader.Module(new Image("b.mod", second), "b.mod"));
        assertThat(field(entry, 0)).isEqualTo(0x24dL);
        assertThat(field(entry, 4)).as("mem_lower, KiB").isEqualTo(639);
        assertThat(field(entry, 8)).as("mem_upper, KiB").isEqualTo(15 * 1024);
        assertThat(text(field(entry, 16))).isEqualTo("kernel root=x");
        assertThat(text(field(entry, 64))).isEqualTo("Ringscope");
        assertThat(field(entry, 20)).isEqualTo(2);
        long modules = field(entry, 24);
        assertThat(memory.read(modules, 4)).as("on the page behind the kernel").isEqualTo(0x201000);
        assertThat(memory.read(modules + 4, 4)).isEqualTo(0x201005);
        assertThat(text(memory.read(modules + 8, 4))).isEqualTo("a.mod 1");
        assertThat(memory.read(modules + 16, 4)).isEqualTo(0x202000);
        assertThat(text(memory.read(modules + 16, 4))).isEqualTo("second!");
        assertThat(field(entry, 44)).as("four entries of 24 bytes").isEqualTo(96);
        long last = field(entry, 48) + 72;
        assertThat(memory.read(last, 4)).isEqualTo(20);
        assertThat(memory.read(last + 4, 8)).isEqualTo(MIB);
        assertThat(memory.read(last + 12, 8)).isEqualTo(15 * MIB);
        assertThat(memory.read(last + 20, 4)).isEqualTo(1);
    }

    @Test
    void theInformationMovesOutOfALowKernelsWay() {
        ByteBuffer elf = elf32();
        elf.putInt(64, 0x8000).putInt(72, 0x90000);
        long information = load(elf, "").registers()[EntryState.RBX];
        assertThat(information).isBetween(0x98000L, 0x9fc00L);
    }

    @Test
    void filesWithoutHeaderAreRefused() {
        assertThatThrownBy(() -> load(file(0x4000), ""))
                .isInstanceOf(BadImage.class)
                .hasMessageStartingWith("kernel, offset 0x0: expected a Multiboot header");
        ByteBuffer late = file(0x4000);
        header(late, 8192, 0);
        assertThatThrownBy(() -> load(late, "")).hasMessageContaining("in the first 8192 bytes");
        ByteBuffer wrongSum = elf32();
        wrongSum.putInt(0x88, 1);
        assertThatThrownBy(() -> load(wrongSum, "")).hasMessageContaining("with its checksum");
        assertThatThrownBy(() -> load(file(3), "")).isInstanceOf(BadImage.class);
    }

    @Test
    void unknownRequirementsAreRefused() {
        ByteBuffer elf = elf32();
        header(elf, 0x80, 0x8003);
        assertThatThrownBy(() -> load(elf, ""))
                .hasMessage("kernel, offset 0x84: the kernel requires features 0x8000, which no loader has");
    }

    @Test
    void segmentsOutsideTheFileOrTheMemoryAreRefused() {
        ByteBuffer truncated = elf32();
        truncated.putInt(56, 0x1f8);
        assertThatThrownBy(() -> load(truncated, ""))
                .isInstanceOf(BadImage.class)
                .hasMessageContaining("offset 0x1f8");
        ByteBuffer high = elf32();
        high.putInt(64, 0xfff000);
        high.putInt(72, 0x2000);
        assertThatThrownBy(() -> load(high, "")).hasMessageContaining("do not fit in 0x1000000 bytes of memory");
        ByteBuffer shrunk = elf32();
        shrunk.putInt(72, 8);
        assertThatThrownBy(() -> load(shrunk, "")).hasMessageContaining("0x10 bytes in the file and 0x8 in memory");
        ByteBuffer table = elf32();
        table.putInt(28, 0x7fffffff);
        assertThatThrownBy(() -> load(table, "")).hasMessageContaining("a program header");
    }

    @Test
    void anotherMachinesElfIsRefused() {
        ByteBuffer arm = elf32();
        arm.putShort(18, (short) 40);
        assertThatThrownBy(() -> load(arm, "")).hasMessageContaining("expected an ELF file for i386 or x86-64");
    }
}
