package dev.ringscope.cli;

import dev.ringscope.cli.symbols.SymbolFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope symbols}: a symbol file out of a Linux kernel that has none beside it. */
@Command(
        name = "symbols",
        description =
                "Write an ELF file with the symbols of a stripped Linux kernel, out of its own symbol table, and with"
                        + " what a debugger needs to unwind its stacks.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SymbolsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KERNEL", description = "A bzImage or a vmlinux.")
    private Path kernel;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The ELF file to write.")
    private Path output;

    @Option(names = "--force", description = "Overwrite the file if it is there.")
    private boolean force;

    @Option(names = "--quiet", description = "No messages but errors.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        InputFile.check(kernel);
        OutputFile.check(output, force);
        SymbolFile.Content content = SymbolFile.of(kernel.toString(), Files.readAllBytes(kernel));
        Files.write(output, content.elf());
        if (!quiet) {
            System.err.printf(
                    "ringscope: %s: %,d symbols, %s%n",
                    output,
                    content.symbols(),
                    content.unwinding() ? "with unwinding" : "without unwinding: the kernel has no ORC tables");
        }
        return ExitStatus.OK;
    }
}
