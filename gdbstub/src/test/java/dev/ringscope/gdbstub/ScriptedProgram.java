package dev.ringscope.gdbstub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A user program for tests that executes nothing: each run ends with the next of the given stops. When there are no
 * more it lasts until it is interrupted.
 */
final class ScriptedProgram implements Target {
    private final TargetDescription description = X86Description.linuxProgram();
    private final Deque<Runnable> before = new ArrayDeque<>();
    private final Deque<Stop> stops = new ArrayDeque<>();
    private final List<GuestThread> threads = new ArrayList<>();
    final List<Resume> resumes = new CopyOnWriteArrayList<>();
    byte[] siginfo = {11, 0, 0, 0, 0, 0, 0, 0};

    ScriptedProgram() {
        begins(1);
    }

    ScriptedProgram then(Stop stop) {
        return then(() -> {}, stop);
    }

    /** @param happening what goes on in the program before this stop */
    ScriptedProgram then(Runnable happening, Stop stop) {
        before.add(happening);
        stops.add(stop);
        return this;
    }

    final void begins(int id) {
        threads.add(new Task(id));
    }

    void ends(int id) {
        threads.removeIf(t -> t.id() == id);
    }

    Resume lastResume() {
        return resumes.getLast();
    }

    @Override
    public TargetDescription description() {
        return description;
    }

    @Override
    public List<GuestThread> threads() {
        return threads;
    }

    @Override
    public Stop resume(Resume how) {
        resumes.add(how);
        if (stops.isEmpty()) {
            CountDownLatch wish = new CountDownLatch(1);
            how.interrupt().onRequest(wish::countDown);
            try {
                wish.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return new Stop.Interrupted(threads.getFirst().id());
        }
        before.remove().run();
        return stops.remove();
    }

    @Override
    public Set<ProgramFeature> programFeatures() {
        return EnumSet.allOf(ProgramFeature.class);
    }

    @Override
    public boolean runsDetached() {
        return true;
    }

    private final class Task implements GuestThread, RegisterFile, Memory {
        private final int id;

        Task(int id) {
            this.id = id;
        }

        @Override
        public int id() {
            return id;
        }

        @Override
        public int core() {
            return 0;
        }

        @Override
        public String describe() {
            return "ring3";
        }

        @Override
        public Optional<String> name() {
            return Optional.of("worker \"" + id + "\"");
        }

        @Override
        public RegisterFile registers() {
            return this;
        }

        @Override
        public Memory memory() {
            return this;
        }

        @Override
        public Optional<byte[]> siginfo() {
            return Optional.of(siginfo.clone());
        }

        @Override
        public void writeSiginfo(byte[] changed) {
            siginfo = changed;
        }

        @Override
        public OptionalLong threadLocal(long offset) {
            return OptionalLong.of(0x7000L * id + offset);
        }

        @Override
        public byte[] read(Register register) {
            return register.encode(0x401000);
        }

        @Override
        public void write(Register register, byte[] value) {}

        @Override
        public int read(long address, byte[] into, int offset, int length) {
            return 0;
        }

        @Override
        public void write(long address, byte[] data) throws RefusedException {
            throw new RefusedException("no memory");
        }
    }
}
