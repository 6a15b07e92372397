package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Outside;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.device.ByteSink;
import dev.ringscope.emulator.x86.Registers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A program to be run by the built-in guest kernel, and what came of it. */
final class GuestProgram {
    private static final long LIMIT = 400_000_000;

    /** What one run came to. The last four are those of the machine's end. */
    record Outcome(
            byte[] output,
            byte[] errors,
            List<Event> events,
            StopReason reason,
            int status,
            String explanation,
            long position,
            Map<String, List<Long>> registers) {

        /** One character for each byte. */
        String text() {
            return new String(output, StandardCharsets.ISO_8859_1);
        }

        String errorText() {
            return new String(errors, StandardCharsets.ISO_8859_1);
        }

        /** Everything for a message when an assertion fails. */
        String story() {
            return "%s, status %d, %s, after %d instructions; standard error: %s"
                    .formatted(reason, status, explanation, position, errorText());
        }

        <E extends Event> List<E> events(Class<E> sort) {
            return events.stream().filter(sort::isInstance).map(sort::cast).toList();
        }
    }

    private final Path file;
    private final List<String> arguments = new ArrayList<>();
    private List<String> environment = List.of("PATH=/usr/bin:/bin", "LANG=C");
    private Path root;
    private InputStream input = InputStream.nullInputStream();
    private int megabytes = 64;
    private int bytesTaken = Integer.MAX_VALUE;

    GuestProgram(Path file, String... arguments) {
        this.file = file;
        this.arguments.add(file.toString());
        this.arguments.addAll(List.of(arguments));
    }

    GuestProgram named(String name) {
        arguments.set(0, name);
        return this;
    }

    GuestProgram root(Path folder) {
        root = folder;
        return this;
    }

    GuestProgram input(byte[] bytes) {
        return input(new ByteArrayInputStream(bytes));
    }

    GuestProgram input(InputStream stream) {
        input = stream;
        return this;
    }

    GuestProgram environment(String... variables) {
        environment = List.of(variables);
        return this;
    }

    /** Nobody reads what the program says after that many bytes. */
    GuestProgram brokenAfter(int bytes) {
        bytesTaken = bytes;
        return this;
    }

    GuestProgram memory(int newMegabytes) {
        megabytes = newMegabytes;
        return this;
    }

    Outcome run() throws IOException {
        return start().finish();
    }

    /** A program that a test runs piece by piece. */
    static final class Live {
        private final Machine machine;
        private final Streams streams;
        private final EventCollector collector = new EventCollector();

        private Live(Machine machine, Streams streams) {
            this.machine = machine;
            this.streams = streams;
            machine.setRecorder(collector);
        }

        Machine machine() {
            return machine;
        }

        ProcessView view() {
            return ProcessView.of(machine).orElseThrow();
        }

        /** Runs to one of these linear addresses. */
        void runTo(Long... addresses) {
            machine.setBreakpoints(Set.of(addresses), Set.of());
            StopReason reason = machine.run(LIMIT);
            assertThat(reason).as(machine.explanation()).isEqualTo(StopReason.BREAKPOINT);
        }

        Outcome finish() {
            machine.setBreakpoints(Set.of(), Set.of());
            return GuestProgram.finish(machine, streams, collector);
        }
    }

    Live start() throws IOException {
        return start(new Streams(bytesTaken));
    }

    private Live start(Streams streams) throws IOException {
        Machine machine = machine(megabytes, new Wiring(null), streams);
        machine.device("linux", HypercallPort.class)
                .attach(new LinuxProcess(machine, file, arguments, environment, root, input));
        return new Live(machine, streams);
    }

    /** Runs what was recorded, from the answers to its hypercalls alone. */
    Outcome replay(List<Event> events) {
        return replayed(events).finish();
    }

    /** A replay that a test runs piece by piece. */
    Live replayed(List<Event> events) {
        Outside outside = Outside.recorded();
        List<Event.Input> given = new ArrayList<>();
        Streams streams = new Streams(Integer.MAX_VALUE);
        Machine machine = machine(megabytes, new Wiring(outside), streams);
        for (Event event : events) {
            if (event instanceof Event.Input input) {
                if (machine.receives(input.source())) {
                    given.add(input);
                } else {
                    outside.learn(input.source(), input.data());
                }
            }
        }
        machine.setScript(new Script(given));
        return new Live(machine, streams);
    }

    private record Streams(ByteArrayOutputStream output, ByteArrayOutputStream errors, int taken) {
        Streams(int taken) {
            this(new ByteArrayOutputStream(), new ByteArrayOutputStream(), taken);
        }

        ByteSink out() {
            return new ByteSink() {
                private boolean broken;

                @Override
                public void accept(int value) {
                    broken = output.size() >= taken;
                    if (!broken) {
                        output.write(value);
                    }
                }

                @Override
                public boolean broken() {
                    return broken;
                }
            };
        }
    }

    private static Machine machine(int megabytes, Wiring wiring, Streams streams) {
        List<MachineDescription.Device> devices = new ArrayList<>(Machine.standardDevices());
        devices.add(new MachineDescription.Device("linux", new TreeMap<>()));
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                (long) megabytes << 20,
                0,
                devices,
                "program",
                "test",
                List.of(),
                new TreeMap<>(),
                List.of());
        wiring.connect("stdout", streams.out()).connect("stderr", streams.errors::write);
        Machine machine = new Machine(description, new byte[0], wiring, false);
        machine.load(new ProgramLoader());
        return machine;
    }

    private static Outcome finish(Machine machine, Streams streams, EventCollector collector) {
        StopReason reason = machine.run(LIMIT);
        Map<String, List<Long>> registers = new TreeMap<>();
        Registers.list()
                .forEach(r -> registers.put(
                        r.name(),
                        Arrays.stream(Registers.readWords(machine.cpu(), r.name()))
                                .boxed()
                                .toList()));
        return new Outcome(
                streams.output.toByteArray(),
                streams.errors.toByteArray(),
                collector.events(),
                reason,
                machine.exitStatus(),
                machine.explanation(),
                machine.position(),
                registers);
    }
}
