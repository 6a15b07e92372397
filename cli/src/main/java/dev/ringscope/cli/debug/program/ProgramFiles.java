package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.emulator.user.ProcessView.Mapped;
import dev.ringscope.emulator.user.ProcessView.Origin;
import dev.ringscope.gdbstub.GuestFiles;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What gdb reads through the stub: the executable, and what of /proc/PID {@code info proc} and
 * {@code generate-core-file} look at (proc(5)). Nothing else of the host is to be had.
 */
final class ProgramFiles implements GuestFiles {
    private static final Pattern PROC = Pattern.compile("/proc/(\\d{1,9})/(?:task/\\d+/)?(\\w+)");
    private static final int PAGE = 4096, NAMES_AT = 73;

    private final Moves moves;

    ProgramFiles(Moves moves) {
        this.moves = moves;
    }

    @Override
    public SeekableByteChannel open(String path) throws IOException {
        ProcessView process = moves.process();
        if (path.equals(process.executable())) {
            return Files.newByteChannel(Path.of(path));
        }
        Matcher proc = PROC.matcher(path);
        if (!proc.matches() || !isIts(process, proc.group(1))) {
            throw new NoSuchFileException(path);
        }
        return switch (proc.group(2)) {
            case "exe" -> Files.newByteChannel(Path.of(process.executable()));
            case "maps" -> text(lines(process, m -> line(process, m)));
            case "smaps" -> text(lines(process, m -> line(process, m) + details(m)));
            case "cmdline" -> text(String.join("\0", process.arguments()) + "\0");
            case "comm" -> text(name(process) + "\n");
            case "stat" -> text(stat(process));
            case "status" -> text(status(process));
            case "auxv" -> new BytesChannel(process.auxiliaryVector());
            default -> throw new NoSuchFileException(path);
        };
    }

    /** On the wire the process has number 1, as every process that the stub knows. */
    private static boolean isIts(ProcessView process, String number) {
        return number.equals("1") || number.equals(String.valueOf(process.pid()));
    }

    private static SeekableByteChannel text(String text) {
        return new BytesChannel(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String lines(ProcessView process, Function<Mapped, String> line) {
        return process.mappings().stream().map(line).collect(Collectors.joining());
    }

    private static String line(ProcessView process, Mapped m) {
        boolean file = m.origin() == Origin.EXECUTABLE;
        long offset = file ? m.fileOffset() + m.start() - m.contentStart() & -PAGE : 0;
        String head = "%08x-%08x %sp %08x 00:00 %d "
                .formatted(m.start(), m.end(), ProgramMemory.rights(m), offset, file ? 1 : 0);
        String name = file ? process.executable() : name(process, m);
        return (name.isEmpty() ? head : "%-" + NAMES_AT + "s%s").formatted(head, name) + "\n";
    }

    private static String name(ProcessView process, Mapped m) {
        return m.contains(process.words(process.pid(), "rsp")[0]) ? "[stack]" : "";
    }

    private static String details(Mapped m) {
        long size = (m.end() - m.start()) / 1024;
        StringBuilder text = new StringBuilder();
        List.of("Size", "Rss", "Pss").forEach(n -> text.append(sized(n, size)));
        // Pages of a file that the program may have changed are its own: a core file must hold them.
        long own = m.origin() == Origin.ZEROS || (m.protection() & 2) != 0 ? size : 0;
        List.of("Private_Dirty", "Anonymous").forEach(n -> text.append(sized(n, own)));
        return text.append("VmFlags: rd mr mw me ac \n").toString();
    }

    private static String sized(String name, long kilobytes) {
        return "%-16s%8d kB%n".formatted(name + ":", kilobytes);
    }

    private static String name(ProcessView process) {
        return String.valueOf(Path.of(process.executable()).getFileName());
    }

    /** PID, name, state, parent, group, session; the rest is zeros: time is virtual, and nobody else is there. */
    private static String stat(ProcessView process) {
        int pid = process.pid();
        return "%d (%s) t 1 %d %d".formatted(pid, name(process), pid, pid) + " 0".repeat(46) + "\n";
    }

    private static String status(ProcessView process) {
        return """
                Name:\t%s
                State:\tt (tracing stop)
                Tgid:\t%d
                Pid:\t%d
                PPid:\t1
                Uid:\t0\t0\t0\t0
                Gid:\t0\t0\t0\t0
                Threads:\t%d
                """.formatted(
                name(process), process.pid(), process.pid(), process.threads().size());
    }
}
