package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.device.AcpiPower;
import dev.ringscope.emulator.device.LocalApic;
import dev.ringscope.emulator.memory.PhysicalMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The ACPI tables of the machine for guests that start without firmware (ACPI specification 6.5, ch. 5): RSDP, RSDT,
 * XSDT, FADT with the registers of {@link AcpiPower}, FACS, a MADT with the one local APIC, and a DSDT that holds
 * nothing but {@code \_S5}. There is no I/O APIC: the MADT says that the 8259 pair is there, and Linux then runs in its
 * virtual-wire mode (local APIC timer, 8259 for devices).
 */
public final class AcpiTables {
    /** Physical address of the RSDP, at the start of the area that is searched for it. */
    static final int RSDP = (int) MemoryMap.FIRMWARE;

    private static final int RSDT = RSDP + 0x40;
    private static final int XSDT = RSDP + 0x80;
    private static final int FACS = RSDP + 0xc0;
    private static final int FADT = RSDP + 0x100;
    private static final int MADT = RSDP + 0x200;
    private static final int DSDT = RSDP + 0x280;
    private static final int SIZE = 0x300;

    private static final int SCI_IRQ = 9;
    /** FADT flags (table 5.10): WBINVD works, C1 everywhere, no sleep button, RTC wakes nothing, reset register. */
    private static final int FADT_FLAGS = 1 | 1 << 2 | 1 << 5 | 1 << 6 | 1 << 10;
    /** IAPC_BOOT_ARCH: legacy devices, 8042, no MSI. */
    private static final int BOOT_ARCHITECTURE = 1 | 1 << 1 | 1 << 3;

    private static final int RESET_PORT = 0x64, RESET_VALUE = 0xfe;
    private static final int CENTURY_REGISTER = 0x32;

    /** Name (\_S5, Package () {0, 0, 0, 0}): SLP_TYPa is {@link AcpiPower#SLEEP_TYPE_S5} (AML: section 20.2). */
    private static final byte[] S5 = {
        0x08, '\\', '_', 'S', '5', '_', 0x12, 0x06, 0x04, AcpiPower.SLEEP_TYPE_S5, 0x00, 0x00, 0x00
    };

    private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);

    private AcpiTables() {}

    /** Writes the tables into the firmware area; gives the physical address of the RSDP. */
    static long load(PhysicalMemory memory) {
        byte[] built = build();
        memory.load(RSDP, built, 0, built.length);
        return RSDP;
    }

    /** The tables for address {@link #RSDP}. */
    static byte[] build() {
        AcpiTables tables = new AcpiTables();
        tables.dsdt();
        tables.facs();
        tables.fadt();
        tables.madt();
        tables.roots();
        tables.rsdp();
        return tables.bytes.array();
    }

    private ByteBuffer at(int address) {
        return bytes.position(address - RSDP);
    }

    private void text(String s) {
        bytes.put(s.getBytes(StandardCharsets.US_ASCII));
    }

    /** Section 5.2.6; the checksum is set by {@link #finish}. */
    private void header(int address, String signature, int revision) {
        at(address);
        text(signature);
        bytes.putInt(0).put((byte) revision).put((byte) 0);
        text("RNGSCPRINGSCOP");
        bytes.putInt(1);
        text("RNGS");
        bytes.putInt(1);
    }

    private void finish(int address) {
        int start = address - RSDP;
        int length = bytes.position() - start;
        bytes.putInt(start + 4, length);
        bytes.put(start + 9, checksum(start, length));
    }

    private byte checksum(int start, int length) {
        int sum = 0;
        for (int i = start; i < start + length; i++) {
            sum += bytes.get(i);
        }
        return (byte) -sum;
    }

    private void dsdt() {
        header(DSDT, "DSDT", 2);
        bytes.put(S5);
        finish(DSDT);
    }

    private void facs() {
        at(FACS);
        text("FACS");
        bytes.putInt(64).putInt(0).putInt(0).putInt(0).putInt(0).putLong(0).put((byte) 2);
    }

    /** Section 5.2.9, revision 3: fields by their offsets. */
    private void fadt() {
        header(FADT, "FACP", 3);
        int start = FADT - RSDP;
        bytes.putInt(start + 36, FACS).putInt(start + 40, DSDT);
        bytes.put(start + 45, (byte) 1).putShort(start + 46, (short) SCI_IRQ);
        bytes.putInt(start + 56, AcpiPower.EVENT_BLOCK).putInt(start + 64, AcpiPower.CONTROL_BLOCK);
        bytes.putInt(start + 76, AcpiPower.TIMER_BLOCK);
        bytes.put(start + 88, (byte) 4).put(start + 89, (byte) 2).put(start + 91, (byte) 4);
        bytes.putShort(start + 96, (short) 0xfff).putShort(start + 98, (short) 0xfff); // no C2, no C3
        bytes.put(start + 108, (byte) CENTURY_REGISTER);
        bytes.putShort(start + 109, (short) BOOT_ARCHITECTURE).putInt(start + 112, FADT_FLAGS);
        port(start + 116, 8, RESET_PORT);
        bytes.put(start + 128, (byte) RESET_VALUE);
        bytes.putLong(start + 132, FACS).putLong(start + 140, DSDT);
        port(start + 148, 32, AcpiPower.EVENT_BLOCK);
        port(start + 172, 16, AcpiPower.CONTROL_BLOCK);
        port(start + 208, 32, AcpiPower.TIMER_BLOCK);
        bytes.position(start + 244);
        finish(FADT);
    }

    /** A generic address in I/O space (section 5.2.3.2), byte access for 8 bits, word for 16, dword for 32. */
    private void port(int offset, int bits, int port) {
        bytes.put(offset, (byte) 1).put(offset + 1, (byte) bits);
        bytes.put(offset + 3, (byte) (bits == 8 ? 1 : bits == 16 ? 2 : 3)).putLong(offset + 4, port);
    }

    /** Section 5.2.12: PC-AT compatible; processor 0 with APIC ID 0, enabled; NMI at LINT1 of all. */
    private void madt() {
        header(MADT, "APIC", 3);
        bytes.putInt((int) LocalApic.ADDRESS).putInt(1);
        bytes.put((byte) 0).put((byte) 8).put((byte) 0).put((byte) 0).putInt(1);
        bytes.put((byte) 4).put((byte) 6).put((byte) 0xff).putShort((short) 0).put((byte) 1);
        finish(MADT);
    }

    private void roots() {
        header(RSDT, "RSDT", 1);
        bytes.putInt(FADT).putInt(MADT);
        finish(RSDT);
        header(XSDT, "XSDT", 1);
        bytes.putLong(FADT).putLong(MADT);
        finish(XSDT);
    }

    /** Section 5.2.5.3. */
    private void rsdp() {
        at(RSDP);
        text("RSD PTR ");
        bytes.put((byte) 0);
        text("RNGSCP");
        bytes.put((byte) 2).putInt(RSDT).putInt(36).putLong(XSDT);
        bytes.put(8, checksum(0, 20));
        bytes.put(32, checksum(0, 36));
    }
}
