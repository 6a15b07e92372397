package dev.ringscope.emulator;

import dev.ringscope.emulator.device.A20Gate;
import dev.ringscope.emulator.device.AcpiPower;
import dev.ringscope.emulator.device.Cmos;
import dev.ringscope.emulator.device.CoprocessorError;
import dev.ringscope.emulator.device.DebugConsole;
import dev.ringscope.emulator.device.DebugExit;
import dev.ringscope.emulator.device.Device;
import dev.ringscope.emulator.device.Disk;
import dev.ringscope.emulator.device.Dma8237;
import dev.ringscope.emulator.device.FwCfg;
import dev.ringscope.emulator.device.I8042;
import dev.ringscope.emulator.device.IdeController;
import dev.ringscope.emulator.device.InterruptLine;
import dev.ringscope.emulator.device.LocalApic;
import dev.ringscope.emulator.device.OverlayDisk;
import dev.ringscope.emulator.device.Pic;
import dev.ringscope.emulator.device.Pit;
import dev.ringscope.emulator.device.Ps2Keyboard;
import dev.ringscope.emulator.device.Ps2Mouse;
import dev.ringscope.emulator.device.SystemControl;
import dev.ringscope.emulator.device.Uart16550;
import dev.ringscope.emulator.device.Vga;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import dev.ringscope.emulator.user.HypercallPort;
import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.emulator.x86.InterruptSource;
import dev.ringscope.emulator.x86.ProcessorApic;
import dev.ringscope.emulator.x86.X86Cpu;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The PC's main board: makes the devices that a description names, in its order, and connects them. A device's order is
 * that of its timers and of its state in a checkpoint, so it is part of the description.
 */
final class Board {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int[] COM_PORTS = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
    private static final int[] COM_IRQS = {4, 3, 4, 3};

    private final Machine machine;
    private final X86Cpu cpu;
    private final Ports ports;
    private final Wiring wiring;
    private final Map<String, Device> devices = new HashMap<>();
    private final List<Device> inOrder = new ArrayList<>();
    private final Map<String, Consumer<byte[]>> receivers = new HashMap<>();
    private final Pic pic = new Pic();

    Board(Machine machine, Wiring wiring) {
        this.machine = machine;
        this.wiring = wiring;
        cpu = machine.cpu();
        ports = cpu.ports;
    }

    /** The devices of a PC, as a machine has them unless told otherwise. */
    static List<MachineDescription.Device> standard() {
        List<MachineDescription.Device> list = new ArrayList<>();
        for (String name : List.of(
                "pic",
                "lapic",
                "ferr",
                "a20",
                "pit",
                "port61",
                "rtc",
                "keyboard",
                "mouse",
                "i8042",
                "com1",
                "com2",
                "acpi",
                "debugcon",
                "dma",
                "vga")) {
            list.add(new MachineDescription.Device(name, new TreeMap<>()));
        }
        return list;
    }

    void make(List<MachineDescription.Device> list) {
        for (MachineDescription.Device wanted : list) {
            Device device = make(wanted.name(), wanted.properties());
            devices.put(wanted.name(), device);
            inOrder.add(device);
        }
    }

    private Device make(String name, SortedMap<String, String> properties) {
        return switch (name) {
            case "pic" -> {
                pic.claimPorts(ports);
                yield pic;
            }
            case "lapic" -> localApic();
            case "ferr" -> {
                CoprocessorError ferr = claim(new CoprocessorError(pic.line(13)), CoprocessorError::claimPorts);
                cpu.fpu.ferr = ferr::raise;
                yield ferr;
            }
            case "a20" ->
                new A20Gate(open -> {
                    cpu.memory.setA20(open);
                    cpu.paging.flushAll();
                });
            case "pit" -> claim(new Pit(cpu.time, pic.line(0)), Pit::claimPorts);
            case "port61" ->
                claim(
                        new SystemControl(
                                cpu.time, device("pit", Pit.class), device("a20", A20Gate.class), this::reset),
                        SystemControl::claimPorts);
            case "rtc" -> rtc();
            case "keyboard" -> {
                Ps2Keyboard keyboard = new Ps2Keyboard(cpu.time);
                receivers.put(name, text -> keyboard.press(new String(text, java.nio.charset.StandardCharsets.UTF_8)));
                yield keyboard;
            }
            case "mouse" -> new Ps2Mouse();
            case "i8042" ->
                claim(
                        new I8042(
                                device("keyboard", Ps2Keyboard.class),
                                device("mouse", Ps2Mouse.class),
                                pic.line(1),
                                pic.line(12),
                                device("a20", A20Gate.class),
                                this::reset),
                        I8042::claimPorts);
            case "com1", "com2", "com3", "com4" -> uart(name);
            case "acpi" ->
                claim(
                        new AcpiPower(cpu.time, pic.line(9), () -> cpu.stop(StopReason.POWER_OFF, "ACPI S5")),
                        AcpiPower::claimPorts);
            case "debugcon" -> claim(new DebugConsole(0xe9, wiring.sink(name)), DebugConsole::claimPorts);
            case "dma" -> claim(new Dma8237(), Dma8237::claimPorts);
            case "vga" -> claim(new Vga(cpu.time, cpu.memory), Vga::claimPorts);
            case "fw-cfg" -> firmwareConfiguration(properties);
            case "disk0", "disk1" -> {
                long sectors = Long.decode(properties.get("sectors"));
                Disk image = new ImageDisk(name, sectors, machine.outside(), wiring.image(name));
                yield new OverlayDisk(name, image, wiring.keeper(name));
            }
            case "ide" ->
                claim(new IdeController(pic.line(14), disk("disk0"), disk("disk1")), IdeController::claimPorts);
            case "debug-exit" ->
                claim(
                        new DebugExit(
                                Integer.decode(properties.getOrDefault("port", "0xf4")),
                                status -> machine.exit(status, "isa-debug-exit")),
                        DebugExit::claimPorts);
            case "linux" -> {
                HypercallPort port = new HypercallPort(
                        machine, machine.outside(), pic.line(5), wiring.sink("stdout"), wiring.sink("stderr"));
                receivers.put(ProcessView.SIGNALS, port::receive);
                yield claim(port, HypercallPort::claimPorts);
            }
            default -> throw new IllegalArgumentException("this version has no device \"" + name + "\"");
        };
    }

    private <D extends Device> D claim(D device, java.util.function.BiConsumer<D, Ports> claim) {
        claim.accept(device, ports);
        return device;
    }

    /** A device made before. @throws IllegalArgumentException if the description does not name it earlier */
    <D extends Device> D device(String name, Class<D> type) {
        Device device = devices.get(name);
        if (device == null) {
            throw new IllegalArgumentException("the machine's description lacks \"" + name + "\" or names it too late");
        }
        return type.cast(device);
    }

    private Optional<Disk> disk(String name) {
        return Optional.ofNullable(devices.get(name)).map(OverlayDisk.class::cast);
    }

    /**
     * With the properties {@code video-bios-address} and {@code -size} the firmware finds an option ROM, which lies in
     * the ROM.
     */
    private FwCfg firmwareConfiguration(SortedMap<String, String> properties) {
        FwCfg configuration = new FwCfg(cpu.memory.ramSize());
        if (properties.containsKey("video-bios-address")) {
            long address = Long.decode(properties.get("video-bios-address"));
            configuration.addFile("vgaroms/vgabios.bin", Integer.decode(properties.get("video-bios-size")), i ->
                    (int) cpu.memory.read(address + i, 1));
        }
        return claim(configuration, FwCfg::claimPorts);
    }

    private void reset() {
        cpu.stop(StopReason.RESET, "the guest pulled the reset line");
    }

    private LocalApic localApic() {
        InterruptLine intr = level -> cpu.interrupts.intr(level);
        LocalApic apic = new LocalApic(cpu.time, cpu.system::timeOfTsc, pic, intr, cpu.interrupts::nmi);
        cpu.memory.map(LocalApic.ADDRESS, PhysicalMemory.PAGE, apic);
        cpu.interrupts.connect(new InterruptSource() {
            @Override
            public boolean pending() {
                return apic.pending();
            }

            @Override
            public int acknowledge() {
                return apic.acknowledge();
            }
        });
        cpu.system.apic = new ApicPort(apic);
        return apic;
    }

    private record ApicPort(LocalApic apic) implements ProcessorApic {
        @Override
        public long base() {
            return apic.base();
        }

        @Override
        public boolean acceptsBase(long value) {
            return LocalApic.validBase(value);
        }

        @Override
        public void setBase(long value) {
            apic.setBase(value);
        }

        @Override
        public int cr8() {
            return apic.cr8();
        }

        @Override
        public void setCr8(int value) {
            apic.setCr8(value);
        }

        @Override
        public long tscDeadline() {
            return apic.tscDeadline();
        }

        @Override
        public void setTscDeadline(long tsc) {
            apic.setTscDeadline(tsc);
        }

        @Override
        public void tscChanged() {
            apic.tscChanged();
        }
    }

    private Cmos rtc() {
        Cmos cmos = new Cmos(cpu.time, START, pic.line(8), InterruptLine.UNCONNECTED);
        cmos.claimPorts(ports);
        cmos.setMemorySize(cpu.memory.ramSize());
        return cmos;
    }

    private Uart16550 uart(String name) {
        int n = name.charAt(3) - '1';
        Uart16550 uart = new Uart16550(name, COM_PORTS[n], cpu.time, pic.line(COM_IRQS[n]), wiring.sink(name));
        uart.claimPorts(ports);
        receivers.put(name, bytes -> {
            for (byte b : bytes) {
                uart.receive(b & 0xff);
            }
        });
        return uart;
    }

    /** Whether something may be sent to a device. */
    boolean receives(String source) {
        return receivers.containsKey(source);
    }

    void receive(String source, byte[] data) {
        receivers.get(source).accept(data);
    }

    List<Device> devices() {
        return inOrder;
    }
}
