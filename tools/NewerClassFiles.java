import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives the class files of a library in a jar that were compiled for Java 5 the format of Java 21, stack maps
 * included. Java's ahead-of-time cache holds none of an older format (JEP 483), so they would be read from the jar and
 * verified in the old way at every start: picocli's cost 0.25 s of processor time.
 *
 * <p>{@code java NewerClassFiles.java JAR FOLDER}: the folder inside the jar, with everything below it.
 */
final class NewerClassFiles {
    /** The first class file version that the cache takes (Java 6), and the one that is written (Java 21). */
    private static final int OLDEST = 50;

    private static final int WRITTEN = 65;

    private NewerClassFiles() {}

    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        try (FileSystem files = FileSystems.newFileSystem(jar);
                URLClassLoader library = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                Stream<Path> below = Files.walk(files.getPath(arguments[1]))) {
            ClassFile format = ClassFile.of(
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(library)
                            .orElse(ClassHierarchyResolver.defaultResolver())));
            List<Path> classes =
                    below.filter(path -> path.toString().endsWith(".class")).toList();
            for (Path each : classes) {
                ClassModel old = format.parse(Files.readAllBytes(each));
                if (old.majorVersion() < OLDEST) {
                    Files.write(each, newer(format, old));
                }
            }
        }
    }

    private static byte[] newer(ClassFile format, ClassModel old) {
        // Bodies that are handed on as they are would be copied without stack maps.
        ClassTransform bodies =
                ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(() -> CodeBuilder::with));
        return format.transformClass(
                old, bodies.andThen(ClassTransform.endHandler(written -> written.withVersion(WRITTEN, 0))));
    }
}
