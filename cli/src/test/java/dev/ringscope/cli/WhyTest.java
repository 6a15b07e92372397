package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code monitor why}, {@code last-write} and the decoded tables, on the demonstration guest under stock gdb. */
class WhyTest {
    @TempDir
    Path folder;

    @Test
    void explainsTheFaultsOfARecording() throws Exception {
        Path file = folder.resolve("demo.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", file.toString())
                        .status())
                .isZero();
        try (RingscopeProcess server = new RingscopeProcess("gdb", file.toString(), "--listen", "0", "--at", "end")) {
            String said = Gdb.session(
                    server.address(),
                    "p/x $rip",
                    "monitor why",
                    "monitor why 4",
                    "monitor why 5",
                    "monitor why 6",
                    "monitor why 8",
                    "monitor why 12",
                    "monitor last-write 0x106020 8 physical",
                    "monitor first-write 0x106020",
                    "monitor last-write 0x102000",
                    "monitor last-write 0xdead00000000",
                    "monitor processes",
                    "p/x $rip",
                    "detach");

            assertThat(said)
                    .containsSubsequence(
                            "address 0x400000: the page is not writable",
                            "in front of: 0x1000f5",
                            "mov    BYTE PTR ds:0x400000,0x0",
                            "a write to 0x400000 in supervisor mode",
                            "PTE   at 0x106000: 0x108025 P US A",
                            "RW is 0 in the PTE, and CR0.WP is 1",
                            "as the guest was loaded")
                    .containsSubsequence("forbids the port", "with rax=0xa00 rdx=0x3f8", "port 0x3f8, CPL is 3")
                    .containsSubsequence("NX is 1 in the PTE, and EFER.NXE is 1", "RW is 0 in the PTE\n")
                    .containsSubsequence("US is 0 in the PDE, and CPL is 3", "only 11 so far")
                    .containsSubsequence(
                            "position 18502, ring 0, cr3 0x103000: 0x1003d8  mov    QWORD PTR ds:0x106020,rax",
                            "through 0x106020: 0x0 -> 0x10d007",
                            "position 18502, ring 0",
                            "no instruction has written the 8 bytes at physical 0x102000 so far",
                            "0xdead00000000 is not mapped now",
                            "* cr3 0x103000");
            assertThat(said.lines().filter(line -> line.startsWith("$")).map(line -> line.substring(5)))
                    .as("where gdb stands")
                    .containsExactly("0x100129", "0x100129");
        }
    }

    @Test
    void saysWhoMadeAMappingThatFailsLater() throws Exception {
        try (RingscopeProcess guest = new RingscopeProcess("run", "--gdb", "0", "--serial", "null")) {
            String said = Gdb.session(
                    guest.address(),
                    "monitor break-on vector 14",
                    "continue",
                    "continue",
                    "monitor delete-on",
                    "monitor why",
                    "break *0x400057",
                    "continue",
                    "monitor why",
                    "monitor last-write 0x404000",
                    "monitor info gdt",
                    "monitor info idt 14",
                    "monitor info tss",
                    "monitor info ldt",
                    "monitor info pagetables",
                    "monitor stop",
                    "kill");

            assertThat(said)
                    .containsSubsequence(
                            "a page-table entry is not present",
                            "this guest is not recorded",
                            "who wrote the PTE is not known",
                            "the PTE was written last at position 18502 by 0x1003d8: 0x0 -> 0x10d007",
                            "this guest is not recorded: start it with record")
                    .containsSubsequence("0050: TSS64-busy", "0060: CallGate64     DPL=3 P -> 0008:0000000000100428")
                    .contains("0e: IntGate64      DPL=0 P -> 0008:0000000000100250")
                    .containsSubsequence("RSP0  0000000000111010", "LDTR is null", "[000-001]", "-> 0x108000-0x109fff")
                    .contains("stop: whenever the monitor answers, the guest stands");
        }
    }

    @Test
    void looksBackWhileTheGuestIsStillRecorded() throws Exception {
        Path file = folder.resolve("live.rst");
        try (RingscopeProcess guest =
                new RingscopeProcess("record", "-o", file.toString(), "--gdb", "0", "--serial", "null")) {
            String said = Gdb.session(
                    guest.address(),
                    "break *0x400057",
                    "continue",
                    "monitor why",
                    "monitor last-write 0x404000",
                    "monitor break-on vector 14",
                    "continue",
                    "monitor why",
                    "delete",
                    "monitor delete-on",
                    "detach");

            assertThat(said)
                    .containsSubsequence(
                            "in front of: 0x400044",
                            "P is 0 in the PTE",
                            "as the guest was loaded",
                            "no instruction has written",
                            "in front of: 0x400057",
                            "RW is 0 in the PTE\n");
            assertThat(guest.rest()).contains("power off");
        }
        assertThat(Cli.run("verify", file.toString()).status()).isZero();
    }
}
