package dev.ringscope.trace.service;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.ringscope.proto.query.v1.ExportedFile;
import dev.ringscope.proto.query.v1.StartExportMetadata;
import dev.ringscope.proto.query.v1.StartExportRequest;
import dev.ringscope.proto.query.v1.StartExportResponse;
import dev.ringscope.trace.export.Exported;
import dev.ringscope.trace.export.Exporter;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Range;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** An export under way or done, as an operation: what it makes lies in a folder of its own. */
final class ExportRun implements Asker {
    /** As written by the exporter: a name of the whole where it makes one file. */
    private static final String ONE_FILE = "export";

    /** Nanoseconds between two times that what a folder holds is measured. */
    private static final long MEASURE = TimeUnit.MILLISECONDS.toNanos(100);

    private final long number;
    private final String name;
    private final StartExportRequest request;
    private final Exporter exporter;
    private final Range range;
    private final Path folder;
    private final long mostBytes;
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean cancelled;
    private volatile boolean discarded;
    private volatile Operation result;
    private volatile long used = System.nanoTime();
    private volatile long measured = System.nanoTime();

    ExportRun(
            long number,
            String name,
            StartExportRequest request,
            Exporter exporter,
            Range range,
            Path folder,
            long mostBytes) {
        this.number = number;
        this.name = name;
        this.request = request;
        this.exporter = exporter;
        this.range = range;
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    /** How many had been started when it was, from 1 on. */
    long number() {
        return number;
    }

    String name() {
        return name;
    }

    boolean done() {
        return result != null;
    }

    void cancel() {
        cancelled = true;
    }

    void touch() {
        used = System.nanoTime();
    }

    long idleNanos() {
        return System.nanoTime() - used;
    }

    /** Makes the export, on the thread that calls; failures become the operation's. */
    void run(Library library) {
        Operation.Builder end = Operation.newBuilder();
        try (Library.Lease lease = library.lease(request.getParent(), "parent", this)) {
            check();
            Files.createDirectories(folder);
            OpenTrace trace = lease.trace();
            write(new Exported(trace.recording(), range, trace.symbols(), this));
            end.setResponse(Any.pack(
                    StartExportResponse.newBuilder().addAllFiles(files()).build()));
        } catch (CancellationException e) {
            end.setError(Status.newBuilder().setCode(Code.CANCELLED_VALUE).setMessage("cancelled"));
        } catch (IOException | RuntimeException | Error e) {
            end.setError(io.grpc.protobuf.StatusProto.fromThrowable(Failures.status(e)));
        }
        touch();
        result = end.build();
    }

    /** Ends it, if it has not ended; nobody will read what it made. */
    void discard() {
        discarded = true;
        cancel();
    }

    /** Whether it ended without anything that will be read. */
    boolean leavesNothing() {
        return done() && (discarded || result.hasError());
    }

    private void write(Exported exported) throws IOException {
        switch (exporter) {
            case Exporter.ToFile one -> {
                try (OutputStream out =
                        new BufferedOutputStream(counted(Files.newOutputStream(folder.resolve(ONE_FILE))))) {
                    one.write(exported, out);
                }
            }
            case Exporter.ToFolder several -> several.write(exported, folder);
        }
    }

    private OutputStream counted(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] data, int from, int count) throws IOException {
                bounded(bytes.addAndGet(count));
                out.write(data, from, count);
            }
        };
    }

    private void bounded(long written) {
        if (written > mostBytes) {
            throw Refusal.busy(
                    "the export is longer than %d bytes, the most that this server keeps".formatted(mostBytes));
        }
    }

    @Override
    public void check() {
        if (cancelled) {
            throw new CancellationException("the operation was cancelled");
        }
        if (exporter instanceof Exporter.ToFolder && System.nanoTime() - measured > MEASURE) {
            bounded(measure());
            measured = System.nanoTime();
        }
    }

    private long measure() {
        try (Stream<Path> all = Files.walk(folder)) {
            long sum = all.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
            bytes.set(sum);
            return sum;
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // a file has just gone
        }
    }

    /** What it made; ascending by name. */
    List<ExportedFile> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> ExportedFile.newBuilder()
                            .setName(folder.relativize(file).toString())
                            .setBytes(file.toFile().length())
                            .build())
                    .sorted(Comparator.comparing(ExportedFile::getName))
                    .toList();
        }
    }

    /** @throws Refusal if it made no such file, or none yet */
    Path file(String wanted) throws IOException {
        if (!done() || !result.hasResponse()) {
            throw Refusal.notReady(name);
        }
        List<String> names = files().stream().map(ExportedFile::getName).toList();
        String file = wanted.isEmpty() && names.size() == 1 ? names.getFirst() : wanted;
        if (!names.contains(file)) {
            throw Refusal.field("file", "this export made %s, found \"%s\"".formatted(names, wanted));
        }
        return folder.resolve(file);
    }

    Operation message() {
        Operation end = result;
        return (end == null ? Operation.newBuilder() : end.toBuilder().setDone(true))
                .setName(name)
                .setMetadata(Any.pack(StartExportMetadata.newBuilder()
                        .setRequest(request)
                        .setBytes(bytes.get())
                        .build()))
                .build();
    }

    /** Deletes what it made; files of gigabytes take their time. */
    void forget() {
        try (Stream<Path> all = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            System.getLogger(ExportRun.class.getName())
                    .log(System.Logger.Level.WARNING, "what an export made cannot be deleted", e);
        }
    }
}
