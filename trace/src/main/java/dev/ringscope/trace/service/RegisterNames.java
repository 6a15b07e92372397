package dev.ringscope.trace.service;

import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.trace.TraceReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Registers that a request names. */
final class RegisterNames {
    private static final int MOST = 4096;

    private RegisterNames() {}

    /** In the order asked for; all, in the trace's order, if none is named. */
    static List<Register> find(TraceReader trace, String field, List<String> names) {
        if (names.isEmpty()) {
            return trace.machine().registers();
        }
        if (names.size() > MOST) {
            throw Refusal.field(field, "at most %d names, found %d".formatted(MOST, names.size()));
        }
        Map<String, Register> all = new LinkedHashMap<>();
        trace.machine().registers().forEach(register -> all.put(register.name(), register));
        List<Register> wanted = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Register register = all.get(names.get(i));
            if (register == null) {
                throw Refusal.field(
                        "%s[%d]".formatted(field, i), "this machine has no register \"%s\"".formatted(names.get(i)));
            }
            wanted.add(register);
        }
        return wanted;
    }
}
