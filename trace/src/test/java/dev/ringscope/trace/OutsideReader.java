package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs that are not ours and read our traces: Python scripts of testdata/readers, and protoc. ./check installs what
 * they need.
 */
public final class OutsideReader {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path ROOT = Path.of(System.getProperty("ringscope.root", ".."));

    private OutsideReader() {}

    /** Runs a script of testdata/readers. @return its standard output */
    public static String python(String script, String... arguments) throws IOException, InterruptedException {
        need(PYTHON, "-c", "import google.protobuf, zstandard, grpc");
        need("protoc", "--version");
        List<String> command = new ArrayList<>(List.of(
                PYTHON, "-B", ROOT.resolve("testdata/readers").resolve(script).toString()));
        command.addAll(List.of(arguments));
        return run(command, null);
    }

    /** Runs a client of examples, in Python or for Node. @return its standard output */
    public static String example(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (script.endsWith(".js")) {
            need("node", "-e", "require('@grpc/grpc-js'); require('@grpc/proto-loader')");
            command.add("node");
        } else {
            need(PYTHON, "-c", "import google.protobuf, grpc");
            need("protoc", "--version");
            command.addAll(List.of(PYTHON, "-B"));
        }
        command.add(ROOT.resolve("examples").resolve(script).toString());
        command.addAll(List.of(arguments));
        return run(command, null);
    }

    /** With the packages of Node that tools/fetch downloaded. */
    private static ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .put(
                        "NODE_PATH",
                        ROOT.resolve(".cache/npm/node_modules").toAbsolutePath().toString());
        return builder;
    }

    /** The text that protoc makes of a whole, uncompressed trace. */
    static String protoc(Path trace) throws IOException, InterruptedException {
        need("protoc", "--version");
        List<String> command = List.of(
                "protoc",
                "--proto_path=" + ROOT.resolve("proto/src/main/proto"),
                "--decode=dev.ringscope.trace.v1.Trace",
                "dev/ringscope/trace/v1/trace.proto");
        return run(command, trace);
    }

    private static String run(List<String> command, Path input) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("reader", ".err");
        try {
            ProcessBuilder builder = process(command).redirectError(errors.toFile());
            if (input != null) {
                builder.redirectInput(input.toFile());
            }
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("%s: %s", command, Files.readString(errors))
                    .isZero();
            return out;
        } finally {
            Files.delete(errors);
        }
    }

    private static void need(String... command) throws InterruptedException {
        boolean there;
        try {
            there = process(List.of(command))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            there = false;
        }
        String what = String.join(" ", command) + " works (tools/fetch installs it)";
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(there).as(what).isTrue();
        }
        Assumptions.assumeTrue(there, what);
    }
}
