package dev.ringscope.cli;

import dev.ringscope.proto.trace.v1.VectorCount;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.symbols.Symbols;
import dev.ringscope.trace.symbols.Vectors;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What {@code top} says.
 *
 * @param count lines of each list
 * @param code instructions executed by place
 * @param roots instructions executed by translation root
 */
record TopSummary(TraceReader trace, Symbols symbols, int count, Map<Code, Long> code, Map<Long, Long> roots) {
    /**
     * Where instructions were executed.
     *
     * @param address linear address of a function, or of a block that is in none
     * @param rings bit n: in ring n
     */
    record Code(long address, int rings) {
        private List<Integer> list() {
            return java.util.stream.IntStream.range(0, 4)
                    .filter(ring -> (rings >> ring & 1) != 0)
                    .boxed()
                    .toList();
        }

        private String text() {
            return String.join(",", list().stream().map(String::valueOf).toList());
        }
    }

    private <K> List<Map.Entry<K, Long>> most(Map<K, Long> counts, Comparator<K> then) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<K, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey(then)))
                .limit(count)
                .toList();
    }

    private List<Map.Entry<Code, Long>> hottest() {
        return most(
                code, Comparator.comparing(Code::address, Long::compareUnsigned).thenComparing(Code::rings));
    }

    private List<VectorCount> vectors() {
        return trace.index().getTotals().getVectorsList().stream()
                .sorted(Comparator.comparingLong(VectorCount::getCount).reversed())
                .limit(count)
                .toList();
    }

    String text(Map<String, Long> registers) {
        StringBuilder out = new StringBuilder();
        long end = trace.endPosition();
        List<Long> rings = trace.index().getTotals().getRingInstructionsList();
        out.append(String.format(Locale.ROOT, "%,d instructions%n", end));
        for (int ring = 0; ring < rings.size(); ring++) {
            line(out, rings.get(ring), end, "ring " + ring);
        }
        out.append(symbols.isEmpty() ? "\nblocks\n" : "\nfunctions\n");
        hottest()
                .forEach(e -> line(
                        out,
                        e.getValue(),
                        end,
                        "ring %-3s %s".formatted(e.getKey().text(), symbols.describe(e.getKey().address))));
        list(out, "address spaces", most(roots, Long::compareUnsigned), end, root -> "cr3 0x" + Long.toHexString(root));
        out.append("\nexceptions and interrupts\n");
        vectors().forEach(v -> line(out, v.getCount(), 0, Vectors.describe(v)));
        list(out, "system registers written", most(registers, Comparator.naturalOrder()), 0, name -> name);
        return out.toString();
    }

    private static <K> void list(
            StringBuilder out, String title, List<Map.Entry<K, Long>> most, long of, Function<K, String> name) {
        out.append('\n').append(title).append('\n');
        most.forEach(e -> line(out, e.getValue(), of, name.apply(e.getKey())));
    }

    private static void line(StringBuilder out, long number, long of, String what) {
        String share = of == 0 ? "       " : String.format(Locale.ROOT, "%5.1f %%", 100.0 * number / of);
        if (number > 0) {
            out.append(String.format(Locale.ROOT, "  %,17d %s  %s%n", number, share, what));
        }
    }

    String json(Map<String, Long> registers) {
        Json vectors = new Json();
        vectors().forEach(v -> vectors.put(Integer.toString(v.getVector()), v.getCount()));
        Json written = new Json();
        most(registers, Comparator.naturalOrder()).forEach(e -> written.put(e.getKey(), e.getValue()));
        return new Json()
                        .put("instructions", trace.endPosition())
                        .put("ring_instructions", trace.index().getTotals().getRingInstructionsList())
                        .put("code", hottest().stream().map(this::json).toList())
                        .put(
                                "address_spaces",
                                most(roots, Long::compareUnsigned).stream()
                                        .map(e -> new Json()
                                                .hex("cr3", e.getKey())
                                                .put("instructions", e.getValue()))
                                        .toList())
                        .put("vectors", vectors)
                        .put("system_register_writes", written)
                + "\n";
    }

    private Json json(Map.Entry<Code, Long> e) {
        Json json = new Json()
                .hex("address", e.getKey().address)
                .put("rings", e.getKey().list())
                .put("instructions", e.getValue());
        symbols.find(e.getKey().address).ifPresent(name -> json.put("name", name));
        return json;
    }
}
