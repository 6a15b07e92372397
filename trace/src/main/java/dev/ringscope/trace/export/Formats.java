package dev.ringscope.trace.export;

import java.util.List;
import java.util.Optional;

/** All formats that a recording can be written in. */
public final class Formats {
    /** In the order of the help. */
    public static final List<Exporter> ALL = List.of(
            new Perfetto(),
            new ChromeJson(),
            new Speedscope(),
            new Collapsed(),
            new Callgrind(),
            new Pprof(),
            new CallGraph(),
            new Vcd(),
            new Drcov(),
            new Lcov(),
            new Tenet(),
            new Parquet(),
            new Ctf());

    private Formats() {}

    public static Optional<Exporter> find(String name) {
        return ALL.stream().filter(format -> format.name().equals(name)).findFirst();
    }
}
