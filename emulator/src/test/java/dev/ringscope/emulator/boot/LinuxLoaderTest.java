package dev.ringscope.emulator.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinuxLoaderTest {
    private static final int MIB = 1 << 20;

    /** A kernel of 4 setup sectors and 4096 bytes of 0x5a, relocatable, at home at 16 MiB. */
    private final ByteBuffer kernel = ByteBuffer.allocate(5 * 512 + 4096).order(ByteOrder.LITTLE_ENDIAN);

    LinuxLoaderTest() {
        kernel.put(0x1f1, (byte) 4).putShort(0x1fe, (short) 0xaa55);
        kernel.put(0x200, (byte) 0xeb).put(0x201, (byte) 0x6a).putInt(0x202, 0x53726448);
        kernel.putShort(0x206, (short) 0x20f).put(0x211, (byte) 1).putInt(0x214, MIB);
        kernel.putInt(0x22c, 0x7fff_ffff)
                .putInt(0x230, 2 * MIB)
                .put(0x234, (byte) 1)
                .putInt(0x238, 255);
        kernel.putLong(0x258, 16L * MIB).putInt(0x260, 3 * MIB);
        for (int i = 5 * 512; i < kernel.capacity(); i++) {
            kernel.put(i, (byte) 0x5a);
        }
    }

    private LinuxLoader loader(String commandLine, int initrdSize, boolean acpi) {
        byte[] initrd = new byte[initrdSize];
        Arrays.fill(initrd, (byte) 0x77);
        return new LinuxLoader(
                new Image("vmlinuz", kernel.array()),
                initrdSize == 0 ? Optional.empty() : Optional.of(new Image("initrd", initrd)),
                commandLine,
                acpi);
    }

    private static PhysicalMemory memory(int mib) {
        return new PhysicalMemory(mib * MIB, new byte[0]);
    }

    private static String text(PhysicalMemory memory, long address) {
        int end = (int) address;
        while (memory.bytes[end] != 0) {
            end++;
        }
        return new String(memory.bytes, (int) address, end - (int) address, StandardCharsets.UTF_8);
    }

    @Test
    void theKernelIsEnteredWhereItIsAtHomeWithItsParametersInEsi() {
        PhysicalMemory memory = memory(64);
        EntryState entry = loader("console=ttyS0", 0, false).load(memory);
        assertThat(entry.mode()).isEqualTo(EntryState.Mode.PROTECTED32);
        assertThat(entry.pc()).isEqualTo(16 * MIB);
        assertThat(memory.read(16 * MIB, 4)).isEqualTo(0x5a5a5a5aL);
        assertThat(memory.read(16 * MIB + 4096, 4)).isZero();
        long params = entry.registers()[EntryState.RSI];
        assertThat(memory.read(params + 0x202, 4)).as("the header is copied").isEqualTo(0x53726448L);
        assertThat(memory.read(params + 0x210, 1)).as("type_of_loader").isEqualTo(0xff);
        assertThat(memory.read(params + 0x214, 4)).as("code32_start").isEqualTo(16 * MIB);
        assertThat(text(memory, memory.read(params + 0x228, 4))).isEqualTo("console=ttyS0");
        assertThat(memory.read(params + 0x218, 4)).as("no initrd").isZero();
        assertThat(memory.read(params + 0x70, 8)).as("no ACPI").isZero();
    }

    @Test
    void theDescriptorTableIsFlat() {
        PhysicalMemory memory = memory(64);
        EntryState entry = loader("", 0, false).load(memory);
        assertThat(entry.codeSelector()).isEqualTo(0x10);
        assertThat(entry.dataSelector()).isEqualTo(0x18);
        assertThat(memory.read(entry.gdtBase() + 0x10, 8)).isEqualTo(0x00cf9b000000ffffL);
        assertThat(memory.read(entry.gdtBase() + 0x18, 8)).isEqualTo(0x00cf93000000ffffL);
        assertThat(entry.gdtLimit()).isEqualTo(0x1f);
    }

    @Test
    void theMemoryMapLeavesOutWhatTheBiosOwns() {
        PhysicalMemory memory = memory(64);
        long params = loader("", 0, false).load(memory).registers()[EntryState.RSI];
        assertThat(memory.read(params + 0x1e8, 1)).isEqualTo(4);
        long[][] expected = {
            {0, 0x9fc00, 1}, {0x9fc00, 0x400, 2}, {0xe0000, 0x20000, 2}, {MIB, 63L * MIB, 1},
        };
        for (int i = 0; i < expected.length; i++) {
            long at = params + 0x2d0 + 20L * i;
            assertThat(new long[] {memory.read(at, 8), memory.read(at + 8, 8), memory.read(at + 16, 4)})
                    .containsExactly(expected[i]);
        }
    }

    @Test
    void theInitrdLiesAsHighAsMemoryAndKernelAllow() {
        PhysicalMemory memory = memory(64);
        long params = loader("", 5000, false).load(memory).registers()[EntryState.RSI];
        assertThat(memory.read(params + 0x218, 4)).isEqualTo(64 * MIB - 8192);
        assertThat(memory.read(params + 0x21c, 4)).isEqualTo(5000);
        assertThat(memory.read(64 * MIB - 8192, 1)).isEqualTo(0x77);
        kernel.putInt(0x22c, 32 * MIB - 1);
        assertThat(loader("", 5000, false).load(memory).registers()[EntryState.RSI])
                .isEqualTo(params);
        assertThat(memory.read(params + 0x218, 4)).isEqualTo(32 * MIB - 8192);
    }

    @Test
    void inASmallMachineARelocatableKernelMovesDown() {
        assertThat(loader("", 0, false).load(memory(8)).pc()).isEqualTo(2 * MIB);
        kernel.put(0x234, (byte) 0);
        assertThatThrownBy(() -> loader("", 0, false).load(memory(8)))
                .isInstanceOf(BadImage.class)
                .hasMessage("vmlinuz: needs 0x300000 bytes of memory at 0x1000000, the machine has 0x800000");
    }

    @Test
    void acpiTablesAreHandedOn() {
        PhysicalMemory memory = memory(64);
        long params = loader("", 0, true).load(memory).registers()[EntryState.RSI];
        assertThat(memory.read(params + 0x70, 8)).isEqualTo(AcpiTables.RSDP);
        assertThat(memory.read(AcpiTables.RSDP, 8)).isEqualTo(0x2052545020445352L);
    }

    @Test
    void foreignFilesAreRefusedWithTheirOffset() {
        assertThatThrownBy(() ->
                        new LinuxLoader(new Image("x", new byte[100]), Optional.empty(), "", false).load(memory(64)))
                .isInstanceOf(BadImage.class)
                .hasMessage("x, offset 0x0: expected a Linux kernel's setup header, the file has 0x64 bytes");
        kernel.putInt(0x202, 0);
        assertThatThrownBy(() -> loader("", 0, false).load(memory(64)))
                .hasMessage("vmlinuz, offset 0x202: expected \"HdrS\" (a Linux bzImage), found 0x00000000");
        kernel.putShort(0x1fe, (short) 0);
        assertThatThrownBy(() -> loader("", 0, false).load(memory(64))).hasMessageContaining("offset 0x1fe");
    }

    @Test
    void oldProtocolsAndLowKernelsAreRefused() {
        kernel.putShort(0x206, (short) 0x205);
        assertThatThrownBy(() -> loader("", 0, false).load(memory(64)))
                .hasMessage("vmlinuz, offset 0x206: expected boot protocol 2.06 or later, found 2.05");
        kernel.putShort(0x206, (short) 0x20f).put(0x211, (byte) 0);
        assertThatThrownBy(() -> loader("", 0, false).load(memory(64))).hasMessageContaining("zImage");
        kernel.put(0x211, (byte) 1).putInt(0x214, 0);
        assertThatThrownBy(() -> loader("", 0, false).load(memory(64))).hasMessageContaining("needs a BIOS");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> loader("x".repeat(256), 0, false).load(memory(64)))
                .hasMessage("vmlinuz: takes a command line of at most 255 bytes, this one has 256");
        assertThatThrownBy(() -> loader("", 50 * MIB, false).load(memory(64)))
                .isInstanceOf(BadImage.class)
                .hasMessageStartingWith("initrd: ");
        kernel.put(0x1f1, (byte) 60);
        assertThatThrownBy(() -> loader("", 0, false).load(memory(64)))
                .hasMessageContaining("the protected-mode kernel behind the setup code");
    }
}
