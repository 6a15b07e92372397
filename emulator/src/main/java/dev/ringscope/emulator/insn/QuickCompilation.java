package dev.ringscope.emulator.insn;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Has HotSpot compile regions of {@link Grade#QUICK} with C1 alone: a compiler directive (JEP 165), given to the
 * running machine as jcmd would. Where it is not taken such regions are compiled with C2 in the end, and cost more.
 */
public final class QuickCompilation {
    private static final String DIRECTIVE = """
            [ { match: "*%s*::run", c1: { inline: ["-%s::*"] }, c2: { Exclude: true } } ]
            """;

    private QuickCompilation() {}

    /** To be called once, before the first region. */
    public static void ask() {
        try {
            Path file = Files.createTempFile("ringscope", ".directive");
            try {
                Files.writeString(file, DIRECTIVE.formatted(Grade.QUICK.className, RegionAccess.class.getName()));
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "compilerDirectivesAdd",
                                new Object[] {new String[] {file.toString()}},
                                new String[] {String[].class.getName()});
            } finally {
                Files.delete(file);
            }
        } catch (IOException | JMException e) {
            // no directive: regions are slower to come, and right
        }
    }
}
