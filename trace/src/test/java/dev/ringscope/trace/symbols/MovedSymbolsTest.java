package dev.ringscope.trace.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symbols of what does not run where it was linked. */
class MovedSymbolsTest {
    @TempDir
    Path folder;

    @Test
    void anOffsetMovesPlacesButNotNumbers() throws IOException {
        Path file = Files.writeString(
                folder.resolve("kallsyms"),
                "0000000000000020 A current_task\nffffffff81000000 T _text\nffffffff81000100 t second\n");
        Symbols symbols = new Symbols();
        symbols.add(file, 0x1000_0000);
        symbols.add(Files.writeString(folder.resolve("map"), "0000000000400000 T main\n"), -0x1000);

        assertThat(symbols.find(0xffff_ffff_9100_0010L)).contains("_text+0x10");
        assertThat(symbols.find(0xffff_ffff_8100_0010L)).isEmpty();
        assertThat(symbols.address("second")).hasValue(0xffff_ffff_9100_0100L);
        assertThat(symbols.address("current_task")).hasValue(0x20);
        assertThat(symbols.find(0x3f_f000)).contains("main");
    }
}
