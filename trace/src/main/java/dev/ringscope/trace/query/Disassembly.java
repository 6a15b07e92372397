package dev.ringscope.trace.query;

import dev.ringscope.emulator.insn.Decoder;
import dev.ringscope.emulator.insn.Disassembler;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.SymbolLookup;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.emulator.x86.X86Isa;
import dev.ringscope.proto.trace.v1.CodeKind;
import dev.ringscope.trace.symbols.Symbols;

/** Writes recorded instructions as text. One thread. */
public final class Disassembly {
    private final Decoder decoder = new Decoder(X86Isa.table());
    private final Syntax syntax;
    private final SymbolLookup symbols;

    public Disassembly(Syntax syntax, Symbols symbols) {
        this.syntax = syntax;
        this.symbols = symbols.isEmpty() ? SymbolLookup.NONE : symbols::find;
    }

    public String text(ExecutedInstruction i) {
        return text(i.code(), i.pc(), size(i.kind()));
    }

    /**
     * @param pc offset of the first byte in the code segment
     * @param size of code in bytes: 2, 4, 8
     */
    public String text(byte[] code, long pc, int size) {
        // a decoder that wants more bytes than the recorded ones gets zeros: it then says what is wrong with them
        Instruction decoded = decoder.decode(n -> n < code.length ? code[n] & 0xff : 0, pc, size);
        return Disassembler.text(decoded, syntax, symbols);
    }

    /** Size of code in bytes: 2, 4, 8. */
    static int size(CodeKind kind) {
        return switch (kind) {
            case CODE_KIND_X86_16 -> 2;
            case CODE_KIND_X86_32 -> 4;
            case CODE_KIND_X86_64 -> 8;
            case CODE_KIND_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("code of kind " + kind);
        };
    }
}
