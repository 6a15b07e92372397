package dev.ringscope.trace.symbols;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * In which folder each unit was compiled: up to version 4 the lines do not say so themselves, but the first entry of
 * the unit in {@code .debug_info} does (DWARF 4, section 3.1.1).
 */
final class UnitFolders {
    private static final int DW_AT_STMT_LIST = 0x10, DW_AT_COMP_DIR = 0x1b;
    private static final int LAST_VERSION = 4;

    /** By where the unit's lines begin in {@code .debug_line}. */
    private final Map<Long, String> folders = new HashMap<>();

    private final Optional<DwarfInput> strings;

    /** @throws dev.ringscope.emulator.boot.BadImage if one of the sections is damaged */
    UnitFolders(String file, ElfFile elf) {
        strings = DwarfInput.of(file, elf, ".debug_str");
        Optional<DwarfInput> info = DwarfInput.of(file, elf, ".debug_info");
        Optional<DwarfInput> abbreviations = DwarfInput.of(file, elf, ".debug_abbrev");
        if (info.isEmpty() || abbreviations.isEmpty()) {
            return;
        }
        DwarfInput units = info.get();
        while (units.hasRemaining()) {
            DwarfInput unit = units.unit();
            int version = unit.u2();
            if (version <= LAST_VERSION) {
                DwarfInput declarations = abbreviations.get().at(unit.offset());
                read(unit, version, unit.u1(), declarations);
            }
        }
    }

    /** @return empty if it is not known */
    String of(long lines) {
        return folders.getOrDefault(lines, "");
    }

    /** @param declarations of the forms that the unit's entries have */
    private void read(DwarfInput unit, int version, int addressSize, DwarfInput declarations) {
        long code = unit.uleb();
        if (code == 0 || !find(declarations, code)) {
            return;
        }
        long lines = -1;
        String folder = "";
        declarations.uleb(); // tag
        declarations.u1(); // children
        while (true) {
            long attribute = declarations.uleb();
            long form = declarations.uleb();
            if (attribute == 0 && form == 0) {
                break;
            }
            if (attribute == DW_AT_STMT_LIST) {
                lines = DwarfForms.number(unit, form);
            } else if (attribute == DW_AT_COMP_DIR) {
                folder = string(unit, form);
            } else {
                DwarfForms.skip(unit, form, addressSize, version);
            }
        }
        folders.put(lines, folder);
    }

    /** Stands behind the code of the declaration then. */
    private static boolean find(DwarfInput declarations, long wanted) {
        for (long code = declarations.uleb(); code != 0; code = declarations.uleb()) {
            if (code == wanted) {
                return true;
            }
            declarations.uleb();
            declarations.u1();
            for (boolean more = true; more; ) {
                long attribute = declarations.uleb();
                more = declarations.uleb() != 0 || attribute != 0;
            }
        }
        return false;
    }

    private String string(DwarfInput unit, long form) {
        int at = unit.position();
        return switch ((int) form) {
            case DwarfForms.STRING -> unit.string();
            case DwarfForms.STRP -> {
                long offset = unit.offset();
                yield strings.orElseThrow(() -> unit.bad(at, "no reference to .debug_str, which is missing"))
                        .stringAt(offset);
            }
            default -> throw unit.bad(at, "a name as string or strp, found form 0x%x".formatted(form));
        };
    }
}
