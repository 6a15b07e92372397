package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;

/** A device of the machine: named, with a state that a checkpoint can hold and restore. */
public interface Device {
    /** Short and unique in the machine: {@code pic}, {@code com1}. */
    String name();

    /** Puts the device into its state after power-on. */
    void reset();

    void save(StateOutput out);

    /** Restores what {@link #save} wrote. */
    void load(StateInput in);
}
