package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that come and go, one at a time. */
@Timeout(30)
class GdbServerTest {
    private static final int[] ENDLESS = {0x48, 0xff, 0xc0, 0xeb, 0xfb};

    @Test
    void says_that_a_port_is_in_use() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS))) {
            assertThatThrownBy(() -> GdbServer.open(served.address(), new FakeMachine(ENDLESS)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen for gdb on " + served.endpoint()
                            + ": the port is in use, or the address is not this machine's");
        }
        assertThatThrownBy(() -> GdbServer.open(
                        InetSocketAddress.createUnresolved("no.such.host.invalid", 1), new FakeMachine(ENDLESS)))
                .hasMessageContaining("no such host");
    }

    @Test
    void tells_a_second_client_that_the_stub_is_taken() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS));
                RawClient first = served.gdb();
                RawClient second = served.client()) {
            assertThat(second.ask("qSupported:swbreak+")).isEqualTo("E.this gdb stub is taken by another client");
            assertThat(second.isClosedByStub()).isTrue();
            assertThat(first.ask("m10000,1")).as("the first is not disturbed").isEqualTo("48");
        }
    }

    @Test
    void interrupts_a_running_target_at_once() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS);
        try (Served served = new Served(machine);
                RawClient gdb = served.gdb()) {
            long[] nanos = new long[15];
            for (int i = 0; i < nanos.length; i++) {
                machine.running = new CountDownLatch(1);
                gdb.send(new String[] {"c", "vCont;c", "C05"}[i % 3]);
                machine.running.await();
                long start = System.nanoTime();
                gdb.raw("\u0003");
                assertThat(gdb.answer()).startsWith("T02");
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            assertThat(nanos[nanos.length / 2]).as("median").isLessThan(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    @Test
    void keeps_an_interrupt_that_comes_before_the_run_has_begun() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS));
                RawClient gdb = served.gdb()) {
            gdb.raw("$c#63\u0003");
            assertThat(gdb.answer()).startsWith("T02");
            gdb.raw("$bc#c5\u0003");
            assertThat(gdb.answer()).startsWith("T");
        }
    }

    @Test
    void an_interrupt_just_behind_a_run_ends_the_next_one() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS));
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("s")).startsWith("T05");
            gdb.raw("\u0003$c#63");
            assertThat(gdb.answer())
                    .as("gdb runs in short pieces, and was told of none")
                    .startsWith("T02");
            assertThat(gdb.ask("s")).as("it ends one run").startsWith("T05");
        }
    }

    @Test
    void an_interrupt_in_one_piece_with_the_next_run_ends_that_one_only() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS));
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("s")).startsWith("T05");
            gdb.raw("$c#63\u0003");
            assertThat(gdb.answer()).startsWith("T02");
            assertThat(gdb.ask("s")).startsWith("T05");
        }
    }

    @Test
    void forgets_an_interrupt_that_no_run_came_before() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS));
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("?")).startsWith("T05");
            gdb.raw("\u0003");
            assertThat(gdb.ask("s")).startsWith("T05");
        }
    }

    @Test
    void keeps_an_interrupt_between_two_short_runs_with_other_packets_before_it() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS));
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("s")).startsWith("T05");
            assertThat(gdb.ask("m10000,1")).isEqualTo("48");
            gdb.raw("\u0003");
            assertThat(gdb.ask("c")).startsWith("T02");
        }
    }

    @Test
    void hears_the_client_again_after_runs_of_any_length() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS);
        try (Served served = new Served(machine);
                RawClient gdb = served.gdb()) {
            for (int i = 0; i < 200; i++) {
                assertThat(gdb.ask("s")).startsWith("T05");
                if (i % 20 == 0) {
                    machine.running = new CountDownLatch(1);
                    gdb.send("c");
                    machine.running.await();
                    // Two interrupts and a packet in one piece: the second one is late, the packet is the session's.
                    gdb.raw("\u0003\u0003$?#3f");
                    assertThat(gdb.answer()).startsWith("T02");
                    assertThat(gdb.answer()).startsWith("T02");
                }
                assertThat(gdb.ask("m10000,1")).isEqualTo("48");
            }
        }
    }

    @Test
    void survives_a_client_that_vanishes_while_the_target_runs() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS);
        try (Served served = new Served(machine)) {
            for (int i = 0; i < 3; i++) {
                machine.running = new CountDownLatch(1);
                try (RawClient gdb = served.gdb()) {
                    assertThat(gdb.ask("?")).startsWith("T0");
                    gdb.send("c");
                    machine.running.await();
                }
            }
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("m10000,1")).isEqualTo("48");
            }
        }
    }

    @Test
    void survives_half_a_packet() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS))) {
            for (String half : new String[] {"$", "$m100", "$m10000,4#", "$m10000,4#8", "}", "$}", ""}) {
                try (RawClient gdb = served.client()) {
                    gdb.raw(half);
                    gdb.finish();
                }
            }
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("m10000,1")).isEqualTo("48");
            }
        }
    }

    @Test
    void acknowledges_until_told_not_to_and_repeats_what_was_refused() throws Exception {
        try (Served served = new Served(new FakeMachine(ENDLESS));
                RawClient gdb = served.client()) {
            gdb.send("qC");
            assertThat((char) gdb.read()).isEqualTo('+');
            assertThat(gdb.answer()).isEqualTo("QC1");
            gdb.raw("-");
            assertThat(gdb.answer()).isEqualTo("QC1");
            gdb.raw("$qC#00");
            assertThat((char) gdb.read()).isEqualTo('-');
            gdb.send("QStartNoAckMode");
            assertThat((char) gdb.read()).isEqualTo('+');
            assertThat(gdb.answer()).isEqualTo("OK");
            gdb.raw("+");
            gdb.send("qC");
            assertThat((char) gdb.read()).isEqualTo('$');
        }
    }

    @Test
    void lets_a_live_target_run_on_after_detach() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS) {
            @Override
            public boolean runsDetached() {
                return true;
            }
        };
        try (Served served = new Served(machine)) {
            try (RawClient gdb = served.gdb()) {
                gdb.ask("Z0,10000,1");
                machine.running = new CountDownLatch(1);
                assertThat(gdb.ask("D;1")).isEqualTo("OK");
                assertThat(gdb.isClosedByStub()).isTrue();
            }
            machine.running.await();
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("?"))
                        .as("stopped for the next client, by no signal")
                        .startsWith("T05");
                assertThat(machine.get("rax")).isPositive();
            }
        }
    }

    @Test
    void ends_when_the_target_has_exited_and_its_client_has_gone() throws Exception {
        try (Served served = new Served(new FakeMachine(0xcd, 0x80));
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("vCont;c")).isEqualTo("W00;process:1");
            assertThat(gdb.ask("?")).isEqualTo("W00;process:1");
            assertThat(gdb.ask("g")).isEqualTo("E.the target has exited");
            assertThat(gdb.ask("c")).isEqualTo("E.the target has exited");
            assertThat(gdb.ask("qfThreadInfo")).isEqualTo("l");
            gdb.leave();
            assertThat(served.ending()).isEqualTo(Ending.EXITED);
        }
    }

    @Test
    void ends_when_the_client_kills_the_target() throws Exception {
        for (String packet : new String[] {"k", "vKill;1"}) {
            FakeMachine machine = new FakeMachine(ENDLESS);
            try (Served served = new Served(machine);
                    RawClient gdb = served.gdb()) {
                gdb.send(packet);
                assertThat(served.ending()).isEqualTo(Ending.KILLED);
                assertThat(machine.wasKilled).isTrue();
            }
        }
    }

    @Test
    void ends_by_monitor_exit() throws Exception {
        for (boolean recording : new boolean[] {false, true}) {
            FakeMachine machine = new FakeMachine(ENDLESS);
            machine.recording = recording;
            try (Served served = new Served(machine);
                    RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("qRcmd,65786974")).isEqualTo("OK");
                assertThat(served.ending()).isEqualTo(recording ? Ending.CLOSED : Ending.KILLED);
            }
        }
    }

    @Test
    void leaves_a_recording_alone_when_it_is_killed() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS);
        machine.recording = true;
        try (Served served = new Served(machine)) {
            try (RawClient gdb = served.gdb()) {
                gdb.send("k");
                assertThat(gdb.read()).isEqualTo('+');
                assertThat(gdb.isClosedByStub()).isTrue();
            }
            try (RawClient gdb = served.gdb()) {
                assertThat(gdb.ask("?")).startsWith("T05");
            }
        }
    }

    @Test
    void starts_again_when_an_extended_client_says_run() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS) {
            @Override
            public Optional<Restart> restart() {
                return Optional.of(arguments -> {
                    if (arguments.equals(List.of("no"))) {
                        throw new RefusedException("not from there");
                    }
                    set("rip", BASE);
                });
            }
        };
        try (Served served = new Served(machine);
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("!")).isEqualTo("OK");
            gdb.ask("s");
            assertThat(gdb.ask("vKill;1")).isEqualTo("OK");
            assertThat(gdb.ask("?")).isEqualTo("X09;process:1");
            assertThat(gdb.ask("vRun;;6e6f")).isEqualTo("E.not from there");
            assertThat(gdb.ask("vRun;;79")).startsWith("T05").contains("10:0000010000000000");
            assertThat(machine.wasKilled).isFalse();
            gdb.ask("vKill;1");
            gdb.leave();
            assertThat(served.ending()).isEqualTo(Ending.KILLED);
        }
    }

    @Test
    void ends_when_it_is_closed_whatever_it_is_doing() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS);
        try (Served served = new Served(machine);
                RawClient gdb = served.gdb()) {
            gdb.send("c");
            machine.running.await();
            served.close();
            assertThat(served.ending()).isEqualTo(Ending.CLOSED);
        }
    }

    @Test
    void keeps_the_session_when_the_target_has_a_bug() throws Exception {
        FakeMachine machine = new FakeMachine(ENDLESS) {
            @Override
            public Optional<Memory> physicalMemory() {
                throw new IllegalStateException("oops");
            }
        };
        Logger logger = Logger.getLogger("dev.ringscope.gdbstub");
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        logger.setFilter(record -> {
            logged.add(record);
            return false;
        });
        try (Served served = new Served(machine);
                RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("Qqemu.PhyMemMode:1"))
                    .isEqualTo("E.internal error: java.lang.IllegalStateException: oops");
            assertThat(gdb.ask("m10000,1")).isEqualTo("48");
            assertThat(logged)
                    .singleElement()
                    .extracting(LogRecord::getThrown)
                    .isInstanceOf(IllegalStateException.class);
        } finally {
            logger.setFilter(null);
        }
    }
}
