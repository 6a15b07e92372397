package dev.ringscope.gdbstub;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What registers a target has and how gdb is to show them: GDB manual, appendix "Target Descriptions".
 *
 * <p>One class per instruction set makes one of these; see {@link X86Description}.
 */
public final class TargetDescription {
    private final String architecture;
    private final String triple;
    private final List<Feature> features;
    private final Map<String, Register> byName = new LinkedHashMap<>();
    private final List<Register> registers;
    private final Register pc;
    private final List<Register> expedited;
    private final String xml;

    /**
     * @param architecture BFD's name, for example {@code i386:x86-64}
     * @param triple LLVM's name, for lldb, for example {@code x86_64-unknown-unknown}
     * @param pc name of the program counter
     * @param expedited names of the registers that go along with every stop
     */
    TargetDescription(String architecture, String triple, List<Feature> features, String pc, List<String> expedited) {
        this.architecture = architecture;
        this.triple = triple;
        this.features = List.copyOf(features);
        for (Feature feature : features) {
            for (Register register : feature.registers()) {
                if (register.number() != byName.size() || byName.put(register.name(), register) != null) {
                    throw new IllegalArgumentException("register " + register + " is out of order or there twice");
                }
            }
        }
        this.registers = List.copyOf(byName.values());
        this.pc = register(pc);
        this.expedited = expedited.stream().map(this::register).toList();
        this.xml = toXml();
    }

    /** All registers, in the order of the {@code g} packet: element n has number n. */
    public List<Register> registers() {
        return registers;
    }

    /** @throws IllegalArgumentException if there is no register of that name */
    public Register register(String name) {
        Register register = byName.get(name);
        if (register == null) {
            throw new IllegalArgumentException("no register " + name + " in " + architecture);
        }
        return register;
    }

    /** The program counter: a linear address. */
    public Register pc() {
        return pc;
    }

    /** The registers that go along with every stop, so that the client need not ask. */
    public List<Register> expedited() {
        return expedited;
    }

    public String architecture() {
        return architecture;
    }

    public String triple() {
        return triple;
    }

    /** The {@code target.xml} document. */
    public String xml() {
        return xml;
    }

    private String toXml() {
        StringBuilder text =
                new StringBuilder("<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n");
        text.append("<target version=\"1.0\">\n<architecture>")
                .append(architecture)
                .append("</architecture>\n");
        if (architecture.equals("i8086")) {
            // Or else gdb takes its own system's and warns that it knows no i8086 with that.
            text.append("<osabi>none</osabi>\n");
        }
        for (Feature feature : features) {
            text.append("<feature name=\"").append(feature.name()).append("\">\n");
            feature.types().forEach(type -> text.append(type).append('\n'));
            feature.registers().forEach(register -> text.append(toXml(register)));
            text.append("</feature>\n");
        }
        return text.append("</target>\n").toString();
    }

    private static String toXml(Register r) {
        String group = r.group().isEmpty() ? "" : " group=\"" + r.group() + "\"";
        return "<reg name=\"" + r.name() + "\" bitsize=\"" + r.bits() + "\" type=\"" + r.type() + "\" regnum=\""
                + r.number() + "\"" + group + "/>\n";
    }

    /** A named group of registers; gdb knows the standard ones by name. {@code types} are XML elements. */
    record Feature(String name, List<String> types, List<Register> registers) {
        Feature {
            types = List.copyOf(types);
            registers = List.copyOf(registers);
        }
    }

    /** Collects features, numbering the registers as they come. */
    static final class Builder {
        private final ByteOrder order;
        private final List<Feature> features = new ArrayList<>();
        private List<String> types = List.of();
        private List<Register> registers = new ArrayList<>();
        private int next;

        Builder(ByteOrder order) {
            this.order = order;
        }

        Builder types(String... xml) {
            types = List.of(xml);
            return this;
        }

        Builder registers(int bits, String type, String group, String... names) {
            for (String name : names) {
                registers.add(new Register(next++, name, bits, type, group, order));
            }
            return this;
        }

        /** Ends the feature whose types and registers were given so far. */
        Builder feature(String name) {
            features.add(new Feature(name, types, registers));
            types = List.of();
            registers = new ArrayList<>();
            return this;
        }

        TargetDescription build(String architecture, String triple, String pc, String... expedited) {
            return new TargetDescription(architecture, triple, features, pc, List.of(expedited));
        }
    }
}
