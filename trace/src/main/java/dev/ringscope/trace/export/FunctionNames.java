package dev.ringscope.trace.export;

import dev.ringscope.trace.query.CallTree.Kind;
import dev.ringscope.trace.symbols.Symbols;
import java.util.HashMap;
import java.util.Map;

/** What the calls of a profile are called: their symbol, else their address; and how they came about. */
final class FunctionNames {
    private static final int KNOWN = 1 << 17;
    private static final long ROOT = ~0xfffL;

    private record Function(Kind kind, long address, int vector) {}

    private final Symbols symbols;
    private final Map<Function, String> known = new HashMap<>();

    FunctionNames(Symbols symbols) {
        this.symbols = symbols;
    }

    /** @param function linear address of it, or within */
    String of(Kind kind, long function, int vector) {
        Function wanted = new Function(kind, function, vector);
        String name = known.get(wanted);
        if (name == null) {
            name = name(kind, function, vector);
            if (known.size() < KNOWN) {
                known.put(wanted, name);
            }
        }
        return name;
    }

    private String name(Kind kind, long function, int vector) {
        return switch (kind) {
            case ROOT -> "root";
            case FUNCTION -> plain(function);
            case ENTRY -> plain(function) + " (entry)";
            case INTERRUPT -> plain(function) + " (vector 0x%02x)".formatted(vector);
            case SIGNAL -> plain(function) + " (signal)";
            case OTHER -> "others";
        };
    }

    private String plain(long function) {
        long start = symbols.start(function).orElse(function);
        return symbols.find(start).orElseGet(() -> "0x" + Long.toHexString(start));
    }

    /** Of a tree's root. */
    static String space(int ring, long root) {
        return "ring %d CR3 0x%x".formatted(ring, root & ROOT);
    }
}
