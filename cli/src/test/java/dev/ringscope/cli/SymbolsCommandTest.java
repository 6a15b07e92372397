package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringscope symbols}: Debian's kernel, and files that are none, or damaged. */
class SymbolsCommandTest {
    @TempDir
    Path folder;

    private Cli.Result symbols(byte[] kernel) throws IOException {
        Path file = Files.write(folder.resolve("kernel"), kernel);
        Path output = folder.resolve("symbols.elf");
        return Cli.run("symbols", file.toString(), "-o", output.toString(), "--force");
    }

    @Test
    void namesWhatTheKernelItselfNames() throws IOException {
        Cli.Result result = symbols(Files.readAllBytes(Linux.kernel()));
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.err()).contains("symbols, with unwinding");
        Symbols names = new Symbols();
        names.add(folder.resolve("symbols.elf"));
        long text = names.address("_text").orElseThrow();
        assertThat(text).isEqualTo(0xffffffff81000000L);
        assertThat(names.address("start_kernel").orElseThrow())
                .isBetween(
                        names.address("_sinittext").orElseThrow(),
                        names.address("_einittext").orElseThrow());
        assertThat(names.address("jiffies").orElseThrow())
                .isEqualTo(names.address("jiffies_64").orElseThrow());
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        byte[] kernel = Files.readAllBytes(Linux.kernel());
        assertThat(symbols("no kernel".repeat(200).getBytes()).err()).contains("expected a bzImage or an ELF file");
        assertThat(symbols(Arrays.copyOf(kernel, 100_000)).err()).contains("expected a payload inside the file");
        byte[] damaged = kernel.clone();
        Arrays.fill(damaged, 1_000_000, 1_000_100, (byte) 0xff);
        Cli.Result result = symbols(damaged);
        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DATA);
        assertThat(result.errorLines()).hasSize(1);
        assertThat(result.err()).contains("kernel").contains("expected");
    }
}
