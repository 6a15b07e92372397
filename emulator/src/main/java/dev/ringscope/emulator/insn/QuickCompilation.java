package dev.ringscope.emulator.insn;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Has HotSpot compile regions of {@link Grade#QUICK}, and what makes regions, with C1 alone: compiler directives (JEP
 * 165), given to the running machine as jcmd would. Where they are not taken C2 compiles all that in the end, and a
 * Linux boot costs three times the processor time; nothing else depends on them.
 */
public final class QuickCompilation {
    private static final String DIRECTIVES = """
            [ { match: "*%s*::run", c1: { inline: ["-%s::*", "-%s::*"] }, c2: { Exclude: true } },
              { match: [%s], c2: { Exclude: true } } ]
            """;
    /** What makes the classes of regions and operations: it is busy for less time than C2 would take to compile it. */
    private static final String MAKERS = Stream.concat(
                    Stream.of(
                            "jdk.internal.classfile.impl.",
                            "jdk.internal.constant.",
                            "java.lang.classfile.",
                            "java.lang.constant.",
                            "java.lang.invoke.MemberName",
                            "java.lang.invoke.MethodType",
                            "sun.invoke.util."),
                    Stream.of(
                                    Spinner.class,
                                    RegionSpinner.class,
                                    RegionPlan.class,
                                    RegionLoops.class,
                                    RegionConstants.class,
                                    Emitter.class,
                                    PlanEmitter.class,
                                    QuickEmitter.class,
                                    BestEmitter.class,
                                    Conditions.class,
                                    FlagLife.class,
                                    PendingFlags.class,
                                    Homes.class,
                                    OpHomes.class,
                                    ProcessorHomes.class,
                                    ConstantHomes.class,
                                    LocalHomes.class)
                            .map(Class::getName))
            .map(QuickCompilation::methods)
            .collect(Collectors.joining("\", \"", "\"", "\", \"" + Regions.class.getName() + "::start*\""));

    /** As {@link #MAKERS}, each with a comma in front of it. */
    private static volatile String others = "";

    private QuickCompilation() {}

    /**
     * Keeps other classes from C2, too, which this process uses so seldom that it does not pay: to be called before
     * {@link #ask}.
     *
     * @param names what the names of classes begin with
     */
    public static void keepFromC2(List<String> names) {
        others = names.stream().map(name -> ", \"" + methods(name) + '"').collect(Collectors.joining());
    }

    /** Lambdas' classes have names that begin with their makers'. */
    private static String methods(String name) {
        return name + "*::*";
    }

    /**
     * To be called once, before the first region.
     *
     * @return what HotSpot says to it
     */
    public static String ask() {
        try {
            Path file = Files.createTempFile("ringscope", ".directive");
            try {
                Files.writeString(
                        file,
                        DIRECTIVES.formatted(
                                Grade.QUICK.className,
                                RegionAccess.class.getName(),
                                Access.class.getName(),
                                MAKERS + others));
                return (String) ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "compilerDirectivesAdd",
                                new Object[] {new String[] {file.toString()}},
                                new String[] {String[].class.getName()});
            } finally {
                Files.delete(file);
            }
        } catch (IOException | JMException e) {
            return e.toString(); // no directive: regions are slower to come, and right
        }
    }
}
