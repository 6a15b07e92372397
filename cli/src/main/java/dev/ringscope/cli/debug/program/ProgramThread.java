package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.RegisterFile;
import java.util.Optional;
import java.util.OptionalLong;

/** A thread of the program. */
final class ProgramThread implements GuestThread {
    private final Moves moves;
    private final int tid;
    private final RegisterFile registers;
    private final Memory memory;
    private final Delivery delivery;

    ProgramThread(Moves moves, int tid, Memory memory, Delivery delivery, Restarts restarts) {
        this.moves = moves;
        this.tid = tid;
        this.memory = memory;
        this.delivery = delivery;
        registers = new ProgramRegisters(moves, tid, restarts);
    }

    @Override
    public int id() {
        return tid;
    }

    @Override
    public int core() {
        return 0;
    }

    @Override
    public String describe() {
        return moves.current() == tid ? "position=" + moves.machine().position() : "waits";
    }

    @Override
    public RegisterFile registers() {
        return registers;
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public Optional<byte[]> siginfo() {
        return Optional.of(delivery.information(tid));
    }

    @Override
    public void writeSiginfo(byte[] siginfo) throws RefusedException {
        delivery.write(tid, siginfo);
    }

    @Override
    public OptionalLong threadLocal(long offset) {
        ProcessView process = moves.process();
        return process.wide()
                ? ThreadLocals.address(process.auxiliaryVector(), memory, process.words(tid, "fs_base")[0], offset)
                : OptionalLong.empty();
    }
}
