package dev.ringscope.trace.symbols;

import dev.ringscope.emulator.boot.BadImage;
import dev.ringscope.trace.query.AddressRanges;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names for addresses, from the symbol tables of ELF files (System V ABI, ch. 4, "Sections" and "Symbol Table"):
 * functions, objects and what assembly leaves untyped; or from a list as {@code nm} prints it, such as a Linux
 * System.map.
 */
public final class Symbols {
    /** Addresses further behind a symbol than this do not get its name, unless it says that it is so long. */
    private static final long REACH = 1 << 20;

    private static final int STT_FUNC = 2, SHN_UNDEF = 0, SHN_ABS = 0xfff1;

    /**
     * @param function whether its file says that it is one
     * @param others further names of the same address
     */
    private record Symbol(String name, long size, boolean function, List<String> others) {
        boolean contains(String wanted) {
            return name.equals(wanted) || others.contains(wanted);
        }
    }

    /** A line of {@code nm}: address, type, name. */
    private static final Pattern MAP_LINE = Pattern.compile("([0-9a-f]{8,16}) ([A-Za-z?]) (\\S+)(\\s.*)?");

    private final TreeMap<Long, Symbol> byAddress = new TreeMap<>(Long::compareUnsigned);
    /** Numbers rather than places: found by name, but no address is called after them. */
    private final Map<String, Long> absolute = new HashMap<>();

    /** Lines of source code of the files that were added, read when they are asked for first. */
    private final List<Lazy> lines = new ArrayList<>();

    private static final class Lazy {
        private final String file;
        private final long offset;
        private ElfFile elf;
        private SourceLines lines;

        Lazy(String file, ElfFile elf, long offset) {
            this.file = file;
            this.elf = elf;
            this.offset = offset;
        }

        synchronized SourceLines lines() {
            if (lines == null) {
                lines = SourceLines.read(file, elf, offset);
                elf = null;
            }
            return lines;
        }
    }

    /** No names at all. */
    public Symbols() {}

    /**
     * Adds those of a file: ELF, or text like that of {@code nm} and {@code /proc/kallsyms}.
     *
     * @throws BadImage if it is neither, or has no symbols
     */
    public void add(Path path) throws IOException {
        add(path, 0);
    }

    /** @param offset added to all its addresses, for what does not run where it was linked */
    public void add(Path path, long offset) throws IOException {
        String file = path.toString();
        if (!Files.isRegularFile(path)) {
            throw new FileNotFoundException(path + (Files.exists(path) ? ": expected a file" : ": no such file"));
        }
        byte[] bytes = Files.readAllBytes(path);
        if (isMap(bytes)) {
            readMap(file, bytes, offset);
            return;
        }
        ElfFile elf = new ElfFile(file, bytes);
        try {
            readTables(elf, offset);
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new BadImage(file, "expected an ELF file with whole symbol tables, found one that is cut off");
        }
        if (byAddress.isEmpty()) {
            throw new BadImage(file, 0, "expected an ELF file with a symbol table");
        }
        if (elf.has(".debug_line")) {
            lines.add(new Lazy(file, elf, offset));
        }
    }

    /** The file begins with a line of {@code nm}. */
    private static boolean isMap(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, 256), StandardCharsets.ISO_8859_1);
        return MAP_LINE.matcher(start.lines().findFirst().orElse("")).matches();
    }

    private void readMap(String file, byte[] bytes, long offset) {
        int number = 0;
        for (String line : (Iterable<String>) new String(bytes, StandardCharsets.UTF_8).lines()::iterator) {
            number++;
            Matcher matcher = MAP_LINE.matcher(line);
            if (!matcher.matches()) {
                throw new BadImage(file, "line " + number + ": expected an address, a type and a name");
            }
            long value = Long.parseUnsignedLong(matcher.group(1), 16);
            if (matcher.group(2).equalsIgnoreCase("a")) {
                absolute.put(matcher.group(3), value);
            } else {
                put(value + offset, matcher.group(3), 0, matcher.group(2).equalsIgnoreCase("t"));
            }
        }
    }

    private void put(long value, String name, long length, boolean function) {
        Symbol there = byAddress.putIfAbsent(value, new Symbol(name, length, function, new ArrayList<>()));
        if (there != null) {
            there.others.add(name);
        }
    }

    private void readTables(ElfFile elf, long offset) {
        for (ElfFile.Section section : elf.sections()) {
            if (section.type() == ElfFile.SHT_SYMTAB || section.type() == ElfFile.SHT_DYNSYM) {
                readSymbols(elf.isWide(), elf.bytes(section), elf.bytes(elf.section(section.link())), offset);
            }
        }
    }

    private void readSymbols(boolean wide, ByteBuffer in, ByteBuffer names, long offset) {
        int size = wide ? 24 : 16;
        for (int p = 0; p + size <= in.limit(); p += size) {
            int info = in.get(p + (wide ? 4 : 12)) & 15;
            int section = in.getShort(p + (wide ? 6 : 14)) & 0xffff;
            long value = wide ? in.getLong(p + 8) : in.getInt(p + 4) & 0xffff_ffffL;
            long length = wide ? in.getLong(p + 16) : in.getInt(p + 8) & 0xffff_ffffL;
            String name = name(names, in.getInt(p));
            if (section == SHN_ABS) {
                absolute.put(name, value);
            } else if (!name.isEmpty() && info <= STT_FUNC && section != SHN_UNDEF) {
                put(value + offset, name, length, info == STT_FUNC);
            }
        }
    }

    private static String name(ByteBuffer names, int start) {
        int end = start;
        while (names.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - start];
        names.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public boolean isEmpty() {
        return byAddress.isEmpty();
    }

    /** {@code name} or {@code name+0x12}; empty where no symbol reaches the address. */
    public Optional<String> find(long address) {
        Map.Entry<Long, Symbol> entry = byAddress.floorEntry(address);
        if (entry == null) {
            return Optional.empty();
        }
        long offset = address - entry.getKey();
        Symbol symbol = entry.getValue();
        if (Long.compareUnsigned(offset, symbol.size > 0 ? symbol.size : REACH) >= 0) {
            return Optional.empty();
        }
        return Optional.of(offset == 0 ? symbol.name : "%s+0x%x".formatted(symbol.name, offset));
    }

    /** Where the symbol begins that an address is called after. */
    public OptionalLong start(long address) {
        Map.Entry<Long, Symbol> entry = byAddress.floorEntry(address);
        boolean reaches = entry != null
                && Long.compareUnsigned(
                                address - entry.getKey(), entry.getValue().size > 0 ? entry.getValue().size : REACH)
                        < 0;
        return reaches ? OptionalLong.of(entry.getKey()) : OptionalLong.empty();
    }

    /** Where a symbol of exactly that name lies. */
    public OptionalLong address(String name) {
        if (absolute.containsKey(name)) {
            return OptionalLong.of(absolute.get(name));
        }
        return byAddress.entrySet().stream()
                .filter(entry -> entry.getValue().contains(name))
                .mapToLong(Map.Entry::getKey)
                .findFirst();
    }

    /** The bytes of a symbol; of one that says no size, up to the next one. */
    public Optional<AddressRanges.Span> extent(String name) {
        OptionalLong start = address(name);
        if (start.isEmpty()) {
            return Optional.empty();
        }
        long first = start.getAsLong();
        Symbol symbol = byAddress.get(first);
        if (symbol != null && symbol.size > 0) {
            return Optional.of(AddressRanges.Span.of(first, symbol.size));
        }
        Long next = symbol == null ? null : byAddress.higherKey(first);
        return Optional.of(new AddressRanges.Span(first, next == null ? first : next - 1));
    }

    /** Takes functions. */
    @FunctionalInterface
    public interface Functions {
        void function(long address, String name);
    }

    /** Tells what the files call functions, by ascending addresses. */
    public void functions(Functions told) {
        byAddress.forEach((address, symbol) -> {
            if (symbol.function) {
                told.function(address, symbol.name);
            }
        });
    }

    /** Whether any file that was added tells lines of source code. */
    public boolean haveLines() {
        return !lines.isEmpty();
    }

    /**
     * The line of source code of the instruction at an address, as DWARF has it.
     *
     * @throws BadImage if what a file says about its lines is damaged
     */
    public Optional<SourceLine> line(long address) {
        return sourceLines().stream().flatMap(of -> of.find(address).stream()).findFirst();
    }

    /** Of each file that was added and has some. @throws BadImage if they are damaged */
    public List<SourceLines> sourceLines() {
        return lines.stream().map(Lazy::lines).toList();
    }

    /** The address, with its name if it has one. */
    public String describe(long address) {
        String number = "0x" + Long.toHexString(address);
        return find(address).map(name -> number + " <" + name + ">").orElse(number);
    }
}
