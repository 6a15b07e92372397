package dev.ringscope.trace.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Speedscope in a headless Chromium. */
final class Viewer {
    private static final Path ROOT =
            Path.of(System.getProperty("ringscope.root", "..")).toAbsolutePath().normalize();
    private static final Path MODULES = ROOT.resolve(".cache/npm/node_modules");

    private Viewer() {}

    /** What it shows of a profile, as text; it must not have complained. */
    static String open(Path profile) throws IOException, InterruptedException {
        Judge.need(Files.isDirectory(MODULES.resolve("speedscope")), "speedscope");
        Judge.need(Files.isDirectory(MODULES.resolve("playwright-core")), "playwright-core");
        Judge.run(profile.getParent(), "chromium", "--version");
        String script = ROOT.resolve("testdata/readers/speedscope.mjs").toString();
        return Judge.run(profile.getParent(), "node", script, MODULES.toString(), profile.toString());
    }
}
