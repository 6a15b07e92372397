package dev.ringscope.trace.export;

import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.export.parquet.Column;
import dev.ringscope.trace.export.parquet.ParquetFile;
import dev.ringscope.trace.export.parquet.Type;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.symbols.SourceLine;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A row for each instruction that retired: {@link ExecutedInstruction}, with its text in Intel's syntax. */
final class InstructionTable {
    private static final long ROOT = ~0xfffL;
    private static final int REMEMBERED = 1 << 16;

    private final Exported exported;
    private final ParquetFile file;
    private final Column position;
    private final Column ring;
    private final Column mode;
    private final Column cr3;
    private final Column address;
    private final Column code;
    private final Column text;
    private final Column symbol;
    private final Column sourceFile;
    private final Column sourceLine;
    private final Disassembly disassembly;
    private final Map<Long, Known> known = new HashMap<>();

    /** What is written of an instruction at an address, as long as the code there is the same. */
    private record Known(ExecutedInstruction of, String text, Optional<String> symbol, Optional<SourceLine> line) {
        boolean is(ExecutedInstruction i) {
            return of.pc() == i.pc() && of.kind() == i.kind() && Arrays.equals(of.code(), i.code());
        }
    }

    InstructionTable(Exported exported, ParquetFile file) {
        this.exported = exported;
        this.file = file;
        position = file.ascending("position");
        ring = file.required("ring", Type.UINT8);
        mode = file.required("mode", Type.STRING);
        cr3 = file.required("cr3", Type.UINT64);
        address = file.required("address", Type.UINT64);
        code = file.required("code", Type.BINARY);
        text = file.required("text", Type.STRING);
        symbol = file.optional("symbol", Type.STRING);
        sourceFile = file.optional("source_file", Type.STRING);
        sourceLine = file.optional("source_line", Type.INT32);
        disassembly = new Disassembly(Syntax.INTEL, exported.symbols());
    }

    void write() throws IOException {
        Instructions.list(exported.recording(), Filter.of(exported.range()), exported.asked(this::row));
    }

    private boolean row(ExecutedInstruction i) throws IOException {
        Known known = known(i);
        position.put(i.position());
        ring.put(i.ring());
        mode.put(Mark.words(i.mode()));
        cr3.put(i.root() & ROOT);
        address.put(i.address());
        code.put(i.code());
        text.put(known.text);
        known.symbol.ifPresent(symbol::put);
        if (known.line.isPresent()) {
            sourceFile.put(known.line.get().file());
            sourceLine.put(known.line.get().line());
        }
        file.endRow();
        return true;
    }

    private Known known(ExecutedInstruction i) {
        Known there = known.get(i.address());
        if (there == null || !there.is(i)) {
            if (known.size() == REMEMBERED) {
                known.clear();
            }
            Symbols symbols = exported.symbols();
            there = new Known(i, disassembly.text(i), symbols.find(i.address()), symbols.line(i.address()));
            known.put(i.address(), there);
        }
        return there;
    }
}
