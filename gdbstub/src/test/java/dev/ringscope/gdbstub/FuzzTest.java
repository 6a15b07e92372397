package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is sent, the stub answers within the protocol and goes on. Every run sends the same. */
@Timeout(120)
class FuzzTest {
    private static final int PACKETS = 10_000;
    private static final int STREAMS = 200;

    private static final String[] SEEDS = {
        "qSupported:multiprocess+;swbreak+",
        "?",
        "g",
        "G00112233",
        "p10",
        "P10=0000000000000000",
        "m10000,40",
        "M10000,2:9090",
        "x10000,20",
        "X10000,2:ab",
        "qCRC:10000,100",
        "qSearch:memory:10000;100;ab",
        "vCont?",
        "vCont;s:p1.1;c",
        "vCont;r10000,10004:p1.1",
        "s",
        "S05",
        "s10000",
        "bs",
        "bc",
        "Z0,10004,1;X7,26000022031327",
        "Z2,10100,8",
        "z0,10004,1",
        "Hgp1.1",
        "Hc-1",
        "Tp1.1",
        "qC",
        "qfThreadInfo",
        "qThreadExtraInfo,p1.1",
        "qXfer:features:read:target.xml:0,100",
        "qXfer:threads:read::0,100",
        "vFile:open:2f,0,0",
        "vFile:pread:0,10,0",
        "vFile:fstat:0",
        "vFile:close:0",
        "qRcmd,68656c70",
        "Qqemu.PhyMemMode:1",
        "Qqemu.sstep=7",
        "jThreadsInfo",
        "QThreadSuffixSupported",
        "qMemoryRegionInfo:0",
        "qThreadStopInfo1",
        "QNonStop:0",
        "vAttach;1",
        "qHostInfo",
    };

    /** nop ... nop; ud2: every run ends by itself. */
    private static FakeMachine machine() {
        int[] code = new int[64];
        Arrays.fill(code, 0x90);
        code[63] = 0x0f;
        return new FakeMachine(code);
    }

    @Test
    void answers_ten_thousand_broken_packets() throws Exception {
        Random random = new Random(20261122);
        try (Served served = new Served(machine());
                RawClient gdb = served.gdb()) {
            for (int i = 0; i < PACKETS; i++) {
                String packet = broken(random, SEEDS[random.nextInt(SEEDS.length)]);
                if (leaves(packet)) {
                    continue;
                }
                String answer = gdb.ask(packet);
                while (answer.startsWith("O") && !answer.equals("OK")) {
                    answer = gdb.answer();
                }
                assertThat(answer.length()).as(packet).isLessThanOrEqualTo(0x10000);
                assertThat(answer).as(packet).doesNotContain("internal error");
            }
            gdb.ask("Qqemu.PhyMemMode:0");
            assertThat(gdb.ask("m10000,1")).hasSize(2);
        }
    }

    @Test
    void survives_streams_of_noise() throws Exception {
        Random random = new Random(3);
        try (Served served = new Served(machine())) {
            for (int i = 0; i < STREAMS; i++) {
                try (RawClient gdb = served.client()) {
                    byte[] noise = new byte[random.nextInt(3000)];
                    for (int k = 0; k < noise.length; k++) {
                        noise[k] = (byte)
                                (random.nextInt(4) == 0
                                        ? "$#}*+-%\u0003".charAt(random.nextInt(8))
                                        : random.nextInt(256));
                    }
                    gdb.raw(noise);
                    gdb.finish();
                } catch (IOException e) {
                    assertThat(e)
                            .as("the stub may hang up on noise")
                            .hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
                }
            }
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("qC")).isEqualTo("QCp1.1");
            }
        }
    }

    @Test
    void answers_a_packet_far_above_the_limit_with_an_error() throws Exception {
        try (Served served = new Served(machine());
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("m" + "0".repeat(5_000_000) + ",4")).isEqualTo("E01");
            assertThat(gdb.ask("m10000,1")).isEqualTo("90");
        }
    }

    @Test
    void cuts_off_a_client_that_never_waits_for_an_answer() throws Exception {
        try (Served served = new Served(machine())) {
            try (RawClient gdb = served.gdb()) {
                String flood = "$g#67".repeat(20_000);
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 50; i++) {
                                gdb.raw(flood);
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("qC")).isEqualTo("QCp1.1");
            }
        }
    }

    private static boolean leaves(String packet) {
        return packet.startsWith("k") || packet.startsWith("vKill") || packet.startsWith("D") || packet.startsWith("R");
    }

    private static String broken(Random random, String seed) {
        StringBuilder packet = new StringBuilder(seed);
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            int at = random.nextInt(packet.length() + 1);
            switch (random.nextInt(6)) {
                case 0 -> packet.insert(at, (char) random.nextInt(256));
                case 1 -> packet.insert(at, "ffffffffffffffff".substring(random.nextInt(16)));
                case 2 -> packet.setLength(at);
                case 3 -> packet.insert(at, ",:;=-p.X".charAt(random.nextInt(8)));
                case 4 -> packet.append(SEEDS[random.nextInt(SEEDS.length)]);
                default -> {
                    if (at < packet.length()) {
                        packet.setCharAt(at, (char) random.nextInt(256));
                    }
                }
            }
        }
        return packet.toString();
    }
}
