package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each packet, as it goes over the wire. */
@Timeout(30)
class PacketsTest {
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

    private static String at(long pc) {
        return "06:0000000000000000;07:0040010000000000;10:%02x%02x%02x0000000000;thread:p1.1;core:0;"
                .formatted(pc & 0xff, pc >> 8 & 0xff, pc >> 16 & 0xff);
    }

    @Test
    void tells_what_it_supports_and_only_that() throws IOException {
        assertThat(gdb.ask("qSupported:swbreak+"))
                .startsWith("PacketSize=10000;")
                .contains(";QStartNoAckMode+", ";vContSupported+", ";ReverseStep+;ReverseContinue+", ";swbreak+")
                .doesNotContain("hwbreak+", "multiprocess+", "exec-file", "auxv", "error-message", "binary-upload");
        assertThat(gdb.ask("qSupported:error-message+;binary-upload+;no-resumed+"))
                .contains(";error-message+;binary-upload+", ";no-resumed+");
    }

    @Test
    void answers_the_packets_of_a_connect() throws IOException {
        assertThat(gdb.ask("vMustReplyEmpty")).isEmpty();
        assertThat(gdb.ask("QStartNoAckMode")).isEqualTo("OK");
        assertThat(gdb.ask("Hgp0.0")).isEqualTo("OK");
        assertThat(gdb.ask("qTStatus")).isEmpty();
        assertThat(gdb.ask("?")).isEqualTo("T05" + at(0x10000));
        assertThat(gdb.ask("qfThreadInfo")).isEqualTo("mp1.1");
        assertThat(gdb.ask("qsThreadInfo")).isEqualTo("l");
        assertThat(gdb.ask("qAttached:1")).isEqualTo("1");
        assertThat(gdb.ask("Hc-1")).isEqualTo("OK");
        assertThat(gdb.ask("qOffsets")).isEmpty();
        assertThat(gdb.ask("qSymbol::")).isEqualTo("OK");
        assertThat(gdb.ask("qC")).isEqualTo("QCp1.1");
        assertThat(gdb.ask("vCont?")).isEqualTo("vCont;c;C;s;S;t;r");
        assertThat(gdb.ask("Tp1.1")).isEqualTo("OK");
        assertThat(gdb.ask("Tp1.2")).isEqualTo("E.no thread 2");
        assertThat(gdb.ask("Hgp1.7")).isEqualTo("E.no thread 7");
        assertThat(gdb.ask("qThreadExtraInfo,p1.1"))
                .isEqualTo("435055302072696e6730206372333d307831303030"); // CPU0 ring0 cr3=0x1000
        assertThat(gdb.ask("QNonStop:0")).isEqualTo("OK");
        assertThat(gdb.ask("QNonStop:1")).startsWith("E.");
    }

    @Test
    void serves_the_description_in_pieces() throws IOException {
        String xml = X86Description.machine().xml();
        assertThat(gdb.ask("qXfer:features:read:target.xml:0,fffb")).isEqualTo("l" + xml);
        StringBuilder pieces = new StringBuilder();
        String piece;
        do {
            piece = gdb.ask("qXfer:features:read:target.xml:%x,100".formatted(pieces.length()));
            pieces.append(piece, 1, piece.length());
        } while (piece.startsWith("m"));
        assertThat(pieces).hasToString(xml);
        assertThat(gdb.ask("qXfer:features:read:target.xml:ffffffffffffffff,100"))
                .isEqualTo("l");
        assertThat(gdb.ask("qXfer:features:read:other.xml:0,100")).startsWith("E.");
        assertThat(gdb.ask("qXfer:threads:read::0,1000"))
                .contains("<thread id=\"p1.1\" core=\"0\">CPU0 ring0 cr3=0x1000</thread>");
        assertThat(gdb.ask("qXfer:auxv:read::0,1000")).isEmpty();
        assertThat(gdb.ask("qXfer:exec-file:read:1:0,1000")).isEmpty();
        assertThat(gdb.ask("qXfer:siginfo:read::0,1000")).isEmpty();
    }

    @Test
    void reads_and_writes_registers() throws IOException {
        machine.set("rbx", 0x1122334455667788L);
        assertThat(gdb.ask("p1")).isEqualTo("8877665544332211");
        assertThat(gdb.ask("P1=0100000000000000")).isEqualTo("OK");
        assertThat(machine.get("rbx")).isEqualTo(1);
        assertThat(gdb.ask("P1=01")).startsWith("E.").contains("expected 8 bytes for rbx");
        assertThat(gdb.ask("pfff")).startsWith("E.no register number 4095");
        int bytes = machine.description().registers().stream()
                .mapToInt(Register::bytes)
                .sum();
        String all = gdb.ask("g");
        assertThat(all).hasSize(2 * bytes).startsWith("0000000000000000" + "0100000000000000");
        assertThat(gdb.ask("G" + "0200000000000000" + all.substring(16))).isEqualTo("OK");
        assertThat(machine.get("rax")).isEqualTo(2);
        assertThat(gdb.ask("G00")).startsWith("E.");
    }

    @Test
    void reads_and_writes_memory() throws IOException {
        assertThat(gdb.ask("m10000,4")).isEqualTo("9048ffc0");
        assertThat(gdb.ask("m10000,0")).isEmpty();
        assertThat(gdb.ask("m13ffe,10")).as("as much as there is").isEqualTo("0000");
        assertThat(gdb.ask("m10000,ffffffffffffffff")).hasSize(2 * 0x4000);
        assertThat(gdb.ask("m14000,1")).isEqualTo("E01");
        assertThat(gdb.ask("M10200,2:abcd")).isEqualTo("OK");
        assertThat(gdb.ask("m10200,2")).isEqualTo("abcd");
        assertThat(gdb.ask("M13fff,2:0000")).startsWith("E");
        assertThat(gdb.ask("X10200,0:")).isEqualTo("OK");
        assertThat(gdb.ask("X10200,4:#$}*")).isEqualTo("OK");
        assertThat(gdb.ask("m10200,4")).isEqualTo("23247d2a");
        assertThat(gdb.ask("x10200,4")).isEqualTo("#$}*");
        assertThat(gdb.ask("x0,0")).isEqualTo("OK");
        gdb.ask("qSupported:binary-upload+;error-message+");
        assertThat(gdb.ask("x10200,4")).isEqualTo("b#$}*");
        assertThat(gdb.ask("m14000,1")).isEqualTo("E.no memory at 0x14000");
    }

    @Test
    void searches_and_sums_memory() throws IOException {
        assertThat(gdb.ask("qSearch:memory:10000;4000;\u0090H")).isEqualTo("1,10000");
        assertThat(gdb.ask("qSearch:memory:10001;3fff;\u0090H")).isEqualTo("0");
        assertThat(gdb.ask("qSearch:memory:10001;4000;\u0090H")).startsWith("E.no memory at 0x14000");
        assertThat(gdb.ask("qSearch:memory:0;ffffffffffffffff;a")).startsWith("E.a length");
        System.arraycopy("123456789".getBytes(), 0, machine.bytes, 0x200, 9);
        // The check value of CRC-32/MPEG-2, which is this sum's name elsewhere.
        assertThat(gdb.ask("qCRC:10200,9")).isEqualTo("C376e6e7");
        assertThat(gdb.ask("qCRC:13fff,2")).startsWith("E");
    }

    @Test
    void steps_and_continues() throws IOException {
        assertThat(gdb.ask("vCont;s:p1.1;c")).isEqualTo("T05" + at(0x10001));
        assertThat(gdb.ask("s")).isEqualTo("T05" + at(0x10004));
        assertThat(gdb.ask("S05")).isEqualTo("T05" + at(0x10007));
        assertThat(machine.lastResume.actions().get(1).signal()).isEqualTo(Signal.SIGTRAP);
        assertThat(gdb.ask("s10000")).isEqualTo("T05" + at(0x10001));
        assertThat(gdb.ask("vCont;r10001,1000a:p1.1"))
                .as("until out of the range")
                .isEqualTo("T05" + at(0x1000a));
        assertThat(gdb.ask("Z0,10004,1")).isEqualTo("OK");
        assertThat(gdb.ask("c")).isEqualTo("T05" + at(0x10004) + "swbreak:;");
        assertThat(gdb.ask("vCont;c"))
                .as("gdb removes what it wants passed")
                .isEqualTo("T05" + at(0x10004) + "swbreak:;");
        assertThat(gdb.ask("z0,10004,1")).isEqualTo("OK");
        assertThat(gdb.ask("Z1,10007,1")).isEqualTo("OK");
        assertThat(gdb.ask("C05;10000")).isEqualTo("T05" + at(0x10007) + "hwbreak:;");
        assertThat(gdb.ask("vCont;c:p1.9")).isEqualTo("N");
    }

    @Test
    void names_no_reason_that_the_client_did_not_ask_for() throws IOException {
        gdb.ask("qSupported");
        gdb.ask("Z0,10004,1");
        assertThat(gdb.ask("c")).isEqualTo("T05" + at(0x10004).replace("p1.1", "1"));
    }

    @Test
    void watches() throws IOException {
        assertThat(gdb.ask("Z2,10104,4")).isEqualTo("OK");
        assertThat(gdb.ask("c")).isEqualTo("T05" + at(0x10007) + "watch:10104;");
        gdb.ask("z2,10104,4");
        gdb.ask("Z3,10107,1");
        assertThat(gdb.ask("c")).isEqualTo("T05" + at(0x1000a) + "rwatch:10107;");
        gdb.ask("z3,10107,1");
        gdb.ask("Z4,10000,101");
        assertThat(gdb.ask("c")).isEqualTo("T05" + at(0x10007) + "awatch:10100;");
        assertThat(gdb.ask("Z2,10104,0")).startsWith("E.").contains("a length above 0");
        assertThat(gdb.ask("Z5,10104,1")).startsWith("E.");
    }

    @Test
    void keeps_any_number_of_breakpoints_at_any_address() throws IOException {
        for (int i = 0; i < 1000; i++) {
            assertThat(gdb.ask("Z0,%x,1".formatted(0xffffffff80000000L + i))).isEqualTo("OK");
        }
        gdb.ask("Z0,10001,1");
        gdb.ask("Z0,10001,1");
        assertThat(gdb.ask("c")).contains("swbreak");
        Breakpoints first = machine.lastResume.breakpoints();
        assertThat(first.code()).hasSize(1001);
        assertThat(machine.bytes[1]).as("guest memory is left alone").isEqualTo((byte) 0x48);
        gdb.ask("z0,10001,1");
        gdb.ask("z0,10001,1");
        gdb.ask("s");
        gdb.ask("Z0,10001,1");
        gdb.ask("c");
        assertThat(machine.lastResume.breakpoints())
                .as("the same set, the same object")
                .isNotSameAs(first)
                .isEqualTo(first);
    }

    @Test
    void evaluates_conditions() throws IOException {
        // reg 0; const8 3; equal; end
        gdb.ask("Z0,10004,1;X7,26000022031327");
        assertThat(gdb.ask("c")).endsWith("swbreak:;");
        assertThat(machine.get("rax")).isEqualTo(3);
        assertThat(gdb.ask("s")).doesNotContain("swbreak");
        // A second condition that holds: const8 1; end
        gdb.ask("Z0,10004,1;X7,26000022031327X3,220127");
        assertThat(gdb.ask("c")).endsWith("swbreak:;");
        assertThat(machine.get("rax")).isEqualTo(4);
        assertThat(gdb.ask("Z0,10004,1;X7,2600")).startsWith("E.");
    }

    @Test
    void goes_backwards() throws IOException {
        gdb.ask("Z0,1000a,1");
        gdb.ask("c");
        gdb.ask("z0,1000a,1");
        assertThat(gdb.ask("bs")).isEqualTo("T05" + at(0x10007));
        gdb.ask("Z2,10100,8");
        assertThat(gdb.ask("bc")).isEqualTo("T05" + at(0x10004) + "watch:10100;");
        assertThat(machine.getLong(0x100)).isZero();
        assertThat(gdb.ask("bc")).isEqualTo("T05" + at(0x10000) + "replaylog:begin:;");
        assertThat(gdb.ask("bs")).isEqualTo("T05" + at(0x10000) + "replaylog:begin:;");
        assertThat(gdb.ask("s")).isEqualTo("T05" + at(0x10001));
    }

    /** What a monitor command prints. */
    private String monitor(String command) throws IOException {
        gdb.send("qRcmd," + HexFormat.of().formatHex(command.getBytes()));
        StringBuilder text = new StringBuilder();
        String answer = gdb.answer();
        while (!answer.equals("OK")) {
            assertThat(answer).startsWith("O");
            text.append(new String(HexFormat.of().parseHex(answer.substring(1))));
            answer = gdb.answer();
        }
        return text.toString();
    }

    @Test
    void runs_monitor_commands() throws IOException {
        assertThat(monitor("info  where x")).isEqualTo("pc=10000 thread=1 [x]\n");
        assertThat(monitor("help")).contains("info where         [TEXT]: the pc\n", "break-if");
        assertThat(monitor("info nowhere")).isEqualTo("unknown command 'info nowhere'; 'monitor help' lists them\n");
        assertThat(gdb.ask("qRcmd,6")).startsWith("E.");
        assertThat(monitor("step-interrupts on")).isEqualTo("step-interrupts is on\n");
        assertThat(gdb.ask("qqemu.sstep")).isEqualTo("0x5");
        assertThat(monitor("step-interrupts maybe")).contains("expected 'on' or 'off'");
        assertThat(monitor("physical-memory on")).isEqualTo("physical-memory is on\n");
        assertThat(gdb.ask("m0,1")).isEqualTo("90");
    }

    @Test
    void stops_at_breakpoints_only_if_registers_are_as_asked() throws IOException {
        assertThat(monitor("break-if")).isEqualTo("break-if is off\n");
        assertThat(monitor("break-if ring=0 rax=3")).isEqualTo("break-if is cpl=0x0 rax=0x3\n");
        gdb.ask("Z0,10004,1");
        assertThat(gdb.ask("c")).endsWith("swbreak:;");
        assertThat(machine.get("rax")).isEqualTo(3);
        gdb.ask("z0,10004,1");
        gdb.ask("Z2,10100,1");
        assertThat(monitor("break-if rax=0x5")).contains("rax=0x5");
        assertThat(gdb.ask("c")).contains("watch:10100;");
        assertThat(machine.get("rax")).isEqualTo(5);
        assertThat(monitor("break-if off")).isEqualTo("break-if is off\n");
        assertThat(monitor("break-if ring")).contains("expected REGISTER=VALUE, not 'ring'");
        assertThat(monitor("break-if ring=x")).contains("expected a number, not 'x'");
        assertThat(monitor("break-if foo=1")).contains("no register foo");
    }

    @Test
    void answers_qemus_packets() throws IOException {
        assertThat(gdb.ask("qqemu.Supported")).isEqualTo("sstepbits;sstep;PhyMemMode");
        assertThat(gdb.ask("qqemu.PhyMemMode")).isEqualTo("0");
        assertThat(gdb.ask("Qqemu.PhyMemMode:1")).isEqualTo("OK");
        assertThat(gdb.ask("qqemu.PhyMemMode")).isEqualTo("1");
        assertThat(gdb.ask("m0,2")).isEqualTo("9048");
        assertThat(gdb.ask("m10000,2")).isEqualTo("E01");
        assertThat(gdb.ask("qqemu.sstepbits")).isEqualTo("ENABLE=1,NOIRQ=2,NOTIMER=4");
        assertThat(gdb.ask("qqemu.sstep")).isEqualTo("0x7");
        assertThat(gdb.ask("Qqemu.sstep=0x1")).isEqualTo("OK");
        gdb.ask("s");
        assertThat(machine.lastResume.stepIntoInterrupts()).isTrue();
    }

    @Test
    void answers_lldbs_packets() throws IOException {
        RawClient lldb = gdb;
        assertThat(lldb.ask("qSupported:xmlRegisters=i386,arm,mips,arc;multiprocess+"))
                .contains("multiprocess+");
        assertThat(lldb.ask("QThreadSuffixSupported")).isEqualTo("OK");
        assertThat(lldb.ask("QListThreadsInStopReply")).isEqualTo("OK");
        assertThat(lldb.ask("QEnableErrorStrings")).isEqualTo("OK");
        assertThat(lldb.ask("qHostInfo")).endsWith("endian:little;ptrsize:8;");
        assertThat(lldb.ask("qProcessInfo")).startsWith("pid:1;").endsWith("ostype:unknown;endian:little;ptrsize:8;");
        assertThat(lldb.ask("p10;thread:0001;")).isEqualTo("0000010000000000");
        assertThat(lldb.ask("P0=0900000000000000;thread:0001;")).isEqualTo("OK");
        assertThat(lldb.ask("g;thread:p1.1;")).startsWith("0900000000000000");
        assertThat(lldb.ask("p10;thread:0002;"))
                .isEqualTo("E01;" + HexFormat.of().formatHex("no thread 2".getBytes()));
        assertThat(lldb.ask("s")).isEqualTo("T05" + at(0x10001) + "threads:p1.1;thread-pcs:10001;reason:trace;");
        assertThat(lldb.ask("qThreadStopInfop1.1")).endsWith("reason:trace;");
        assertThat(lldb.ask("jThreadsInfo"))
                .isEqualTo("[{\"tid\":1,\"reason\":\"trace\",\"registers\":{\"6\":\"0000000000000000\","
                        + "\"7\":\"0040010000000000\",\"16\":\"0100010000000000\"}}]");
        assertThat(lldb.ask("qMemoryRegionInfo:10010")).isEqualTo("start:10000;size:4000;permissions:rwx;");
        assertThat(lldb.ask("qMemoryRegionInfo:20000")).isEqualTo("start:14000;size:fffffffffffebfff;");
    }
}
