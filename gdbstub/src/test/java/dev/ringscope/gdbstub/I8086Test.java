package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The second port, on which an x86-64 is an i8086. */
@Timeout(60)
class I8086Test {
    /** mov ax, 0x1234; mov ds:[0x200], ax; nop; jmp. As 64-bit code it is something else. */
    private final FakeMachine machine =
            new FakeMachine(0x90, 0xeb, 0x07, 0xb8, 0x34, 0x12, 0xa3, 0x00, 0x02, 0xcd, 0x80, 0xeb, 0xf3);

    private Served served;
    private RawClient gdb;

    @BeforeEach
    void connect() throws Exception {
        served = new Served(machine, true);
        int port = Integer.parseInt(served.i8086().substring(served.i8086().indexOf(':') + 1));
        gdb = new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        gdb.ask("qSupported:swbreak+");
    }

    @AfterEach
    void disconnect() throws Exception {
        gdb.close();
        served.close();
    }

    @Test
    void has_the_low_halves_of_the_registers() throws Exception {
        machine.set("rax", 0x1122334455667788L);
        machine.set("cr3", 0x123456789aL);
        assertThat(gdb.ask("p0")).isEqualTo("88776655");
        assertThat(gdb.ask("P0=01000000")).isEqualTo("OK");
        assertThat(machine.get("rax")).as("the high half stays").isEqualTo(0x1122334400000001L);
        assertThat(gdb.ask("p8")).as("eip").isEqualTo("00000100");
        assertThat(gdb.ask("g")).startsWith("01000000" + "00000000");
        assertThat(gdb.ask("p0;thread:1;")).isEqualTo("01000000");
        assertThat(gdb.ask("s")).isEqualTo("T0505:00000000;04:00400100;08:01000100;thread:1;core:0;");
        String cr3 = "p%x".formatted(X86Description.i8086().register("cr3").number());
        assertThat(gdb.ask(cr3)).isEqualTo("9a78563412000000");
    }

    @Test
    void evaluates_conditions_on_its_own_registers() throws Exception {
        machine.set("rcx", 7);
        // reg 1 (ecx); const8 7; equal; end
        assertThat(gdb.ask("Z0,10001,1;X7,26000122071327")).isEqualTo("OK");
        assertThat(gdb.ask("c")).endsWith("swbreak:;");
        machine.set("rcx", 8);
        assertThat(gdb.ask("s")).contains("08:0a000100;");
        gdb.ask("Z0,1000a,1");
        assertThat(gdb.ask("c")).contains("08:0a000100;");
    }

    @Test
    void is_taken_while_the_other_port_has_a_client() throws Exception {
        try (RawClient other = served.client()) {
            assertThat(other.ask("qSupported:swbreak+")).isEqualTo("E.this gdb stub is taken by another client");
        }
        gdb.leave();
        try (RawClient other = served.gdb()) {
            assertThat(other.ask("p0")).isEqualTo("0000000000000000");
        }
    }

    @Test
    void is_not_made_of_anything_else() {
        TargetDescription other = new TargetDescription.Builder(ByteOrder.LITTLE_ENDIAN)
                .registers(64, "int64", "", "pc")
                .feature("f")
                .build("aarch64", "aarch64-unknown-unknown", "pc");
        Target target = new FakeMachine(0x90) {
            @Override
            public TargetDescription description() {
                return other;
            }
        };
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        assertThatThrownBy(() -> {
                    try (GdbServer server = GdbServer.open(any, target)) {
                        server.listenAsI8086(any);
                    }
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aarch64");
    }

    @Test
    void lets_a_stock_gdb_disassemble_16_bit_code() throws Exception {
        gdb.leave();
        String text = Gdb.script(
                "target remote " + served.i8086(),
                "show architecture",
                "x/2i 0x10003",
                "info registers eip eax cr0 cs",
                "stepi",
                "x/i $pc",
                "break *0x1000a",
                "continue",
                "set $eax = 0x42",
                "p $st0",
                "set architecture i386",
                "x/i 0x10003",
                "info registers eip");
        assertThat(text)
                .contains("(currently \"i8086\")")
                .contains("0x10003:\tmov    $0x1234,%ax", "0x10006:\tmov    %ax,0x200")
                .containsPattern("eip +0x10000 ")
                .contains("=> 0x10001:\tjmp    0x1000a")
                .contains("Breakpoint 1, 0x0001000a in ?? ()")
                .contains("0x10003:\tmov    $0xa31234,%eax")
                .containsPattern("eip +0x1000a ")
                .doesNotContain("too long", "truncated", "warning: Selected", "OS ABI");
        assertThat(machine.get("rax")).isEqualTo(0x42);
    }

    @Test
    void names_every_register_as_the_machine_does() {
        List<String> wide = X86Description.machine().registers().stream()
                .map(Register::name)
                .toList();
        assertThat(X86Description.i8086().registers())
                .extracting(r -> r.name().startsWith("e") && r.name().length() == 3
                        ? "r" + r.name().substring(1)
                        : r.name())
                .isSubsetOf(wide);
    }
}
