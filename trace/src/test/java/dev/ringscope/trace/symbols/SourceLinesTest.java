package dev.ringscope.trace.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.boot.BadImage;
import dev.ringscope.trace.export.Judge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of what gcc compiles, compared with what binutils read there. */
class SourceLinesTest {
    private static final String HEADER = """
            static inline int twice(int n) {
                return n +
                    n;
            }
            """;
    private static final String MAIN = """
            #include "twice.h"
            int other(int n);
            int table[4] = {1, 2, 3, 4};

            static int sum(int n) {
                int all = 0;
                for (int i = 0; i < n; i++) {
                    all += twice(table[i & 3]);
                    if (all > 1000) all -= other(i);
                }
                return all;
            }

            void _start(void) {
                int n = sum(40);
            #line 500 "made/by a generator.y"
                for (;;) n = other(n);
            }
            """;
    private static final String OTHER = """
            #include "twice.h"
            int other(int n) {
                switch (n & 7) {
                    case 0: return twice(n);
                    case 3: return n * 5;
                    default: return n ^ 3;
                }
            }
            """;

    @TempDir
    Path folder;

    private Path compile(String... options) throws Exception {
        Files.createDirectories(folder.resolve("sub/include"));
        Files.writeString(folder.resolve("sub/include/twice.h"), HEADER);
        Files.writeString(folder.resolve("sub/main.c"), MAIN);
        Files.writeString(folder.resolve("sub/other.c"), OTHER);
        Path out = folder.resolve("program");
        List<String> command = new ArrayList<>(List.of("gcc", "-nostdlib", "-static", "-Isub/include"));
        command.addAll(List.of(options));
        command.addAll(List.of("sub/main.c", folder.resolve("sub/other.c").toString(), "-o", out.toString()));
        Judge.run(folder, command.toArray(String[]::new));
        return out;
    }

    private static Symbols symbols(Path program) throws IOException {
        Symbols symbols = new Symbols();
        symbols.add(program);
        return symbols;
    }

    private static String told(Symbols symbols, long address) {
        return symbols.line(address)
                .map(line -> line.file() + ":" + line.line())
                .orElse("none");
    }

    private static final Pattern ROW =
            Pattern.compile("(\\S.*?) +(\\d+|-) +(0x[0-9a-f]+|0)(?: +\\d+)?(?: +x)?(?: +END)?");

    /** Compares each byte of the code with objdump's rows, and the functions' whole paths with those of addr2line. */
    private void check(Path program) throws Exception {
        Map<Long, String> rows = new TreeMap<>();
        for (String line : Judge.run(folder, "objdump", "--dwarf=decodedline", program.toString())
                .lines()
                .toList()) {
            Matcher row = ROW.matcher(line.strip());
            if (row.matches()) {
                String name = row.group(2).equals("-") ? "none" : row.group(1) + ":" + row.group(2);
                rows.merge(Long.decode(row.group(3)), name, (a, b) -> b.equals("none") ? a : b);
            }
        }
        assertThat(rows).hasSizeGreaterThan(8);
        Symbols symbols = symbols(program);
        String expected = "none";
        for (long at = 0x401000 - 1; at < 0x401200; at++) {
            expected = rows.getOrDefault(at, expected);
            assertThat(symbols.line(at).map(SourceLine::brief).orElse("none"))
                    .as("line at 0x%x", at)
                    .isEqualTo(expected);
        }
        checkPaths(program, symbols);
    }

    private void checkPaths(Path program, Symbols symbols) throws Exception {
        for (String function : List.of("_start", "other")) {
            long at = symbols.address(function).orElseThrow();
            SourceLine line = symbols.line(at).orElseThrow();
            String told = Judge.run(folder, "addr2line", "-e", program.toString(), Long.toHexString(at));
            if (!told.contains("DWARF error")) { // it does not know the 64-bit format
                assertThat(told).isEqualTo(line.file() + ":" + line.line() + "\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2,0", "3,2", "4,0", "4,2", "5,0", "5,1", "5,2", "5,s"})
    void everyInstructionHasTheLineThatAddr2lineTells(String version, String optimised) throws Exception {
        check(compile("-gdwarf-" + version, "-O" + optimised));
    }

    @Test
    void theTablesOfThe64BitFormatAreRead() throws Exception {
        check(compile("-gdwarf-5", "-gdwarf64", "-O1"));
    }

    @Test
    void codeOfSectionsThatTheLinkerThrewAwayHasNoLines() throws Exception {
        Path program = compile("-g", "-O1", "-ffunction-sections", "-Wl,--gc-sections", "-Dunused=1");
        check(program);
        assertThat(symbols(program).line(0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"zlib", "zlib-gnu", "zstd"})
    void compressedSectionsAreUnpacked(String method) throws Exception {
        Path program = compile("-gdwarf-4", "-O1");
        Path packed = folder.resolve("packed");
        Judge.run(folder, "objcopy", "--compress-debug-sections=" + method, program.toString(), packed.toString());
        assertThat(Judge.run(folder, "readelf", "-SW", packed.toString())).containsPattern("\\.z?debug_info.*|C  ");
        check(packed);
    }

    @Test
    void aProgramWithoutThemHasNone() throws Exception {
        Symbols symbols = symbols(compile("-O1"));
        assertThat(symbols.haveLines()).isFalse();
        assertThat(symbols.line(symbols.address("other").orElseThrow())).isEmpty();
    }

    @Test
    void anObjectThatWasNotLinkedHasNone() throws Exception {
        compile("-g");
        Judge.run(folder, "gcc", "-g", "-c", "-Isub/include", "sub/other.c", "-o", "other.o");
        assertThat(symbols(folder.resolve("other.o")).line(4)).isEmpty();
    }

    /** Where a section's bytes are in the file. */
    private int[] place(Path program, String section) throws Exception {
        String row = Judge.run(folder, "readelf", "-SW", program.toString())
                .lines()
                .filter(line -> line.contains(" " + section + " "))
                .findFirst()
                .orElseThrow();
        String[] words = row.substring(row.indexOf(section)).split(" +");
        return new int[] {Integer.parseInt(words[3], 16), Integer.parseInt(words[4], 16)};
    }

    @ParameterizedTest
    @CsvSource({"4", "5"})
    void damagedTablesGiveOtherLinesOrAComplaintThatNamesFileAndOffset(String version) throws Exception {
        Path program = compile("-gdwarf-" + version, "-O2");
        byte[] whole = Files.readAllBytes(program);
        List<int[]> places = new ArrayList<>();
        for (String section : List.of(".debug_line", ".debug_info", ".debug_abbrev", ".debug_str")) {
            places.add(place(program, section));
        }
        Random random = new Random(20261123);
        Path damaged = folder.resolve("damaged");
        int complaints = 0;
        for (int n = 0; n < 400; n++) {
            byte[] bytes = whole.clone();
            int[] place = places.get(n % 2 == 0 ? 0 : random.nextInt(places.size()));
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[place[0] + random.nextInt(place[1])] = (byte) (random.nextBoolean() ? 0xff : random.nextInt(256));
            }
            Files.write(damaged, bytes);
            Symbols symbols = symbols(damaged);
            try {
                told(symbols, 0x401000);
            } catch (BadImage e) {
                complaints++;
                assertThat(e.getMessage())
                        .startsWith(damaged + ": section .debug_")
                        .contains(", offset 0x", "expected");
            }
        }
        assertThat(complaints).isBetween(40, 360);
    }

    @Test
    void aTableThatSaysItHasBillionsOfNamesIsRefused() throws Exception {
        Path program = compile("-gdwarf-5", "-O0");
        byte[] bytes = Files.readAllBytes(program);
        int[] place = place(program, ".debug_line");
        // behind the unit's header: its opcodes' operands, a format of one pair, then the number of folders
        int formats = place[0] + 18 + Byte.toUnsignedInt(bytes[place[0] + 17]) - 1;
        int count = formats + 1 + 2 * bytes[formats];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(count, 0x7fff_ffff);
        Files.write(program, bytes);
        Symbols symbols = symbols(program);
        assertThatThrownBy(() -> symbols.line(0x401000))
                .isInstanceOf(BadImage.class)
                .hasMessageContaining("expected as many entries as there is room for, found 2")
                .hasMessageContaining("section .debug_line, offset 0x");
    }

    @Test
    void aCompressedSectionThatLiesAboutItsSizeIsRefused() throws Exception {
        Path program = compile("-g", "-O2");
        Path packed = folder.resolve("packed");
        Judge.run(folder, "objcopy", "--compress-debug-sections=zlib", program.toString(), packed.toString());
        int[] place = place(packed, ".debug_line");
        for (long size : new long[] {1L << 40, -1, 100_000}) {
            byte[] bytes = Files.readAllBytes(packed);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(place[0] + 8, size);
            Path lying = folder.resolve("lying");
            Files.write(lying, bytes);
            Symbols symbols = symbols(lying);
            assertThatThrownBy(() -> symbols.line(0x401000))
                    .isInstanceOf(BadImage.class)
                    .hasMessageContaining("section .debug_line of ");
        }
    }

    @Test
    void allLinesThatAreToldAreFoundAgain() throws Exception {
        Symbols symbols = symbols(compile("-g", "-O2"));
        List<String> wrong = new ArrayList<>();
        int[] told = {0};
        symbols.sourceLines().getFirst().each((first, end, line, _) -> {
            told[0]++;
            for (long at : new long[] {first, end - 1}) {
                if (!symbols.line(at).orElseThrow().equals(line)) {
                    wrong.add(Long.toHexString(at));
                }
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(told[0]).isGreaterThan(10);
    }
}
