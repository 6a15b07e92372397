package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Error codes of page faults by instruction, as the host's processor gives them: what reads in order to write faults as
 * a write.
 */
class PageFaultErrorCodeTest {
    private static final long PAGE = 0x20_0000;

    private static BareProcessor run(String code, long pde) {
        BareProcessor p = BareProcessor.longMode(3);
        p.write(0xc008, 8, pde);
        p.cpu.cr0 |= X86Cpu.CR0_WP;
        p.cpu.cr4 |= X86Cpu.CR4_OSFXSR;
        p.cpu.paging.flushAll();
        p.cpu.modeChanged();
        p.cpu.r[X86Cpu.RBX] = PAGE;
        p.cpu.r[X86Cpu.RSI] = 0x8000;
        p.cpu.r[X86Cpu.RDI] = PAGE;
        p.run(code);
        return p;
    }

    /** Columns: bytes, fault where no page is, fault where it is read-only. */
    @ParameterizedTest
    @CsvSource({
        "8b 03,       PF(4), ok", // mov eax,[rbx]
        "89 03,       PF(6), PF(7)", // mov [rbx],eax
        "ff 03,       PF(6), PF(7)", // inc
        "f0 ff 03,    PF(6), PF(7)",
        "01 03,       PF(6), PF(7)", // add
        "87 03,       PF(6), PF(7)", // xchg
        "0f b1 0b,    PF(6), PF(7)", // cmpxchg, equal or not
        "f0 0f b1 0b, PF(6), PF(7)",
        "0f ba 2b 01, PF(6), PF(7)", // bts
        "d1 23,       PF(6), PF(7)", // shl
        "d3 23,       PF(6), PF(7)", // shl by CL = 0
        "39 03,       PF(4), ok", // cmp
        "0f c1 03,    PF(6), PF(7)", // xadd
        "f7 13,       PF(6), PF(7)", // not
        "d1 13,       PF(6), PF(7)", // rcl
        "0f a4 03 05, PF(6), PF(7)", // shld
        "0f ba 23 01, PF(4), ok", // bt
        "0f c7 0b,    PF(6), PF(7)", // cmpxchg8b
        "ff 33,       PF(4), ok", // push
        "8f 03,       PF(6), PF(7)", // pop
        "0f 92 03,    PF(6), PF(7)", // setc
        "a4,          PF(6), PF(7)", // movsb
        "0f ae 03,    PF(6), PF(7)", // fxsave
        "0f c3 03,    PF(6), PF(7)", // movnti
        "0f 11 03,    PF(6), PF(7)" // movups
    })
    void readingInOrderToWriteCountsAsWriting(String code, String absent, String readOnly) {
        BareProcessor p = run(code, 0);
        assertThat(p.outcome()).isEqualTo(absent);
        assertThat(p.cpu.cr2).isEqualTo(PAGE);
        assertThat(run(code, 0x85).outcome()).isEqualTo(readOnly);
    }

    /**
     * A non-canonical address is #SS where the stack segment is meant, explicitly or by push and pop, and #GP
     * elsewhere.
     */
    @ParameterizedTest
    @CsvSource({
        "8b 03,          GP(0)", // mov eax,[rbx]
        "89 03,          GP(0)",
        "8b 45 00,       SS(0)", // mov eax,[rbp]
        "89 44 24 08,    SS(0)", // mov [rsp+8],eax
        "41 8b 45 00,    GP(0)", // mov eax,[r13]
        "50,             SS(0)", // push
        "58,             SS(0)", // pop
        "e8 00 00 00 00, SS(0)", // call
        "c3,             SS(0)", // ret
        "a4,             GP(0)", // movsb
        "ff 33,          GP(0)", // push [rbx]
        "c9,             SS(0)", // leave
        "48 cf,          SS(0)" // iretq
    })
    void nonCanonicalAddressesOfTheStackAreStackFaults(String code, String outcome) {
        BareProcessor p = BareProcessor.longMode(0);
        for (int register : new int[] {X86Cpu.RBX, X86Cpu.RBP, X86Cpu.RDI, 13}) {
            p.cpu.r[register] = 0x0000_9000_0000_1000L;
        }
        p.cpu.r[X86Cpu.RSI] = 0x8000;
        p.cpu.r[X86Cpu.RSP] = 0x0000_a000_0000_1000L;
        for (int vector : new int[] {Fault.SS, Fault.GP}) {
            p.gate(vector, 0x8e, BareProcessor.code(0), BareProcessor.HANDLERS + 16 * vector);
            p.write(BareProcessor.IDT + 16 * vector + 4, 1, 1); // on a good stack
        }
        p.write(BareProcessor.TSS + 0x24, 8, BareProcessor.stackTop(0));
        p.run(code);
        assertThat(p.outcome()).isEqualTo(outcome);
    }
}
