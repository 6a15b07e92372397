package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions of real clients, damaged in every way that the protocol knows: the server stays up, the recording is what it
 * was, nothing is left behind. Every run sends the same.
 */
@Timeout(120)
class SessionFuzzTest {
    private static final int SESSIONS = 150;
    private static final int CROWD = 200;
    private static final long MOST_MEMORY = 64 << 20;

    /** nop; inc rax; mov [rdi], rax; mov rbx, [rdi]; jmp to the inc: what the sessions were held with. */
    private static FakeRecording recording() {
        FakeRecording recording =
                new FakeRecording(1000, 0x90, 0x48, 0xff, 0xc0, 0x48, 0x89, 0x07, 0x48, 0x8b, 0x1f, 0xeb, 0xf5);
        recording.set("rdi", FakeMachine.BASE + 0x100);
        return recording;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gdb-live.txt", "gdb-trace-frames.txt", "lldb.txt"})
    void change_no_recording_and_leave_the_stub_in_order(String name) throws Exception {
        FakeRecording recording = recording();
        FakeRecording untouched = recording();
        Random random = new Random(name.hashCode());
        BrokenSession session = BrokenSession.of(name, random);
        long before = memory();
        try (Served served = new Served(recording)) {
            for (int i = 0; i < SESSIONS; i++) {
                send(served, session.bytes(1 + random.nextInt(10)), random);
            }
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("?")).startsWith("T05");
                assertThat(gdb.ask("qC")).isEqualTo("QCp1.1");
                assertThat(gdb.ask("m10000,c")).isEqualTo("9048ffc0488907488b1febf5");
                gdb.ask("bc");
                assertThat(gdb.ask("g")).isEqualTo(all(untouched));
            }
            assertThat(recording.position()).isZero();
            assertThat(recording.bytes).isEqualTo(untouched.bytes);
        }
        assertThat(memory() - before).isLessThan(MOST_MEMORY);
    }

    @Test
    void write_nothing_that_did_not_come_intact() throws Exception {
        FakeMachine machine = new FakeMachine(0x90);
        byte[] before = machine.bytes.clone();
        Random random = new Random(5);
        String[] writes = {"M10000,4:00000000", "X10000,4:abcd", "G" + "00".repeat(100), "P0=0100000000000000"};
        try (Served served = new Served(machine)) {
            for (int i = 0; i < 500; i++) {
                String write = writes[i % writes.length];
                byte[] frame = BrokenSession.frame(write, 1 + random.nextInt(255));
                byte[] half = Arrays.copyOf(BrokenSession.frame(write, 0), 1 + random.nextInt(write.length() + 3));
                try (RawClient gdb = served.client()) {
                    gdb.raw(random.nextBoolean() ? frame : half);
                    gdb.finish();
                }
            }
            assertThat(machine.bytes).isEqualTo(before);
            assertThat(machine.get("rax")).isZero();
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("M10000,1:cc")).isEqualTo("OK");
                assertThat(machine.bytes[0]).as("an intact one does").isEqualTo((byte) 0xcc);
            }
        }
    }

    @Test
    void come_all_at_once_and_disturb_not_the_first() throws Exception {
        try (Served served = new Served(recording());
                RawClient first = served.gdb()) {
            List<RawClient> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                crowd.add(new RawClient(served.address()));
            }
            for (RawClient other : crowd) {
                try {
                    other.send("qSupported:swbreak+");
                } catch (IOException e) {
                    assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|closed|abort).*");
                }
            }
            assertThat(first.ask("s")).startsWith("T05");
            int told = 0;
            for (RawClient other : crowd) {
                told += isTold(other) ? 1 : 0;
                other.close();
            }
            assertThat(told).as("the others find the door shut at once").isBetween(1, CROWD);
            assertThat(first.ask("m10000,1")).isEqualTo("90");
        }
    }

    private static boolean isTold(RawClient other) {
        try {
            return other.answer().equals("E.this gdb stub is taken by another client");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void leave_neither_threads_nor_the_port_behind() throws Exception {
        InetSocketAddress address;
        try (Served served = new Served(recording())) {
            address = served.address();
            Random random = new Random(11);
            BrokenSession session = BrokenSession.of("gdb-live.txt", random);
            for (int i = 0; i < 30; i++) {
                send(served, session.bytes(3), random);
            }
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("gdb-")) {
                assertThat(thread.join(Duration.ofSeconds(10)))
                        .as(thread.getName())
                        .isTrue();
            }
        }
        try (ServerSocket again = new ServerSocket()) {
            again.setReuseAddress(true);
            again.bind(address);
            assertThat(again.isBound()).isTrue();
        }
    }

    /** Sends it in pieces of any size, reads what comes back, and leaves in one of three ways. */
    private static void send(Served served, byte[] bytes, Random random) throws IOException {
        int end = random.nextInt(3);
        try (RawClient client = served.client()) {
            Thread reader = Thread.ofVirtual().start(client::drain);
            for (int at = 0; at < bytes.length; ) {
                int piece = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 2000));
                client.raw(Arrays.copyOfRange(bytes, at, at + piece));
                at += piece;
            }
            switch (end) {
                case 0 -> client.reset();
                case 1 -> client.leave();
                default -> client.endOutput();
            }
            if (end == 2) {
                reader.join();
            }
        } catch (IOException e) {
            assertThat(e).as("the stub may hang up").hasMessageMatching("(?i).*(reset|broken pipe|closed|abort).*");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String all(FakeMachine machine) {
        StringBuilder text = new StringBuilder();
        for (Register register : machine.description().registers()) {
            byte[] value = machine.threads().getFirst().registers().read(register);
            text.append(HexFormat.of().formatHex(value));
        }
        return text.toString();
    }

    private static long memory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
