package dev.ringscope.trace.explain;

import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values of the registers that an instruction's text names. */
public final class RegisterText {
    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9]*");
    private static final Map<String, String> LOW = Map.of("al", "rax", "cl", "rcx", "dl", "rdx", "bl", "rbx");

    private RegisterText() {}

    /** For instance {@code rax=0x1 rsi=0x402000}; empty if it names none. */
    public static String of(X86Cpu cpu, String instruction) {
        TreeSet<String> names = new TreeSet<>();
        Matcher words = WORD.matcher(instruction);
        while (words.find()) {
            String word = words.group();
            String wide = whole(word);
            if (Registers.exists(wide)) {
                names.add(wide);
            }
        }
        StringJoiner text = new StringJoiner(" ");
        names.forEach(name -> text.add("%s=0x%x".formatted(name, Registers.read(cpu, name))));
        return text.toString();
    }

    private static String whole(String word) {
        if (LOW.containsKey(word)) {
            return LOW.get(word);
        }
        if (word.matches("e[a-ds][xipx]|e[sd]i|e[sb]p")) {
            return "r" + word.substring(1);
        }
        if (word.matches("[a-d]x|[sd]i|[sb]p")) {
            return "r" + word;
        }
        return word.matches("r[0-9]+[dwb]") ? word.substring(0, word.length() - 1) : word;
    }
}
