package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code monitor why} names the check that failed, the values that it compared, and who wrote them: for each kind. */
class WhyTableTest {
    /** What is said of each fault of faults.S, in its order: the text behind each bar comes after the one before. */
    private static final List<String> FAULTS = List.of(
            "divisor zero|div    ecx|rcx=0x0|RDX:RAX is 0x0:0x7",
            "vector 0x03|INT3|int3",
            "no instruction in this mode|ud2|there to raise this exception",
            "no instruction in this mode|f090|decoded as 64-bit code",
            "vector 0x07|fninit|CR0.EM is 0, CR0.TS is 1, CR0.MP is 0, CR4.OSFXSR is 1",
            "unmasked SSE exception|divss|MXCSR is 0x1d80",
            "unmasked x87 exception|fwait|FSW is 0xb084, FCW is 0x037b",
            "EFLAGS.TF|EFLAGS.TF was 1 when",
            "debug register|DR6 gets 0x1|DR0 is 0x105000",
            "a read of 0x201000 in supervisor mode|PTE   at 0x104008: 0x0 not present|P is 0 in the PTE"
                    + "|the PTE was written last at position|ds:0x104008,0x0|0x105003 -> 0x0",
            "0x400000 in supervisor|P is 0 in the PDE\n|the PDE has not been written by any instruction",
            "0x40000000 in supervisor|P is 0 in the PDPTE\n|the PDPTE has not been written",
            "0x8000000000 in supervisor|P is 0 in the PML4E\n|the PML4E has not been written",
            "a write to 0x200000|RW is 0 in the PTE, and CR0.WP is 1, so ring 0 is bound by it|the PTE has not",
            "error code 0x9|the PTE has bits set that are reserved: 0x8000000000000\n|the PTE has not",
            "an instruction fetch from 0x204000 in supervisor mode|CR4.SMEP is 1, and CPL is 0",
            "a read of 0x202000 in supervisor mode|CR4.SMAP is 1, and EFLAGS.AC is 0",
            "a read of 0x205000 in user mode|US is 0 in the PTE, and CPL is 3",
            "a write to 0x200000 in user mode|US is 0 in the PTE, and CPL is 3",
            "an instruction fetch from 0x202000 in user mode|NX is 1 in the PTE, and EFER.NXE is 1",
            "needs CPL 0|hlt|CPL is 3",
            "CPL is above IOPL|cli|CPL is 3, IOPL is 0",
            "forbids the port|out    dx,al|port 0x3f8, CPL is 3, IOPL is 0|at offset 0x68 of TSS 0028|beyond the limit 0x67",
            "error code 0x402|int    0x80|IDT gate 0x80 at 0x106800: IntGate64      DPL=0 P|8e 10 00|CPL is 3, DPL is 0"
                    + "|it was written last at position|WORD PTR [rdi+0x6],ax",
            "DPL, RPL and CPL|mov    ds,eax|GDT entry 0010|DPL=0 P|CPL is 3, RPL is 0, DPL is 0|it has not been written",
            "misaligned|the address is 0x204ff9; CR0.AM is 1, EFLAGS.AC is 1, CPL is 3",
            "vector 0x0d|not canonical|rax=0x800000000000|the value is 0x800000000000",
            "vector 0x0c|not canonical|rbp=0x800000000000|the value is 0x800000000000",
            "rdmsr|MSR 0x00012345 (ECX) does not exist",
            "wrmsr|MSR 0xc0000080 (ECX) was to get 0x902 (EDX:EAX): EFER reserves 0x2",
            "mov    cr4,rax|this processor does not have 0x80000000",
            "mov    cr0,rax|the value is 0x80000010: PG without PE",
            "misaligned|movaps|0x105001 is no multiple",
            "the selector is null|retfq|the selector is 0000",
            "type does not fit|retfq|GDT entry 0010|DS   [-WA]|it has not been written",
            "mov    ds,eax|the selector is 1000; the GDT has limit 0x67|GDTR was loaded last at position|0x1f -> 0x67",
            "type does not fit|GDT entry 0028|TSS64-busy|it was written last at position|ltr    ax",
            "vector 0x0b|GDT entry 0040|not present|ff ff 00 00 00 13 cf 00|it has not been written",
            "vector 0x0c|mov    ss,eax|GDT entry 0040|not present",
            "vector 0x0a|in place of|1. #UD|2. while delivering #UD: #TS(0x59)|IST=2|IST2 at|beyond the limit"
                    + "|TSS 0058 at|has limit 0x2f|TR was loaded last at position|tr 0x28 -> 0x58|#TS takes the place",
            "vector 0x08|1. #UD|2. while delivering #UD: #NP(0x33)|IDT gate 0x06|not present|written last"
                    + "|#NP takes the place of #UD|3. while delivering #NP: #NP(0x5b)|IDT gate 0x0b|written last"
                    + "|#NP while delivering #NP: together they are a double fault",
            "mov    al,fs:0x2000|offset 0x2000 in FS: selector 0048, base 0x0, limit 0xfff DPL=0",
            "mov    al,gs:0x10|offset 0x10 in GS: selector 0000, base 0x0, limit 0x0, not usable",
            "not writable|BYTE PTR fs:0x20|offset 0x20 in FS: selector 0050|[--A]");

    @TempDir
    Path folder;

    @Test
    void explainsEachKindOfFault() throws Exception {
        MonitorSession.assemble(folder, "faults");
        try (MonitorSession session = MonitorSession.atEnd(MonitorSession.record(folder, "faults"))) {
            assertThat(session.ask("why " + (FAULTS.size() + 1)))
                    .isEqualTo("only %d so far\n".formatted(FAULTS.size()));
            for (int n = 0; n < FAULTS.size(); n++) {
                assertThat(session.ask("why " + (FAULTS.size() - n)))
                        .containsSubsequence(FAULTS.get(n).split("\\|"));
            }
            assertThat(session.ask("why")).startsWith("the machine stopped: isa-debug-exit");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            empty_idt; 1. #UD|2. while delivering #UD: #GP(0x33)|vector 0x06 ends at offset 0x6f; IDTR holds base 0x0, limit 0x0|IDTR was loaded last at position|0xfff -> 0x0|#GP takes the place of #UD|3. while delivering #GP: #GP(0x6b)|together they are a double fault|4. while delivering #DF: #GP(0x43)|the processor shuts down
            unmapped_idt; 2. while delivering #UD: #PF(0x0) at 0x206060|gate 0x06 of the IDT|P is 0 in the PTE|the PTE was written last at position|0x106003 -> 0x0|3. while delivering #PF: #PF(0x0) at 0x2060e0|4. while delivering #DF: #PF(0x0) at 0x206080|gate 0x08 of the IDT|shuts down
            absent_gate; 2. while delivering #UD: #NP(0x33)|IDT gate 0x06|not present|0e 10 00|ds:0x106065,0xe|3. while delivering #NP: #NP(0x5b)|ds:0x1060b5,0xe|4. while delivering #DF: #NP(0x43)|ds:0x106085,0xe
            bad_cs; 2. while delivering #UD: #GP(0x11)|IDT gate 0x06|-> 0010:|ds:0x106062,0x10|type does not fit|GDT entry 0010|DS   [-WA]|4. while delivering #DF: #GP(0x11)|IDT gate 0x08|ds:0x106082,0x10
            outer_cs; 2. while delivering #UD: #GP(0x21)|IDT gate 0x06|-> 0023:|ds:0x106062,0x23|GDT entry 0020|CPL is 0, DPL is 3|4. while delivering #DF: #GP(0x21)
            bad_ist; 2. while delivering #UD: #SS(0x1)|IST=1|ds:0x106064,0x1|onto IST1 at|0x800000000000, not canonical|IST1 was written last at position|,rax|#SS takes the place of #UD|3. while delivering #SS|4. while delivering #DF: #SS(0x1)|IST1 was written last
            bad_rsp0; 1. #UD|2. while delivering #UD: #PF(0x2) at 0x3ffff8|onto RSP0 at|: 0x400000|RSP0 was written last at position|,0x400000|0x3ffff8 is where the frame is pushed|P is 0 in the PTE|4. while delivering #DF: #PF(0x2)
            gate_dpl; int    0x80|1. #GP(0x402)|IDT gate 0x80|CPL is 3, DPL is 0|2. while delivering #GP: #NP(0x6b)|ds:0x1060d5,0xe|3. while delivering #DF: #NP(0x43)|ds:0x106085,0xe|shuts down
            """)
    void decodesTheWholeChainOfATripleFault(String guest, String said) throws Exception {
        MonitorSession.assemble(folder, "shutdown_" + guest);
        try (MonitorSession session = MonitorSession.atEnd(MonitorSession.record(folder, "shutdown_" + guest))) {
            assertThat(session.ask("why"))
                    .startsWith("the machine stopped at position")
                    .containsSubsequence(said.split("\\|"));
        }
    }

    @Test
    void decodesTheChainOfALiveGuestAndOfOneThatIsBeingRecorded() throws Exception {
        MonitorSession.assemble(folder, "shutdown_bad_ist");
        String elf = folder.resolve("shutdown_bad_ist.elf").toString();
        String file = folder.resolve("live.rst").toString();
        String[] commands = {"continue", "monitor why", "monitor info status", "kill"};
        String[] chain = {
            "1. #UD", "#SS(0x1)", "onto IST1 at", "not canonical", "together they are a double fault", "shuts down"
        };
        try (RingscopeProcess guest =
                new RingscopeProcess("run", "--gdb", "0", "--serial", "null", "--multiboot", elf)) {
            assertThat(Gdb.session(guest.address(), commands))
                    .containsSubsequence(chain)
                    .contains("who wrote IST1 is not known: this guest is not recorded");
        }
        try (RingscopeProcess guest =
                new RingscopeProcess("record", "-o", file, "--gdb", "0", "--serial", "null", "--multiboot", elf)) {
            assertThat(Gdb.session(guest.address(), commands))
                    .containsSubsequence(chain)
                    .contains("IST1 was written last at position 2334");
        }
    }
}
