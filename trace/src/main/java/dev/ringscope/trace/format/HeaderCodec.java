package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.proto.trace.v1.Detail;
import dev.ringscope.proto.trace.v1.Device;
import dev.ringscope.proto.trace.v1.Header;
import dev.ringscope.proto.trace.v1.InstructionSet;
import dev.ringscope.proto.trace.v1.Machine;
import dev.ringscope.proto.trace.v1.Property;
import dev.ringscope.proto.trace.v1.RegisterDescription;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The header: turns the emulator's description of a machine into messages and back, and refuses what this version
 * cannot read.
 */
public final class HeaderCodec {
    /** The bytes "RSTRACE1". */
    public static final long MAGIC = 0x3145_4341_5254_5352L;

    public static final int VERSION = 1;
    /** Sections may be Zstandard frames. */
    public static final String ZSTD = "zstd";

    private static final Set<String> KNOWN = Set.of(ZSTD);
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_REGISTERS = 4096;
    private static final int MAX_BITS = 512;

    private HeaderCodec() {}

    /**
     * @throws dev.ringscope.trace.TraceFormatException if the file is of another version, or needs what this one lacks
     */
    public static Header read(String file, PacketInput.Packet packet) {
        if (packet.kind() != PacketKind.HEADER) {
            throw new dev.ringscope.trace.TraceFormatException(
                    file, packet.offset(), "the header as the first packet, found " + packet.kind());
        }
        WireInput in = packet.body();
        Place place = in.place();
        place.verify(in.remaining() <= MAX_BYTES, "a header of at most %d bytes".formatted(MAX_BYTES), in.remaining());
        Header header;
        try {
            header = Header.parser().parseFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw place.expected("a header, found: " + e.getMessage());
        }
        check(place, header);
        return header;
    }

    private static void check(Place place, Header header) {
        if (header.getMagic() != MAGIC) {
            throw place.expected("the magic \"RSTRACE1\", found %016x".formatted(header.getMagic()));
        }
        place.verify(header.getFormatVersion() == VERSION, "format version " + VERSION, header.getFormatVersion());
        for (String feature : header.getRequiredFeaturesList()) {
            if (!KNOWN.contains(feature)) {
                throw place.expected("features of %s, found the required feature \"%s\": a newer reader is needed"
                        .formatted(KNOWN, feature));
            }
        }
        switch (header.getDetail()) {
            case DETAIL_FLOW, DETAIL_MEMORY, DETAIL_FULL -> {}
            case DETAIL_UNSPECIFIED, UNRECOGNIZED ->
                throw place.expected("a detail that this version knows, found " + header.getDetailValue());
        }
        place.verify(
                header.getMachine().getProcessors() == 1,
                "1 processor",
                header.getMachine().getProcessors());
        place.verify(header.getRegistersCount() <= MAX_REGISTERS, "at most 4096 registers", header.getRegistersCount());
        for (RegisterDescription register : header.getRegistersList()) {
            boolean fits = register.getBits() >= 1 && register.getBits() <= MAX_BITS;
            place.verify(fits, "1 to 512 bits in register " + register.getName(), register.getBits());
        }
    }

    /** The machine as the header holds it. */
    public static Machine machine(MachineDescription description) {
        Machine.Builder machine = Machine.newBuilder()
                .setInstructionSet(instructionSet(description.instructionSet()))
                .setProcessors(description.processors())
                .setRamBytes(description.ramBytes())
                .setRomBytes(description.romBytes())
                .setNanosecondsPerInstruction(1)
                .setBoot(description.boot())
                .setGuest(description.guest())
                .addAllArguments(description.arguments());
        description.properties().forEach((name, value) -> machine.addProperties(property(name, value)));
        for (MachineDescription.Device device : description.devices()) {
            Device.Builder out = machine.addDevicesBuilder().setName(device.name());
            device.properties().forEach((name, value) -> out.addProperties(property(name, value)));
        }
        return machine.build();
    }

    public static List<RegisterDescription> registers(MachineDescription description) {
        return description.registers().stream()
                .map(r -> RegisterDescription.newBuilder()
                        .setName(r.name())
                        .setBits(r.bits())
                        .build())
                .toList();
    }

    /** What {@link #machine} and {@link #registers} wrote. */
    public static MachineDescription description(Header header) {
        Machine machine = header.getMachine();
        return new MachineDescription(
                instructionSet(machine.getInstructionSet()),
                machine.getProcessors(),
                machine.getRamBytes(),
                machine.getRomBytes(),
                machine.getDevicesList().stream()
                        .map(d -> new MachineDescription.Device(d.getName(), properties(d.getPropertiesList())))
                        .toList(),
                machine.getBoot(),
                machine.getGuest(),
                List.copyOf(machine.getArgumentsList()),
                properties(machine.getPropertiesList()),
                header.getRegistersList().stream()
                        .map(r -> new MachineDescription.Register(r.getName(), r.getBits()))
                        .toList());
    }

    /** The detail under the name that the command line uses. */
    public static String name(Detail detail) {
        return switch (detail) {
            case DETAIL_FLOW -> "flow";
            case DETAIL_MEMORY -> "memory";
            case DETAIL_FULL -> "full";
            case DETAIL_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("detail " + detail);
        };
    }

    private static final Map<String, InstructionSet> INSTRUCTION_SETS =
            Map.of("x86_64", InstructionSet.INSTRUCTION_SET_X86_64, "aarch64", InstructionSet.INSTRUCTION_SET_AARCH64);

    private static InstructionSet instructionSet(String name) {
        InstructionSet set = INSTRUCTION_SETS.get(name);
        if (set == null) {
            throw new IllegalArgumentException("instruction set " + name);
        }
        return set;
    }

    private static String instructionSet(InstructionSet set) {
        return INSTRUCTION_SETS.entrySet().stream()
                .filter(entry -> entry.getValue() == set)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("unknown");
    }

    private static Property property(String name, String value) {
        return Property.newBuilder().setName(name).setValue(value).build();
    }

    private static SortedMap<String, String> properties(List<Property> list) {
        SortedMap<String, String> map = new TreeMap<>();
        list.forEach(property -> map.put(property.getName(), property.getValue()));
        return map;
    }
}
