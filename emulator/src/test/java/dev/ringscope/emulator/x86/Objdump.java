package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Syntax;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The instructions that GNU objdump sees in a file of plain code, in one syntax, one after the other. */
final class Objdump implements AutoCloseable {
    /** One instruction; {@code text} as printed, without spaces at the end. */
    record Line(long address, String text) {}

    private final Process process;
    private final BufferedReader out;

    /**
     * @param mode code size in bytes: 2, 4, 8
     * @param address where the file's first byte is
     */
    Objdump(Path file, int mode, long address, Syntax syntax) throws IOException {
        String machine = mode == 8 ? "i386:x86-64" : mode == 4 ? "i386" : "i8086";
        // intel64: with 66 in front of near branches, Intel's and AMD's processors differ
        String options = (syntax == Syntax.INTEL ? "intel" : "att") + (mode == 8 ? ",intel64" : "");
        process = new ProcessBuilder(List.of(
                        "objdump",
                        "-D",
                        "-z",
                        "-w",
                        "--no-show-raw-insn",
                        "-b",
                        "binary",
                        "-m",
                        machine,
                        "-M",
                        options,
                        "--adjust-vma=" + Long.toUnsignedString(address),
                        file.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1 << 16);
    }

    /** Skips the test where there is no objdump, but fails it where everything must be there. */
    static void require() {
        try {
            new ProcessBuilder("objdump", "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            Assumptions.assumeTrue("1".equals(System.getenv("RINGSCOPE_CHECK")), "no objdump: " + e.getMessage());
            throw new IllegalStateException("objdump must be there (package binutils)", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next instruction, null behind the last. */
    Line next() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            int tab = line.indexOf(":\t");
            if (tab > 0) {
                long address = Long.parseUnsignedLong(line.substring(0, tab).trim(), 16);
                return new Line(address, line.substring(tab + 2).stripTrailing());
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        out.close();
        process.destroy();
    }
}
