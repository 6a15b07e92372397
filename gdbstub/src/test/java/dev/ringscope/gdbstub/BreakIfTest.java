package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code monitor break-if}: filters for all breakpoints and for single addresses. */
@Timeout(60)
class BreakIfTest {
    /** nop; inc rax; mov [rdi], rax; mov rbx, [rdi]; jmp to the inc. */
    private final FakeMachine machine =
            new FakeMachine(0x90, 0x48, 0xff, 0xc0, 0x48, 0x89, 0x07, 0x48, 0x8b, 0x1f, 0xeb, 0xf5);

    private Served served;
    private RawClient gdb;

    @BeforeEach
    void connect() throws IOException {
        machine.set("rdi", FakeMachine.BASE + 0x100);
        served = new Served(machine);
        gdb = served.gdb();
    }

    @AfterEach
    void disconnect() throws IOException {
        gdb.close();
        served.close();
    }

    private String monitor(String command) throws IOException {
        gdb.send("qRcmd," + HexFormat.of().formatHex(command.getBytes()));
        String text = gdb.answer().substring(1);
        assertThat(gdb.answer()).isEqualTo("OK");
        return new String(HexFormat.of().parseHex(text));
    }

    @Test
    void filters_one_address_and_not_the_others() throws IOException {
        gdb.ask("Z0,10004,1");
        gdb.ask("Z0,10007,1");
        assertThat(monitor("break-if *0x10004 rax=3")).isEqualTo("break-if *0x10004 rax=0x3\n");
        for (int round = 1; round <= 3; round++) {
            gdb.ask("c");
            if (round == 3) {
                assertThat(machine.get("rip")).isEqualTo(0x10004);
                gdb.ask("s");
            }
            assertThat(machine.get("rip")).isEqualTo(0x10007);
            assertThat(machine.get("rax")).isEqualTo(round);
            gdb.ask("s");
        }
        assertThat(monitor("break-if *0x10004 off")).isEqualTo("break-if is off\n");
        gdb.ask("c");
        assertThat(machine.get("rip")).isEqualTo(0x10004);
        assertThat(machine.get("rax")).isEqualTo(4);
    }

    @Test
    void takes_several_filters_at_one_address_as_alternatives() throws IOException {
        gdb.ask("Z0,10004,1");
        monitor("break-if *0x10004 rax=2 ring=0");
        assertThat(monitor("break-if *65540 rax=5")).isEqualTo("break-if *0x10004 rax=0x2 cpl=0x0 or rax=0x5\n");
        for (long wanted : new long[] {2, 5}) {
            gdb.ask("c");
            assertThat(machine.get("rax")).isEqualTo(wanted);
            gdb.ask("s");
        }
        monitor("break-if rax>7");
        monitor("break-if *0x10004 rax>=3");
        gdb.ask("c");
        assertThat(machine.get("rax"))
                .as("both the one for all and one for the address")
                .isEqualTo(8);
        assertThat(monitor("break-if off")).isEqualTo("break-if is off\n");
    }

    @Test
    void compares_unsigned_and_under_a_mask() throws IOException {
        gdb.ask("Z0,10004,1");
        String[] filters = {"rax!=1", "rax&0x4!=0", "rax>=7", "rax>8", "rax<=0x20", "rax&3<1", "position>=100"};
        long[] stops = {2, 4, 7, 9, 10, 12, 26};
        for (int i = 0; i < filters.length; i++) {
            assertThat(monitor("break-if " + filters[i])).startsWith("break-if is ");
            gdb.ask("c");
            assertThat(machine.get("rax")).as(filters[i]).isEqualTo(stops[i]);
            gdb.ask("s");
        }
        machine.set("rax", -5);
        monitor("break-if rax<10");
        gdb.ask("c");
        assertThat(machine.get("rax")).as("-5 is a large number").isZero();
    }

    @Test
    void filters_watchpoints_by_the_address_that_was_touched() throws IOException {
        gdb.ask("Z2,10100,8");
        monitor("break-if *0x10100 rax=4");
        assertThat(gdb.ask("c")).contains("watch:10100;");
        assertThat(machine.get("rax")).isEqualTo(4);
    }

    @Test
    void takes_cr3_for_the_page_tables_whatever_lies_below_their_address() throws IOException {
        machine.set("cr3", 0x541a005);
        gdb.ask("Z0,10004,1");
        assertThat(monitor("break-if cr3=0x541b000")).isEqualTo("break-if is cr3&0xffffffffff000=0x541b000\n");
        monitor("break-if *0x10007 cr3=0x541a000");
        gdb.ask("Z0,10007,1");
        monitor("break-if cr3!=0x541b000");
        gdb.ask("c");
        assertThat(machine.get("rip")).isEqualTo(0x10004);
        monitor("break-if off");
        assertThat(monitor("break-if *0x10004 cr3!=0x541a000 rax<5")).contains("cr3&0xffffffffff000!=0x541a000");
        monitor("break-if *0x10007 cr3=0x541a000");
        gdb.ask("s");
        gdb.ask("c");
        assertThat(machine.get("rip")).isEqualTo(0x10007);
        assertThat(monitor("break-if *0x10007 cr3=0x541a005")).contains(" or cr3=0x541a005");
    }

    @Test
    void says_what_it_expects() throws IOException {
        assertThat(monitor("break-if *0x10004")).contains("expected REGISTER=VALUE or 'off' behind the address");
        assertThat(monitor("break-if *main ring=3")).contains("expected a number, not 'main'");
        assertThat(monitor("break-if rax&x=1")).contains("expected a number, not 'x'");
        assertThat(monitor("break-if rax==1")).contains("expected a number, not '=1'");
        assertThat(monitor("break-if ring~3")).contains("expected REGISTER=VALUE, not 'ring~3'");
        assertThat(monitor("break-if vector=14")).contains("no register vector");
        assertThat(monitor("break-if")).isEqualTo("break-if is off\n");
    }
}
