package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.DescriptorTables;
import dev.ringscope.trace.explain.TableTree;
import dev.ringscope.trace.explain.View;
import dev.ringscope.trace.symbols.Symbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * {@code monitor kaslr}: how far a running Linux kernel has moved itself from where it was linked (its
 * Documentation/x86/x86_64/mm.rst). With symbols, from the handlers that LSTAR and the IDT name; else from where the
 * page tables begin to map the kernel, and the address that x86-64 kernels are linked to unless configured otherwise.
 */
record Kaslr(Guest guest, GuestSymbols symbols) implements GuestCommand {
    private static final long AREA = 0xffff_ffff_8000_0000L, AREA_END = 0xffff_ffff_c000_0000L;
    private static final long USUAL_TEXT = 0xffff_ffff_8100_0000L;
    private static final long ALIGNMENT = 1 << 21;
    private static final int BANNER_REACH = 96 << 20;
    private static final byte[] BANNER = "Linux version ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** Handlers by vector, with the names that kernels have given them. */
    private static final Map<Integer, List<String>> HANDLERS = new TreeMap<>(Map.of(
            0, List.of("asm_exc_divide_error", "divide_error"),
            13, List.of("asm_exc_general_protection", "general_protection"),
            14, List.of("asm_exc_page_fault", "page_fault")));

    /** @param from what says so */
    private record Evidence(long offset, String from) {}

    @Override
    public String name() {
        return "kaslr";
    }

    @Override
    public String summary() {
        return "[VMLINUX|System.map]: how far the running Linux kernel has moved itself, and what to tell gdb";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        String file = arguments.strip();
        Machine machine = guest.machine();
        if (!machine.cpu().longMode()) {
            throw new RefusedException("kaslr: the processor is not in long mode yet; run on into the kernel");
        }
        long text = textStart();
        Symbols read = file.isEmpty() ? new Symbols() : SymbolsCommand.read(file);
        List<Evidence> evidence = file.isEmpty()
                ? List.of(new Evidence(
                        text - USUAL_TEXT,
                        "the kernel is mapped from 0x%x on, and usually linked to 0x%x".formatted(text, USUAL_TEXT)))
                : evidence(read, text);
        long offset = agreed(evidence, file);
        if (!file.isEmpty()) {
            symbols.set(read, offset);
        }
        StringBuilder answer = new StringBuilder("kernel offset 0x%x%n".formatted(offset));
        evidence.forEach(e -> answer.append("  %s%n".formatted(e.from)));
        banner(text).ifPresent(banner -> answer.append("  at 0x%s%n".formatted(banner)));
        String vmlinux = file.isEmpty() || file.contains("System.map") ? "vmlinux" : file;
        return answer.append("in gdb, one of:%n  symbol-file -o 0x%x %s%n  add-symbol-file %s -o 0x%x%n"
                        .formatted(offset, vmlinux, vmlinux, offset))
                .toString();
    }

    /** Where the page tables begin to map the kernel's image. */
    private long textStart() throws RefusedException {
        long[] found = {0};
        new TableTree(guest.machine()).walk(guest.machine(), entry -> {
            boolean inside = Long.compareUnsigned(entry.linear(), AREA) >= 0
                    && Long.compareUnsigned(entry.linear(), AREA_END) < 0;
            if (entry.maps() && inside) {
                found[0] = entry.linear();
            }
            return found[0] == 0;
        });
        if (found[0] == 0) {
            throw new RefusedException("kaslr: the present page tables map nothing from 0x%x to 0x%x, where Linux lies;"
                            .formatted(AREA, AREA_END)
                    + " stop in the kernel");
        }
        return found[0] & -ALIGNMENT;
    }

    private List<Evidence> evidence(Symbols read, long text) {
        List<Evidence> found = new ArrayList<>();
        add(found, read, "entry_SYSCALL_64", guest.machine().cpu().lstar, "LSTAR");
        DescriptorTables tables = new DescriptorTables(guest.machine());
        HANDLERS.forEach((vector, names) -> {
            Optional<Descriptor> gate = tables.gate(vector).filter(Descriptor::present);
            names.forEach(name -> gate.ifPresent(
                    d -> add(found, read, name, d.gateOffset(), "the gate of vector %d".formatted(vector))));
        });
        add(found, read, "_text", text, "the first mapped page of the kernel");
        return found;
    }

    private static void add(List<Evidence> found, Symbols read, String name, long there, String what) {
        OptionalLong linked = read.address(name);
        if (linked.isPresent() && there != 0) {
            long offset = there - linked.getAsLong();
            found.add(new Evidence(
                    offset, "%s is 0x%x, %s is linked to 0x%x".formatted(what, there, name, linked.getAsLong())));
        }
    }

    /** The offset that most of the evidence gives, whole pages of 2 MiB. */
    private static long agreed(List<Evidence> evidence, String file) throws RefusedException {
        List<Evidence> whole =
                evidence.stream().filter(e -> (e.offset & ALIGNMENT - 1) == 0).toList();
        if (whole.isEmpty()) {
            String all = String.join("; ", evidence.stream().map(Evidence::from).toList());
            throw new RefusedException("kaslr: %s does not fit the running kernel: %s"
                    .formatted(file, all.isEmpty() ? "it has none of the symbols looked for" : all));
        }
        long best = whole.getFirst().offset;
        for (Evidence e : whole) {
            long votes = whole.stream().filter(o -> o.offset == e.offset).count();
            long bestVotes = votes(whole, best);
            best = votes > bestVotes ? e.offset : best;
        }
        return best;
    }

    private static long votes(List<Evidence> evidence, long offset) {
        return evidence.stream().filter(e -> e.offset == offset).count();
    }

    /** The kernel's own line about itself, with its address in front. */
    private Optional<String> banner(long text) {
        View view = View.linear(guest.machine());
        byte[] page = new byte[4096 + 256];
        for (long at = text; at < text + BANNER_REACH; at += 4096) {
            int there = view.read(at, page);
            for (int i = 0; i + BANNER.length < Math.min(there, 4096); i++) {
                if (page[i] == 'L' && java.util.Arrays.equals(page, i, i + BANNER.length, BANNER, 0, BANNER.length)) {
                    int end = i;
                    while (end < there && page[end] >= ' ') {
                        end++;
                    }
                    String line = new String(page, i, end - i, java.nio.charset.StandardCharsets.US_ASCII);
                    return Optional.of("%x: %s".formatted(at + i, line));
                }
            }
        }
        return Optional.empty();
    }
}
