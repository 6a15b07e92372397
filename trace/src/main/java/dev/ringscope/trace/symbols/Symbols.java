package dev.ringscope.trace.symbols;

import dev.ringscope.emulator.boot.BadImage;
import dev.ringscope.trace.query.AddressRanges;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    private static final int MAGIC = 0x7f454c46;
    private static final int SHT_SYMTAB = 2, SHT_DYNSYM = 11;
    private static final int STT_FUNC = 2, SHN_UNDEF = 0, SHN_ABS = 0xfff1;

    /** @param others further names of the same address */
    private record Symbol(String name, long size, List<String> others) {
        boolean contains(String wanted) {
            return name.equals(wanted) || others.contains(wanted);
        }
    }

    /** A line of {@code nm}: address, type, name. */
    private static final Pattern MAP_LINE = Pattern.compile("([0-9a-f]{8,16}) ([A-Za-z?]) (\\S+)(\\s.*)?");

    private record Section(int type, long offset, long size, int link) {}

    private final TreeMap<Long, Symbol> byAddress = new TreeMap<>(Long::compareUnsigned);
    /** Numbers rather than places: found by name, but no address is called after them. */
    private final Map<String, Long> absolute = new HashMap<>();

    private String file;
    private ByteBuffer in;
    private boolean wide;

    /** No names at all. */
    public Symbols() {}

    /**
     * Adds those of a file.
     *
     * @throws BadImage if it is no ELF file, or has no symbols
     */
    public void add(Path path) throws IOException {
        file = path.toString();
        if (!Files.isRegularFile(path)) {
            throw new FileNotFoundException(path + (Files.exists(path) ? ": expected a file" : ": no such file"));
        }
        in = ByteBuffer.wrap(Files.readAllBytes(path));
        if (isMap()) {
            readMap();
            return;
        }
        expect(in.limit() >= 52 && in.getInt(0) == MAGIC, 0, "an ELF file");
        expect(in.get(5) == 1, 5, "a little-endian ELF file");
        in.order(ByteOrder.LITTLE_ENDIAN);
        wide = in.get(4) == 2;
        try {
            readSections();
        } catch (IndexOutOfBoundsException e) {
            throw new BadImage(file, "expected an ELF file with whole section headers, found one that is cut off");
        }
        expect(!byAddress.isEmpty(), 0, "an ELF file with a symbol table");
    }

    private void expect(boolean condition, long offset, String what) {
        if (!condition) {
            throw new BadImage(file, offset, "expected " + what);
        }
    }

    /** The file begins with a line of {@code nm}. */
    private boolean isMap() {
        String start = new String(in.array(), 0, Math.min(in.limit(), 256), StandardCharsets.ISO_8859_1);
        return MAP_LINE.matcher(start.lines().findFirst().orElse("")).matches();
    }

    private void readMap() {
        int number = 0;
        for (String line : (Iterable<String>) new String(in.array(), StandardCharsets.UTF_8).lines()::iterator) {
            number++;
            Matcher matcher = MAP_LINE.matcher(line);
            if (!matcher.matches()) {
                throw new BadImage(file, "line " + number + ": expected an address, a type and a name");
            }
            long value = Long.parseUnsignedLong(matcher.group(1), 16);
            if (matcher.group(2).equalsIgnoreCase("a")) {
                absolute.put(matcher.group(3), value);
            } else {
                put(value, matcher.group(3), 0);
            }
        }
    }

    private void put(long value, String name, long length) {
        Symbol there = byAddress.putIfAbsent(value, new Symbol(name, length, new ArrayList<>()));
        if (there != null) {
            there.others.add(name);
        }
    }

    private void readSections() {
        int count = in.getShort(wide ? 60 : 48) & 0xffff;
        for (int i = 0; i < count; i++) {
            Section section = section(i);
            if (section.type == SHT_SYMTAB || section.type == SHT_DYNSYM) {
                readSymbols(section, section(section.link));
            }
        }
    }

    private Section section(int number) {
        long table = wide ? in.getLong(40) : in.getInt(32) & 0xffff_ffffL;
        int at = Math.toIntExact(table + (long) number * (in.getShort(wide ? 58 : 46) & 0xffff));
        return wide
                ? new Section(in.getInt(at + 4), in.getLong(at + 24), in.getLong(at + 32), in.getInt(at + 40))
                : new Section(in.getInt(at + 4), in.getInt(at + 16), in.getInt(at + 20), in.getInt(at + 24));
    }

    private void readSymbols(Section table, Section strings) {
        int size = wide ? 24 : 16;
        for (long at = table.offset; at + size <= table.offset + table.size; at += size) {
            int p = Math.toIntExact(at);
            int info = in.get(p + (wide ? 4 : 12)) & 15;
            int section = in.getShort(p + (wide ? 6 : 14)) & 0xffff;
            long value = wide ? in.getLong(p + 8) : in.getInt(p + 4) & 0xffff_ffffL;
            long length = wide ? in.getLong(p + 16) : in.getInt(p + 8) & 0xffff_ffffL;
            String name = name(strings.offset + in.getInt(p));
            if (section == SHN_ABS) {
                absolute.put(name, value);
            } else if (!name.isEmpty() && info <= STT_FUNC && section != SHN_UNDEF) {
                put(value, name, length);
            }
        }
    }

    private String name(long offset) {
        int start = Math.toIntExact(offset);
        int end = start;
        while (in.get(end) != 0) {
            end++;
        }
        return new String(in.array(), start, end - start, StandardCharsets.UTF_8);
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

    /** The address, with its name if it has one. */
    public String describe(long address) {
        String number = "0x" + Long.toHexString(address);
        return find(address).map(name -> number + " <" + name + ">").orElse(number);
    }
}
