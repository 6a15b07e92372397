package dev.ringscope.cli.report;

import dev.ringscope.trace.query.SystemCalls;
import dev.ringscope.trace.query.SystemCalls.SystemCall;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** System calls by number, with the names that Linux has for them: how many, how long, how many failed. */
final class SystemCallTable implements Section {
    private static final int MOST = 1000;
    private static final long OTHERS = -1;

    private record Sort(SystemCalls.Abi abi, long number) implements Comparable<Sort> {
        @Override
        public int compareTo(Sort other) {
            int order = abi.compareTo(other.abi);
            return order == 0 ? Long.compare(number, other.number) : order;
        }
    }

    private static final class Sum {
        private String name = "";
        private long count;
        private long errors;
        private long returned;
        private long instructions;
        private long longest;
        private long slowest;
        private long first = Long.MAX_VALUE;
        private long last;

        void add(SystemCall call) {
            name = call.name().orElse("");
            count++;
            errors += call.error().isPresent() ? 1 : 0;
            first = Math.min(first, call.position());
            last = Math.max(last, call.position());
            if (call.ending() == SystemCalls.End.RETURNED) {
                returned++;
                instructions += call.duration();
                slowest = call.duration() > longest ? call.position() : slowest;
                longest = Math.max(longest, call.duration());
            }
        }
    }

    private final Map<Sort, Sum> sums = new TreeMap<>();

    void add(SystemCall call) {
        sum(call).add(call);
    }

    /** A guest may make up numbers; those for which there is no room are summed up. */
    private Sum sum(SystemCall call) {
        Sort sort = new Sort(call.abi(), call.number());
        boolean room = sums.size() < MOST || sums.containsKey(sort);
        return sums.computeIfAbsent(room ? sort : new Sort(call.abi(), OTHERS), _ -> new Sum());
    }

    @Override
    public String name() {
        return "syscalls";
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        out.list();
        for (var entry : sums.entrySet()) {
            Sum sum = entry.getValue();
            out.object()
                    .put("number", entry.getKey().number)
                    .put("abi", entry.getKey().abi == SystemCalls.Abi.X86_64 ? "x86-64" : "i386")
                    .put("name", sum.name)
                    .put("count", sum.count)
                    .put("errors", sum.errors)
                    .put("returned", sum.returned)
                    .put("instructions", sum.instructions)
                    .put("longest", sum.longest)
                    .put("slowest", sum.slowest)
                    .put("first", sum.first)
                    .put("last", sum.last)
                    .endObject();
        }
        out.endList();
    }
}
