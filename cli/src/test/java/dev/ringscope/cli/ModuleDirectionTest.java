package dev.ringscope.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The direction of imports: trace to proto and emulator; emulator and gdbstub to nothing else of ours; cli joins all.
 * Maven's modules forbid most of it; this also holds inside the fat jar's one class path and between packages.
 */
class ModuleDirectionTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.ringscope");

    @Test
    void theClassesOfEveryModuleAreLookedAt() {
        for (String module : new String[] {"proto", "emulator", "trace", "gdbstub", "cli"}) {
            assertThat(OURS.that(resideInAPackage("dev.ringscope." + module + "..")))
                    .as(module)
                    .isNotEmpty();
        }
    }

    @Test
    void emulatorImportsNothingElseOfOurs() {
        importsOfOursOnly("emulator");
    }

    @Test
    void gdbstubImportsNothingElseOfOurs() {
        importsOfOursOnly("gdbstub");
    }

    @Test
    void traceImportsProtoAndEmulator() {
        importsOfOursOnly("trace", "proto", "emulator");
    }

    @Test
    void protoImportsNothingElseOfOurs() {
        importsOfOursOnly("proto");
    }

    @Test
    void emulatorNeedsOnlyTheJdk() {
        noClasses()
                .that(resideInAPackage("dev.ringscope.emulator.."))
                .should()
                .dependOnClassesThat(DescribedPredicate.not(
                        resideInAnyPackage("dev.ringscope.emulator..", "java..", "javax.management..")))
                .check(OURS);
    }

    @Test
    void gdbstubNeedsOnlyTheJdk() {
        noClasses()
                .that(resideInAPackage("dev.ringscope.gdbstub.."))
                .should()
                .dependOnClassesThat(DescribedPredicate.not(resideInAnyPackage("dev.ringscope.gdbstub..", "java..")))
                .check(OURS);
    }

    /** But for Ctrl-C: a second one can only be seen with {@code sun.misc.Signal}. */
    @Test
    void nobodyReachesForUnsafe() {
        noClasses()
                .that(resideInAnyPackage(
                        "dev.ringscope.emulator..",
                        "dev.ringscope.trace..",
                        "dev.ringscope.gdbstub..",
                        "dev.ringscope.cli.."))
                .and(DescribedPredicate.not(simpleName("Interruption")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("sun..", "jdk.internal.."))
                .check(OURS);
    }

    /** Asserts that {@code module} imports, of all that is ours, only itself and {@code others}. */
    private static void importsOfOursOnly(String module, String... others) {
        String[] allowed = Arrays.copyOf(others, others.length + 1);
        allowed[others.length] = module;
        String[] packages = Arrays.stream(allowed)
                .map(name -> "dev.ringscope." + name + "..")
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> forbidden = resideInAPackage("dev.ringscope..")
                .and(DescribedPredicate.not(resideInAnyPackage(packages)))
                .as("of ours outside " + String.join(", ", allowed));
        noClasses()
                .that(resideInAPackage("dev.ringscope." + module + ".."))
                .should()
                .dependOnClassesThat(forbidden)
                .check(OURS);
    }
}
