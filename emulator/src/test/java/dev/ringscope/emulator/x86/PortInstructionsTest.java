package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.memory.PortDevice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IN, OUT, INS and OUTS, and who may use them (Intel SDM vol. 1, ch. 19). */
class PortInstructionsTest {
    private static final int PORT = 0x80;
    private static final int MAP = 0x68;

    /** Answers reads with 0x11, 0x22, 0x33 ... and remembers writes. */
    private static final class Counter implements PortDevice {
        private final List<Integer> written = new ArrayList<>();
        private int reads;

        @Override
        public int readPort(int port, int size) {
            return 0x11 * ++reads;
        }

        @Override
        public void writePort(int port, int size, int value) {
            written.add(value);
        }
    }

    private final Counter device = new Counter();

    private BareProcessor processor(int cpl) {
        BareProcessor p = BareProcessor.protectedMode(cpl);
        p.cpu.ports.claim(PORT, 4, device);
        p.cpu.r[X86Cpu.RDX] = PORT;
        p.write(BareProcessor.TSS + 0x66, 2, MAP);
        for (int n = 0; n < 64; n++) {
            p.write(BareProcessor.TSS + MAP + n, 1, 0xff);
        }
        return p;
    }

    @ParameterizedTest(name = "CPL {0}, IOPL {1} -> {2}")
    @CsvSource({"0, 0, ok", "1, 0, GP(0)", "1, 1, ok", "2, 1, GP(0)", "3, 2, GP(0)", "3, 3, ok", "2, 3, ok"})
    void belowIoplPortsAreFree(int cpl, int iopl, String outcome) {
        BareProcessor p = processor(cpl);
        p.cpu.setEflags(iopl << 12);
        p.run("ec");
        assertThat(p.outcome()).isEqualTo(outcome);
        assertThat(device.reads).isEqualTo(outcome.equals("ok") ? 1 : 0);
    }

    /** {@code clear} is the only clear bit of the map, relative to the port. */
    @ParameterizedTest(name = "{0} with bits {1} clear -> {2}")
    @CsvSource({
        "ec, 1, ok", "ec, 2, GP(0)", "66 ed, 3, ok", "66 ed, 1, GP(0)", "66 ed, 2, GP(0)", "ed, f, ok", "ed, 7, GP(0)",
                "ed, e, GP(0)",
        "ee, 1, ok", "ef, f, ok", "e4 80, 1, ok", "e6 81, 1, GP(0)", "e6 81, 2, ok", "6e, 1, ok", "6c, 1, ok",
                "6d, 7, GP(0)"
    })
    void theBitmapAllowsSinglePorts(String instruction, String clear, String outcome) {
        BareProcessor p = processor(3);
        p.cpu.r[X86Cpu.RSI] = p.cpu.r[X86Cpu.RDI] = 0x8000;
        p.write(BareProcessor.TSS + MAP + PORT / 8, 1, ~Integer.parseInt(clear, 16));
        p.run(instruction);
        assertThat(p.outcome()).isEqualTo(outcome);
        assertThat(device.reads + device.written.size()).isEqualTo(outcome.equals("ok") ? 1 : 0);
    }

    @Test
    void theMapMustHoldAByteBehindThePortsOwn() {
        BareProcessor p = processor(3);
        p.write(BareProcessor.TSS + MAP + PORT / 8, 2, 0);
        p.cpu.seg[X86Cpu.TR].limit = MAP + PORT / 8;
        p.run("ec");
        assertThat(p.outcome()).isEqualTo("GP(0)");
        p = processor(3);
        p.write(BareProcessor.TSS + MAP + PORT / 8, 2, 0);
        p.cpu.seg[X86Cpu.TR].limit = MAP + PORT / 8 + 1;
        p.run("ec");
        assertThat(p.outcome()).isEqualTo("ok");
    }

    @Test
    void aSixteenBitTssHasNoMap() {
        BareProcessor p = processor(3);
        p.write(BareProcessor.TSS + MAP + PORT / 8, 2, 0);
        p.cpu.seg[X86Cpu.TR].access = 0x83;
        p.gate(13, 0x8e, BareProcessor.conforming(0), BareProcessor.HANDLERS);
        p.run("ec");
        assertThat(p.outcome()).isEqualTo("GP(0)");
    }

    @ParameterizedTest(name = "{0} leaves EAX {1}")
    @CsvSource({"ec, ffffffff87654311", "66 ed, ffffffff87650011", "ed, 11"})
    void inKeepsWhatItsSizeLeaves(String instruction, String rax) {
        BareProcessor p = processor(0);
        p.cpu.r[X86Cpu.RAX] = 0xffff_ffff_8765_4321L;
        p.run(instruction);
        assertThat(p.cpu.r[X86Cpu.RAX]).isEqualTo(Long.parseUnsignedLong(rax, 16));
    }

    @Test
    void accessesAreTold() {
        BareProcessor p = processor(0);
        p.cpu.r[X86Cpu.RAX] = 0x8765_4321L;
        p.run("66 ef");
        p.run("ec");
        assertThat(p.events)
                .containsExactly(
                        new Event.PortAccess(0, true, PORT, 2, 0x4321), new Event.PortAccess(1, false, PORT, 1, 0x11));
    }

    @Test
    void repInsFillsMemoryAndCountsOnce() {
        BareProcessor p = processor(0);
        p.cpu.r[X86Cpu.RDI] = 0x8000;
        p.cpu.r[X86Cpu.RCX] = 3;
        p.run("f3 66 6d");
        assertThat(p.read(0x8000, 8)).isEqualTo(0x0000_0033_0022_0011L);
        assertThat(p.cpu.r[X86Cpu.RDI]).isEqualTo(0x8006);
        assertThat(p.cpu.r[X86Cpu.RCX]).isZero();
        assertThat(p.cpu.retired).isEqualTo(1);
    }

    @Test
    void repOutsGoesDownWithDf() {
        BareProcessor p = processor(0);
        p.write(0x8000, 4, 0x0403_0201L);
        p.cpu.r[X86Cpu.RSI] = 0x8003;
        p.cpu.r[X86Cpu.RCX] = 4;
        p.cpu.setEflags(X86Cpu.DF);
        p.run("f3 6e");
        assertThat(device.written).containsExactly(4, 3, 2, 1);
        assertThat(p.cpu.r[X86Cpu.RSI]).isEqualTo(0x7fff);
    }

    @Test
    void aLongRepetitionLetsInterruptsThroughWithoutRetiring() {
        BareProcessor p = processor(0);
        p.cpu.r[X86Cpu.RDI] = 0x5_0000;
        p.cpu.r[X86Cpu.RCX] = 65536 + 10;
        p.cpu.setEflags(X86Cpu.IF);
        p.run("f3 6c");
        assertThat(p.cpu.r[X86Cpu.RCX]).isEqualTo(10);
        assertThat(p.cpu.retired).isZero();
        assertThat(p.cpu.pc).isEqualTo(BareProcessor.PROGRAM);
        p.step();
        assertThat(p.cpu.r[X86Cpu.RCX]).isZero();
        assertThat(p.cpu.retired).isEqualTo(1);
    }

    @Test
    void insDoesNotTakeAByteThatItCannotStore() {
        BareProcessor p = processor(0);
        p.cpu.seg[0].limit = 0x8001;
        p.cpu.r[X86Cpu.RDI] = 0x8000;
        p.cpu.r[X86Cpu.RCX] = 5;
        p.run("f3 6c");
        assertThat(p.outcome()).isEqualTo("GP(0)");
        assertThat(device.reads).isEqualTo(2);
        assertThat(p.cpu.r[X86Cpu.RCX]).isEqualTo(3);
        assertThat(p.cpu.r[X86Cpu.RDI]).isEqualTo(0x8002);
    }
}
