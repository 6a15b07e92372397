package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.Arrays;
import java.util.List;

/**
 * {@code G XX...}: writes all registers. Those whose value doesn't change are left alone, for some cannot be written.
 */
record UpperG(byte[] values, ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        return new UpperG(in.hexBytes(), ThreadSuffix.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        List<Register> registers = session.view().description().registers();
        int length = registers.stream().mapToInt(Register::bytes).sum();
        if (values.length != length) {
            throw new RefusedException("packet 'G': expected " + length + " bytes of registers, not " + values.length);
        }
        var file = session.view().registers(ThreadSuffix.thread(session, thread));
        int offset = 0;
        for (Register register : registers) {
            byte[] value = Arrays.copyOfRange(values, offset, offset + register.bytes());
            offset += register.bytes();
            byte[] old = file.read(register);
            if (old.length != 0 && !Arrays.equals(old, value)) {
                file.write(register, value);
            }
        }
        return Reply.OK;
    }
}
