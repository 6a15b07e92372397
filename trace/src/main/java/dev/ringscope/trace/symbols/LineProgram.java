package dev.ringscope.trace.symbols;

/** Runs a line number program (DWARF 5, sections 6.2.2 and 6.2.5). */
final class LineProgram {
    private static final int DW_LNS_COPY = 1, DW_LNS_ADVANCE_PC = 2, DW_LNS_ADVANCE_LINE = 3, DW_LNS_SET_FILE = 4;
    private static final int DW_LNS_SET_COLUMN = 5, DW_LNS_NEGATE_STMT = 6, DW_LNS_SET_BASIC_BLOCK = 7;
    private static final int DW_LNS_CONST_ADD_PC = 8, DW_LNS_FIXED_ADVANCE_PC = 9, DW_LNS_SET_PROLOGUE_END = 10;
    private static final int DW_LNS_SET_EPILOGUE_BEGIN = 11, DW_LNS_SET_ISA = 12;
    private static final int DW_LNE_END_SEQUENCE = 1, DW_LNE_SET_ADDRESS = 2, DW_LNE_DEFINE_FILE = 3;
    private static final int LAST_OPCODE = 255;

    /** Takes what the program makes. */
    interface Rows {
        void row(long address, long file, long line, boolean statement);

        /** No code of this sequence from here on. */
        void end(long address);
    }

    private final LineHeader header;
    private final DwarfInput in;
    private final Rows rows;
    private long address;
    private long operation;
    private long file;
    private long line;
    private boolean statement;

    LineProgram(LineHeader header, Rows rows) {
        this.header = header;
        this.rows = rows;
        in = header.program;
        reset();
    }

    private void reset() {
        address = 0;
        operation = 0;
        file = 1;
        line = 1;
        statement = header.defaultIsStatement;
    }

    /** To the unit's end. */
    void run() {
        while (in.hasRemaining()) {
            int opcode = in.u1();
            if (opcode >= header.opcodeBase) {
                special(opcode);
            } else if (opcode == 0) {
                extended();
            } else {
                standard(opcode);
            }
        }
    }

    private void special(int opcode) {
        int adjusted = opcode - header.opcodeBase;
        advance(adjusted / header.lineRange);
        line += header.lineBase + adjusted % header.lineRange;
        copy();
    }

    private void copy() {
        rows.row(address, file, line, statement);
    }

    private void advance(long operations) {
        long sum = operation + operations;
        address += header.minimumLength * (sum / header.maximumOperations);
        operation = sum % header.maximumOperations;
    }

    private void standard(int opcode) {
        switch (opcode) {
            case DW_LNS_COPY -> copy();
            case DW_LNS_ADVANCE_PC -> advance(in.uleb());
            case DW_LNS_ADVANCE_LINE -> line += in.sleb();
            case DW_LNS_SET_FILE -> file = in.uleb();
            case DW_LNS_SET_COLUMN, DW_LNS_SET_ISA -> in.uleb();
            case DW_LNS_NEGATE_STMT -> statement = !statement;
            case DW_LNS_SET_BASIC_BLOCK, DW_LNS_SET_PROLOGUE_END, DW_LNS_SET_EPILOGUE_BEGIN -> {}
            case DW_LNS_CONST_ADD_PC -> advance((LAST_OPCODE - header.opcodeBase) / header.lineRange);
            case DW_LNS_FIXED_ADVANCE_PC -> {
                address += in.u2();
                operation = 0;
            }
            default -> {
                for (int i = 0; i < header.operands[opcode]; i++) {
                    in.uleb();
                }
            }
        }
    }

    private void extended() {
        long length = in.uleb();
        DwarfInput operands = in.part(length);
        if (length == 0) {
            return;
        }
        switch (operands.u1()) {
            case DW_LNE_END_SEQUENCE -> {
                rows.end(address);
                reset();
            }
            case DW_LNE_SET_ADDRESS -> {
                address = operands.address(length - 1);
                operation = 0;
            }
            case DW_LNE_DEFINE_FILE -> header.define(operands);
            default -> {} // a compiler's own, or what tells lines of the same statement apart
        }
    }
}
