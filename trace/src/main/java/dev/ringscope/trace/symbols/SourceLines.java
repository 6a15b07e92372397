package dev.ringscope.trace.symbols;

import dev.ringscope.emulator.boot.BadImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which line of source code each instruction belongs to: the line number tables of an ELF file, {@code .debug_line} of
 * DWARF 2 to 5 (section 6.2), read with all others in one ascending table.
 */
public final class SourceLines {
    /** Ends a run of code: no line from there on. */
    private static final int NO_FILE = -1;

    private static final int MOST_ROWS = 1 << 25;

    /** Takes the code of lines. */
    @FunctionalInterface
    public interface Lines {
        /**
         * @param first linear address of the code, not empty
         * @param end behind it
         * @param statement whether it begins a statement: what is not belongs to a line that others begin
         */
        void code(long first, long end, SourceLine line, boolean statement);
    }

    private final List<String> files = new ArrayList<>();
    private long[] addresses = new long[0];
    private int[] fileNumbers = new int[0];
    /** Line numbers, doubled; plus one where a statement begins. */
    private int[] lines = new int[0];

    /** A run of rows, from one place in the table up to another. */
    private record Sequence(long start, long end, int from, int to) {}

    private SourceLines() {}

    /**
     * @param file as the user named it
     * @param offset added to its addresses
     * @return without any line if the file has none, or was not linked
     * @throws BadImage if they are damaged; it tells the section and the offset there
     */
    static SourceLines read(String file, ElfFile elf, long offset) {
        SourceLines table = new SourceLines();
        Optional<DwarfInput> lines = DwarfInput.of(file, elf, ".debug_line");
        if (lines.isPresent() && !elf.isRelocatable()) {
            table.new Reading(file, elf).read(lines.get());
        }
        Arrays.setAll(table.addresses, n -> table.addresses[n] + offset);
        return table;
    }

    public boolean isEmpty() {
        return addresses.length == 0;
    }

    /** The line of the instruction at an address, or around it. */
    public Optional<SourceLine> find(long address) {
        int low = 0;
        int high = addresses.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Optional.empty() : line(low - 1);
    }

    private Optional<SourceLine> line(int row) {
        return fileNumbers[row] == NO_FILE || lines[row] >>> 1 == 0
                ? Optional.empty()
                : Optional.of(new SourceLine(files.get(fileNumbers[row]), lines[row] >>> 1));
    }

    /** Tells all code that has lines, by ascending addresses. */
    public void each(Lines told) {
        for (int row = 0; row + 1 < addresses.length; row++) {
            Optional<SourceLine> line = line(row);
            if (line.isPresent() && addresses[row] != addresses[row + 1]) {
                told.code(addresses[row], addresses[row + 1], line.get(), (lines[row] & 1) != 0);
            }
        }
    }

    private final class Reading implements LineProgram.Rows {
        private final String file;
        private final ElfFile elf;
        private final Map<String, Integer> known = new HashMap<>();
        private final List<Sequence> sequences = new ArrayList<>();
        private LineHeader header;
        private final Map<Long, Integer> ofHeader = new HashMap<>();
        private int count;
        private int begun;

        Reading(String file, ElfFile elf) {
            this.file = file;
            this.elf = elf;
        }

        void read(DwarfInput section) {
            UnitFolders folders = new UnitFolders(file, elf);
            LineHeader.Strings strings = new LineHeader.Strings(
                    DwarfInput.of(file, elf, ".debug_line_str"), DwarfInput.of(file, elf, ".debug_str"));
            while (section.hasRemaining()) {
                int start = section.position();
                header = new LineHeader(section.unit(), strings, folders.of(start));
                ofHeader.clear();
                begun = count;
                new LineProgram(header, this).run();
                count = begun; // what no end follows is not known how long it is
            }
            arrange();
        }

        @Override
        public void row(long address, long number, long line, boolean statement) {
            if (line < 0 || line > Integer.MAX_VALUE >> 1) {
                throw header.program.bad(header.program.position(), "a line number, found " + line);
            }
            int named = ofHeader.computeIfAbsent(number, n -> intern(header.path(n, header.program)));
            add(address, named, (int) line << 1 | (statement ? 1 : 0));
        }

        private int intern(String path) {
            return known.computeIfAbsent(path, name -> {
                files.add(name);
                return files.size() - 1;
            });
        }

        private void add(long address, int named, int line) {
            if (count > begun && Long.compareUnsigned(address, addresses[count - 1]) < 0) {
                throw header.program.bad(
                        header.program.position(),
                        "addresses that ascend, found 0x%x behind 0x%x".formatted(address, addresses[count - 1]));
            }
            if (count == MOST_ROWS) {
                throw header.program.bad(header.program.position(), "at most %d rows".formatted(MOST_ROWS));
            }
            if (count == addresses.length) {
                int length = Math.max(1 << 10, count * 2);
                addresses = Arrays.copyOf(addresses, length);
                fileNumbers = Arrays.copyOf(fileNumbers, length);
                lines = Arrays.copyOf(lines, length);
            }
            addresses[count] = address;
            fileNumbers[count] = named;
            lines[count++] = line;
        }

        /** Code that the linker threw away keeps its lines, at an address where no code is. */
        @Override
        public void end(long address) {
            add(address, NO_FILE, 0);
            long start = addresses[begun];
            boolean linked = elf.sections().stream()
                    .anyMatch(s -> s.isExecutable() && start - s.address() >= 0 && start - s.address() < s.size());
            if (linked && start != address) {
                sequences.add(new Sequence(start, address, begun, count));
                begun = count;
            } else {
                count = begun;
            }
        }

        /** By address; of two that overlap, the later one is left out. */
        private void arrange() {
            sequences.sort(Comparator.comparing(Sequence::start, Long::compareUnsigned));
            long[] sortedAddresses = new long[count];
            int[] sortedNumbers = new int[count];
            int[] sortedLines = new int[count];
            int filled = 0;
            long end = 0;
            for (Sequence s : sequences) {
                if (Long.compareUnsigned(s.start, end) >= 0) {
                    int length = s.to - s.from;
                    System.arraycopy(addresses, s.from, sortedAddresses, filled, length);
                    System.arraycopy(fileNumbers, s.from, sortedNumbers, filled, length);
                    System.arraycopy(lines, s.from, sortedLines, filled, length);
                    filled += length;
                    end = s.end;
                }
            }
            addresses = Arrays.copyOf(sortedAddresses, filled);
            fileNumbers = Arrays.copyOf(sortedNumbers, filled);
            lines = Arrays.copyOf(sortedLines, filled);
        }
    }
}
