package dev.ringscope.emulator.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AcpiTablesTest {
    private final ByteBuffer tables = ByteBuffer.wrap(AcpiTables.build()).order(ByteOrder.LITTLE_ENDIAN);

    private int at(long address) {
        return (int) (address - AcpiTables.RSDP);
    }

    private String signature(int offset) {
        return new String(tables.array(), offset, 4, StandardCharsets.US_ASCII);
    }

    private int sum(int offset, int length) {
        int sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += tables.get(i);
        }
        return sum & 0xff;
    }

    /** The table at an address, whose sum must be right. */
    private int table(long address, String expected) {
        int offset = at(address);
        assertThat(signature(offset)).isEqualTo(expected);
        assertThat(sum(offset, tables.getInt(offset + 4)))
                .as("checksum of " + expected)
                .isZero();
        return offset;
    }

    @Test
    void theRootLeadsToEveryTableByBothPaths() {
        assertThat(sum(0, 20)).isZero();
        assertThat(sum(0, 36)).isZero();
        int rsdt = table(tables.getInt(16), "RSDT");
        int xsdt = table(tables.getLong(24), "XSDT");
        for (int i = 0; i < 2; i++) {
            assertThat(tables.getLong(xsdt + 36 + 8 * i)).isEqualTo(tables.getInt(rsdt + 36 + 4 * i));
            table(tables.getInt(rsdt + 36 + 4 * i), i == 0 ? "FACP" : "APIC");
        }
    }

    @Test
    void theFadtNamesThePowerManagementPortsTwice() {
        int fadt = table(tables.getInt(table(tables.getInt(16), "RSDT") + 36), "FACP");
        assertThat(tables.getInt(fadt + 4)).isEqualTo(244);
        assertThat(tables.getShort(fadt + 46)).as("SCI").isEqualTo((short) 9);
        assertThat(new int[] {tables.getInt(fadt + 56), tables.getInt(fadt + 64), tables.getInt(fadt + 76)})
                .containsExactly(0x600, 0x604, 0x608);
        assertThat(new long[] {tables.getLong(fadt + 152), tables.getLong(fadt + 176), tables.getLong(fadt + 212)})
                .containsExactly(0x600, 0x604, 0x608);
        assertThat(tables.getLong(fadt + 140)).isEqualTo(tables.getInt(fadt + 40));
        assertThat(signature(at(tables.getInt(fadt + 36)))).isEqualTo("FACS");
    }

    @Test
    void theDsdtIsNothingButS5() {
        int fadt = at(tables.getInt(table(tables.getInt(16), "RSDT") + 36));
        int dsdt = table(tables.getInt(fadt + 40), "DSDT");
        byte[] aml = new byte[tables.getInt(dsdt + 4) - 36];
        tables.get(dsdt + 36, aml);
        assertThat(aml).containsExactly(8, '\\', '_', 'S', '5', '_', 0x12, 6, 4, 0, 0, 0, 0);
    }

    @Test
    void theMadtHasOneProcessorThe8259AndNoIoApic() {
        int madt = table(tables.getInt(table(tables.getInt(16), "RSDT") + 40), "APIC");
        assertThat(tables.getInt(madt + 36)).isEqualTo(0xfee00000);
        assertThat(tables.getInt(madt + 40)).isEqualTo(1);
        StringBuilder types = new StringBuilder();
        int end = madt + tables.getInt(madt + 4);
        for (int entry = madt + 44; entry < end; entry += tables.get(entry + 1)) {
            types.append(tables.get(entry)).append(' ');
        }
        assertThat(types).hasToString("0 4 ");
    }
}
