package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Decoder;
import dev.ringscope.emulator.insn.Disassembler;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Operand;
import dev.ringscope.emulator.insn.SymbolLookup;
import dev.ringscope.emulator.insn.Syntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares decoder and disassembler with objdump over a piece of code: wherever objdump sees an instruction, the
 * decoder must see one of the same length, and the text must be the same in both syntaxes. What
 * {@link ObjdumpDifference} explains is counted apart.
 */
final class ObjdumpComparison {
    private static final int SHOWN = 60;
    private static final int SEGMENT = 0x1_0000;

    /** What both sides say of one place. */
    record Place(Instruction instruction, int length, String intel, String att, byte[] code, int offset) {
        int at(int n) {
            return offset + n < code.length ? code[offset + n] & 0xff : 0;
        }

        boolean undefined() {
            return instruction.def == null;
        }

        /** Our decoder sees one of these. */
        boolean is(String... names) {
            return instruction.def != null && List.of(names).contains(instruction.def.name());
        }

        boolean isJump() {
            return instruction.encoding.operands.stream().anyMatch(o -> o.kind() == Operand.Kind.J);
        }

        /** Equal but for the upper half of the target. */
        boolean sameLowTarget() {
            String target = "0x(ffff|\\w*?(?=\\w{4}$))?0*";
            return ours(Syntax.INTEL).replaceFirst(target, "").equals(intel.replaceFirst(target, ""));
        }

        boolean sameLength() {
            return instruction.def != null && instruction.length == length;
        }

        /** The first byte behind the prefixes. */
        int opcode() {
            return at(opcodeOffset());
        }

        int opcodeOffset() {
            return instruction.prefixes.length + (instruction.rex != 0 ? 1 : 0);
        }

        /** Objdump's, behind the prefixes it shows. */
        String mnemonic() {
            return intel.replaceFirst("^((rep.?.?|data..|addr..|[c-gs]s|lock|bnd|notrack|rex\\S*) )+", "")
                    .split(" ")[0];
        }

        int segmentPrefixes() {
            int count = 0;
            for (byte prefix : instruction.prefixes) {
                count += Set.of(0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65).contains(prefix & 0xff) ? 1 : 0;
            }
            return count;
        }

        boolean sameButSpaces() {
            return ours(Syntax.INTEL).replaceAll(" +", " ").equals(intel.replaceAll(" +", " "))
                    && ours(Syntax.ATT).replaceAll(" +", " ").equals(att.replaceAll(" +", " "));
        }

        String ours(Syntax syntax) {
            return Disassembler.text(instruction, syntax, SymbolLookup.NONE);
        }

        boolean agrees() {
            if (instruction.def == null) {
                return intel.contains("(bad)");
            }
            return instruction.length == length
                    && ours(Syntax.INTEL).equals(intel)
                    && ours(Syntax.ATT).equals(att);
        }

        @Override
        public String toString() {
            StringBuilder bytes = new StringBuilder();
            for (int n = 0; n < Math.max(length, instruction.length); n++) {
                bytes.append("%02x".formatted(at(n)));
            }
            return "%x: %s in %d-bit code%n  objdump %2d: %s | %s%n  decoder %2d: %s | %s"
                    .formatted(
                            instruction.address,
                            bytes,
                            8 * instruction.mode,
                            length,
                            intel,
                            att,
                            instruction.length,
                            ours(Syntax.INTEL),
                            ours(Syntax.ATT));
        }
    }

    private final Decoder decoder = new Decoder(X86Isa.table());
    private final Map<ObjdumpDifference, Integer> explained = new TreeMap<>();
    private final Map<String, Integer> perMnemonic = new TreeMap<>();
    private final List<String> differences = new ArrayList<>();
    private int equal;
    private int different;

    /** Compares all of the code, which starts at an address; mode is the code size in bytes. */
    ObjdumpComparison run(byte[] code, long address, int mode) throws IOException {
        if (mode != 2) {
            return runPiece(code, address, mode);
        }
        // offsets in 16-bit code are offsets in a segment
        for (int at = 0; at < code.length; at += SEGMENT) {
            runPiece(Arrays.copyOfRange(code, at, Math.min(code.length, at + SEGMENT)), 0, mode);
        }
        return this;
    }

    private ObjdumpComparison runPiece(byte[] code, long address, int mode) throws IOException {
        Path file = Files.createTempFile("code", ".bin");
        try {
            Files.write(file, code);
            try (Objdump intel = new Objdump(file, mode, address, Syntax.INTEL);
                    Objdump att = new Objdump(file, mode, address, Syntax.ATT)) {
                compare(code, address, mode, intel, att);
            }
        } finally {
            Files.delete(file);
        }
        return this;
    }

    private void compare(byte[] code, long address, int mode, Objdump intel, Objdump att) throws IOException {
        Objdump.Line i = intel.next();
        Objdump.Line a = att.next();
        while (i != null) {
            if (a == null || i.address() != a.address()) {
                throw new IllegalStateException("objdump's two listings differ at " + i + " and " + a);
            }
            Objdump.Line following = intel.next();
            long end = following == null ? address + code.length : following.address();
            int offset = (int) (i.address() - address);
            if (offset + Decoder.MAX_LENGTH <= code.length) {
                Instruction instruction = decoder.decode(n -> code[offset + n] & 0xff, i.address(), mode);
                count(new Place(instruction, (int) (end - i.address()), i.text(), a.text(), code, offset));
            }
            i = following;
            a = att.next();
        }
    }

    private void count(Place place) {
        if (place.agrees()) {
            equal++;
            return;
        }
        for (ObjdumpDifference reason : ObjdumpDifference.values()) {
            if (reason.explains(place)) {
                explained.merge(reason, 1, Integer::sum);
                return;
            }
        }
        different++;
        String mnemonic =
                place.instruction().def == null ? place.intel().split(" ")[0] : place.instruction().encoding.text;
        if (differences.size() < SHOWN && perMnemonic.merge(mnemonic, 1, Integer::sum) <= 2) {
            differences.add(place.toString());
        }
    }

    List<String> differences() {
        return differences;
    }

    int equal() {
        return equal;
    }

    @Override
    public String toString() {
        int sum = explained.values().stream().mapToInt(n -> n).sum();
        return "compared %,d, equal %,d, explained %,d %s, different %,d"
                .formatted(equal + sum + different, equal, sum, explained, different);
    }
}
