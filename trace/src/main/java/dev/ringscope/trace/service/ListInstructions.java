package dev.ringscope.trace.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.proto.query.v1.Syntax;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;

/** The instructions that retired, in order. */
final class ListInstructions {
    static final Listing<ListInstructionsRequest, Instruction, ListInstructionsResponse> LISTING = new Listing<>(
            Instruction.getDefaultInstance(),
            ListInstructions::list,
            items -> ListInstructionsResponse.newBuilder()
                    .addAllInstructions(items)
                    .build(),
            Instruction::getPosition);

    private ListInstructions() {}

    private static void list(
            OpenTrace trace, ListInstructionsRequest request, Filter filter, Answers<Instruction> items)
            throws IOException {
        Disassembly disassembly = disassembly(request.getSyntax(), trace.symbols());
        Instructions.list(
                trace.recording(), filter, Listing.each(items, i -> message(i, trace.symbols(), disassembly)));
    }

    /** @return null if no text is wanted */
    static Disassembly disassembly(Syntax syntax, Symbols symbols) {
        return switch (syntax) {
            case SYNTAX_UNSPECIFIED -> null;
            case SYNTAX_INTEL -> new Disassembly(dev.ringscope.emulator.insn.Syntax.INTEL, symbols);
            case SYNTAX_ATT -> new Disassembly(dev.ringscope.emulator.insn.Syntax.ATT, symbols);
            case UNRECOGNIZED -> throw Refusal.field("syntax", "expected INTEL or ATT, found another number");
        };
    }

    /** @param disassembly null if no text is wanted */
    static Instruction message(ExecutedInstruction instruction, Symbols symbols, Disassembly disassembly) {
        Instruction.Builder message = Instruction.newBuilder()
                .setPosition(instruction.position())
                .setAddress(instruction.address())
                .setRing(instruction.ring())
                .setCodeKind(instruction.kind())
                .setCode(UnsafeByteOperations.unsafeWrap(instruction.code()));
        if (!symbols.isEmpty()) {
            symbols.find(instruction.address()).ifPresent(message::setSymbol);
            symbols.line(instruction.address())
                    .ifPresent(line -> message.setSourceFile(line.file()).setSourceLine(line.line()));
        }
        if (disassembly != null) {
            message.setText(disassembly.text(instruction));
        }
        return message.build();
    }
}
