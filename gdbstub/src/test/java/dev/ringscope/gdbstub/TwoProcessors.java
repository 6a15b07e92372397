package dev.ringscope.gdbstub;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A target for tests: two processors, each of which only counts its pc up, by one an instruction. Memory is one page of
 * zeros.
 */
final class TwoProcessors implements Target {
    private final TargetDescription description = X86Description.machine();
    private final List<GuestThread> threads = List.of(new Cpu(0, 0x1000), new Cpu(1, 0x2000));
    Resume lastResume;

    @Override
    public TargetDescription description() {
        return description;
    }

    @Override
    public List<GuestThread> threads() {
        return threads;
    }

    @Override
    public Set<ProgramFeature> programFeatures() {
        return Set.of(ProgramFeature.SIGINFO);
    }

    /** All processors that may run execute in turn. */
    @Override
    public Stop resume(Resume how) {
        lastResume = how;
        while (!how.interrupt().requested()) {
            for (GuestThread thread : threads) {
                Cpu cpu = (Cpu) thread;
                if (how.actions().containsKey(cpu.id())) {
                    cpu.pc++;
                }
            }
            for (GuestThread thread : threads) {
                if (how.actions().containsKey(thread.id()) && how.breakpoints().at(((Cpu) thread).pc)) {
                    return new Stop.Breakpoint(thread.id(), ((Cpu) thread).pc);
                }
            }
            if (how.stepping().isPresent()) {
                return new Stop.StepDone(how.stepping().getAsInt());
            }
        }
        return new Stop.Interrupted(1);
    }

    private final class Cpu implements GuestThread, RegisterFile, Memory {
        private final int core;
        private long pc;

        Cpu(int core, long pc) {
            this.core = core;
            this.pc = pc;
        }

        @Override
        public int id() {
            return core + 1;
        }

        @Override
        public int core() {
            return core;
        }

        @Override
        public String describe() {
            return "CPU" + core + " <ring3 & more>";
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
            return Optional.of(new byte[] {5, 0, 0, (byte) core});
        }

        @Override
        public byte[] read(Register register) {
            return switch (register.name()) {
                case "rip" -> register.encode(pc);
                // As a recording that doesn't hold them would have it.
                case "cr2" -> new byte[0];
                default -> register.encode(0);
            };
        }

        @Override
        public void write(Register register, byte[] value) throws RefusedException {
            throw new RefusedException("read-only");
        }

        @Override
        public int read(long address, byte[] into, int offset, int length) {
            return address >>> 12 == 1 ? (int) Math.min(length, 0x2000 - address) : 0;
        }

        @Override
        public void write(long address, byte[] data) throws RefusedException {
            throw new RefusedException("read-only");
        }
    }
}
