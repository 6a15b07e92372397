package dev.ringscope.cli;

import dev.ringscope.emulator.insn.DirectCompilation;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What the launcher runs after a build, so that {@link DirectCompilation} finds its class: makes a jar of it for this
 * JDK. HotSpot gives the class all natives of its interface for tests, and prints a line for each that is not declared;
 * so those are declared that it asks for, and it is asked again.
 */
final class WhiteBoxJar {
    private static final ClassDesc BOX = ClassDesc.of(DirectCompilation.WHITE_BOX);
    private static final MethodTypeDesc VOID = MethodTypeDesc.of(ConstantDescs.CD_void);
    private static final MethodTypeDesc STRING_BY_STRING =
            MethodTypeDesc.of(ConstantDescs.CD_String, ConstantDescs.CD_String);
    private static final MethodTypeDesc EQUALS = MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object);
    private static final String VERSION = "java.vm.version";
    private static final int NATIVE = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC | ClassFile.ACC_NATIVE;
    private static final Pattern MISSED = Pattern.compile(
            "on register of " + Pattern.quote(DirectCompilation.WHITE_BOX) + "::(\\w+)(\\(\\S*\\)\\S+)");

    private record Native(String name, MethodTypeDesc type) {}

    private WhiteBoxJar() {}

    /** @param arguments the jar to make; none: to load the class, which is how HotSpot is asked */
    public static void main(String[] arguments) throws ReflectiveOperationException, IOException, InterruptedException {
        if (arguments.length == 0) {
            Class.forName(DirectCompilation.WHITE_BOX, true, null);
            return;
        }
        Path jar = Path.of(arguments[0]);
        Path unfinished = jar.resolveSibling(jar.getFileName() + ".new");
        try {
            write(unfinished, List.of());
            List<Native> natives = linesOf(unfinished).stream()
                    .map(WhiteBoxJar::missed)
                    .flatMap(Optional::stream)
                    .toList();
            write(unfinished, natives);
            if (linesOf(unfinished).isEmpty()) {
                Files.move(unfinished, jar, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static Optional<Native> missed(String line) {
        return MISSED.matcher(line)
                .results()
                .map(m -> new Native(m.group(1), MethodTypeDesc.ofDescriptor(m.group(2))))
                .findFirst();
    }

    /** What a Java prints that loads the class. */
    private static List<String> linesOf(Path jar) throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xbootclasspath/a:" + jar,
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:+WhiteBoxAPI",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WhiteBoxJar.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> lines = java.inputReader().lines().toList();
        if (java.waitFor() != 0) {
            throw new IOException("HotSpot has no such interface: " + lines);
        }
        return lines;
    }

    private static void write(Path jar, List<Native> natives) throws IOException {
        byte[] bytes = ClassFile.of().build(BOX, box -> {
            box.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL);
            declare(box, new Native("registerNatives", VOID));
            natives.forEach(n -> declare(box, n));
            box.withMethodBody(
                    ConstantDescs.CLASS_INIT_NAME, VOID, ClassFile.ACC_STATIC, WhiteBoxJar::registerUnderThisJdk);
        });
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry(DirectCompilation.WHITE_BOX.replace('.', '/') + ".class"));
            zip.write(bytes);
        }
    }

    /** Under another JDK it would print a line for each native that it knows in addition. */
    private static void registerUnderThisJdk(CodeBuilder code) {
        code.loadConstant(System.getProperty(VERSION)).loadConstant(VERSION);
        code.invokestatic(ClassDesc.of("java.lang.System"), "getProperty", STRING_BY_STRING);
        code.invokevirtual(ConstantDescs.CD_String, "equals", EQUALS);
        code.ifThen(same -> same.invokestatic(BOX, "registerNatives", VOID));
        code.return_();
    }

    private static void declare(ClassBuilder box, Native n) {
        box.withMethod(n.name, n.type, NATIVE, method -> {});
    }
}
