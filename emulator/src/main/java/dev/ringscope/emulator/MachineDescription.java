package dev.ringscope.emulator;

import java.util.List;
import java.util.SortedMap;

/**
 * All that is needed to build the same machine again, apart from the contents of its memory.
 *
 * @param instructionSet {@code x86_64}
 * @param processors number of processors
 * @param ramBytes RAM from physical address 0, a multiple of 4096
 * @param romBytes ROM that ends at physical address 2^32, a multiple of 4096; 0 for none
 * @param devices in the order in which the machine creates them
 * @param boot how the guest was loaded: {@code linux}, {@code multiboot}, {@code flat}, {@code rom}, {@code disk},
 *     {@code program}, {@code demo}
 * @param guest the guest's name, for people
 * @param arguments the guest's command line or arguments, for people
 * @param properties further settings the machine needs
 * @param registers the registers that a snapshot shows, in its order
 */
public record MachineDescription(
        String instructionSet,
        int processors,
        long ramBytes,
        long romBytes,
        List<Device> devices,
        String boot,
        String guest,
        List<String> arguments,
        SortedMap<String, String> properties,
        List<Register> registers) {

    /** A device by its unique name, with its settings. */
    public record Device(String name, SortedMap<String, String> properties) {}

    /**
     * @param name the architecture's name in lower case
     * @param bits width, 1 to 512
     */
    public record Register(String name, int bits) {
        /** How many longs hold it. */
        public int words() {
            return (bits + 63) / 64;
        }
    }
}
