package dev.ringscope.trace.symbols;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The header of a line number program: how its opcodes are to be read, and the files that its numbers mean (DWARF 5,
 * section 6.2.4; versions 2 to 4 the same section of theirs).
 */
final class LineHeader {
    private static final int DW_LNCT_PATH = 1, DW_LNCT_DIRECTORY = 2;

    final int version;
    final int minimumLength;
    final int maximumOperations;
    final boolean defaultIsStatement;
    final int lineBase;
    final int lineRange;
    final int opcodeBase;
    final int[] operands;
    /** What is behind the header, up to the unit's end. */
    final DwarfInput program;

    private final Strings strings;
    private final String unitFolder;
    private final List<String> folders = new ArrayList<>();
    private final List<Entry> files = new ArrayList<>();

    /** Where names may stand that are not in the section itself. */
    record Strings(Optional<DwarfInput> line, Optional<DwarfInput> common) {}

    private record Entry(String name, long folder) {}

    /**
     * @param unit behind its length
     * @param unitFolder where the compiler ran, for versions that do not say so themselves; may be empty
     */
    LineHeader(DwarfInput unit, Strings strings, String unitFolder) {
        this.strings = strings;
        int start = unit.position();
        version = unit.u2();
        if (version < 2 || version > 5) {
            throw unit.bad(start, "line numbers of version 2 to 5, found version " + version);
        }
        int addressSize = version >= 5 ? unit.u1() : Long.BYTES;
        unit.skip(version >= 5 ? 1 : 0); // size of segment selectors
        DwarfInput header = unit.part(unit.offset());
        program = unit;
        minimumLength = header.u1();
        maximumOperations = version >= 4 ? header.u1() : 1;
        defaultIsStatement = header.u1() != 0;
        lineBase = header.s1();
        lineRange = header.u1();
        opcodeBase = header.u1();
        if (maximumOperations == 0 || lineRange == 0 || opcodeBase == 0) {
            throw unit.bad(
                    header.position(),
                    "numbers above 0, found %d operations, line range %d, opcode base %d"
                            .formatted(maximumOperations, lineRange, opcodeBase));
        }
        operands = new int[opcodeBase];
        for (int opcode = 1; opcode < opcodeBase; opcode++) {
            operands[opcode] = header.u1();
        }
        if (version >= 5) {
            readTable(header, addressSize, true);
            readTable(header, addressSize, false);
            this.unitFolder = folders.isEmpty() ? "" : folders.getFirst();
        } else {
            this.unitFolder = unitFolder;
            readNames(header);
        }
    }

    private void readNames(DwarfInput header) {
        folders.add(unitFolder);
        for (String folder = header.string(); !folder.isEmpty(); folder = header.string()) {
            folders.add(folder);
        }
        files.add(null); // numbers begin with 1
        for (String name = header.string(); !name.isEmpty(); name = header.string()) {
            define(name, header);
        }
    }

    private void define(String name, DwarfInput input) {
        long folder = input.uleb();
        input.uleb(); // time
        input.uleb(); // length
        files.add(new Entry(name, folder));
    }

    /** DW_LNE_define_file. */
    void define(DwarfInput input) {
        define(input.string(), input);
    }

    private void readTable(DwarfInput header, int addressSize, boolean ofFolders) {
        int formats = header.u1();
        long[] contents = new long[formats];
        long[] forms = new long[formats];
        for (int i = 0; i < formats; i++) {
            contents[i] = header.uleb();
            forms[i] = header.uleb();
        }
        int start = header.position();
        long count = header.uleb();
        // each entry has a byte at least
        if (count < 0 || count > header.remaining() || formats == 0 && count > 0) {
            throw header.bad(start, "as many entries as there is room for, found %d".formatted(count));
        }
        for (long n = 0; n < count; n++) {
            String name = "";
            long folder = 0;
            for (int i = 0; i < formats; i++) {
                if (contents[i] == DW_LNCT_PATH) {
                    name = name(header, forms[i]);
                } else if (contents[i] == DW_LNCT_DIRECTORY) {
                    folder = DwarfForms.number(header, forms[i]);
                } else {
                    DwarfForms.skip(header, forms[i], addressSize, version);
                }
            }
            if (ofFolders) {
                folders.add(name);
            } else {
                files.add(new Entry(name, folder));
            }
        }
    }

    private String name(DwarfInput header, long form) {
        int at = header.position();
        return switch ((int) form) {
            case DwarfForms.STRING -> header.string();
            case DwarfForms.LINE_STRP -> shared(header, strings.line, ".debug_line_str");
            case DwarfForms.STRP -> shared(header, strings.common, ".debug_str");
            default -> throw header.bad(at, "a name as string, line_strp or strp, found form 0x%x".formatted(form));
        };
    }

    private static String shared(DwarfInput header, Optional<DwarfInput> section, String name) {
        int at = header.position();
        long offset = header.offset();
        return section.orElseThrow(() -> header.bad(at, "no reference to %s, which is missing".formatted(name)))
                .stringAt(offset);
    }

    /**
     * The path of a file: absolute if the compiler said where it ran.
     *
     * @param number as in the program
     */
    String path(long number, DwarfInput where) {
        if (number < 0 || number >= files.size() || files.get((int) number) == null) {
            throw where.bad(where.position(), "a file that is listed, found number %d".formatted(number));
        }
        Entry file = files.get((int) number);
        if (file.folder < 0 || file.folder >= folders.size()) {
            throw where.bad(where.position(), "a folder that is listed, found number %d".formatted(file.folder));
        }
        String path = file.folder == 0 ? file.name : join(folders.get((int) file.folder), file.name);
        return join(unitFolder, path);
    }

    private static String join(String folder, String name) {
        return name.startsWith("/") || folder.isEmpty() ? name : folder + "/" + name;
    }
}
