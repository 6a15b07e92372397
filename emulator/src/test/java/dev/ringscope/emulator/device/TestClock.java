package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;

/** Virtual time that a test moves by hand, firing the timers on the way. */
final class TestClock {
    private long position;
    final VirtualTime time = new VirtualTime(() -> position, () -> {});

    void advance(long nanoseconds) {
        long target = time.now() + nanoseconds;
        while (time.nextDeadline() <= target) {
            position += Math.max(0, time.nextDeadline() - time.now());
            time.fire();
        }
        position += target - time.now();
    }

    /** What a checkpoint would hold of the device. */
    static byte[] state(Device device) {
        StateOutput out = new StateOutput();
        device.save(out);
        return out.toByteArray();
    }

    static void restore(Device device, byte[] state) {
        StateInput in = new StateInput(device.name(), state);
        device.load(in);
        in.end();
    }
}
