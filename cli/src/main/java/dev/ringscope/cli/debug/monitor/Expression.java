package dev.ringscope.cli.debug.monitor;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.gdbstub.RefusedException;
import java.util.Locale;
import java.util.Map;

/**
 * A number as people write it: {@code 0x1000}, {@code $rsp+8}, {@code ($cr3 & ~0xfff) + 8*3}. The operators are those
 * of QEMU's monitor, with its precedence: {@code * / %} before {@code & | ^} before {@code + -}. 64 bits, unsigned
 * division.
 */
final class Expression {
    /** What people call registers beside the machine's names. */
    private static final Map<String, String> ALIASES = Map.of("sp", "rsp", "fp", "rbp", "rflags", "eflags");

    private final Machine machine;
    private final String text;
    private static final int LONGEST = 256;

    private int at;

    private Expression(Machine machine, String text) {
        this.machine = machine;
        this.text = text;
    }

    /**
     * @param machine whose registers {@code $name} means; {@code $pc} and {@code $rip} are linear
     * @throws RefusedException with the place that is wrong
     */
    static long value(Machine machine, String text) throws RefusedException {
        Expression expression = new Expression(machine, text.strip());
        if (expression.text.isEmpty()) {
            throw new RefusedException("expected a number like 0x1000 or $rsp+8, found nothing");
        }
        if (expression.text.length() > LONGEST) { // each bracket needs some of Java's stack
            throw new RefusedException("an expression of %d characters: at most %d are taken"
                    .formatted(expression.text.length(), LONGEST));
        }
        long value = expression.sum();
        if (expression.next() != 0) {
            throw expression.wrong("an operator");
        }
        return value;
    }

    /** The next character that is no space, 0 at the end. */
    private char next() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private RefusedException wrong(String expected) {
        String found = at < text.length() ? "'" + text.substring(at) + "'" : "nothing";
        return new RefusedException("expected " + expected + " in \"" + text + "\", found " + found);
    }

    private long sum() throws RefusedException {
        long value = logic();
        while (true) {
            char operator = next();
            if (operator != '+' && operator != '-') {
                return value;
            }
            at++;
            long right = logic();
            value = operator == '+' ? value + right : value - right;
        }
    }

    private long logic() throws RefusedException {
        long value = product();
        while (true) {
            char operator = next();
            if (operator != '&' && operator != '|' && operator != '^') {
                return value;
            }
            at++;
            long right = product();
            value = operator == '&' ? value & right : operator == '|' ? value | right : value ^ right;
        }
    }

    private long product() throws RefusedException {
        long value = unary();
        while (true) {
            char operator = next();
            if (operator != '*' && operator != '/' && operator != '%') {
                return value;
            }
            at++;
            long right = unary();
            if (operator != '*' && right == 0) {
                throw new RefusedException("division by zero in \"" + text + "\"");
            }
            value = operator == '*'
                    ? value * right
                    : operator == '/' ? Long.divideUnsigned(value, right) : Long.remainderUnsigned(value, right);
        }
    }

    private long unary() throws RefusedException {
        char first = next();
        at++;
        switch (first) {
            case '+':
                return unary();
            case '-':
                return -unary();
            case '~':
                return ~unary();
            case '(':
                long value = sum();
                if (next() != ')') {
                    throw wrong("')'");
                }
                at++;
                return value;
            case '$':
                return register(word());
            default:
                at--;
                return number(word());
        }
    }

    private String word() {
        int from = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return text.substring(from, at);
    }

    private long register(String name) throws RefusedException {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("pc") || lower.equals("rip") || lower.equals("eip")) {
            return machine.cpu().pcLinear();
        }
        String known = ALIASES.getOrDefault(lower, lower);
        if (Registers.exists(known)) {
            return Registers.read(machine.cpu(), known);
        }
        if (known.startsWith("e") && Registers.exists("r" + known.substring(1))) {
            return Registers.read(machine.cpu(), "r" + known.substring(1)) & 0xffff_ffffL;
        }
        throw new RefusedException("no register $" + name);
    }

    private long number(String word) throws RefusedException {
        try {
            if (word.startsWith("0x") || word.startsWith("0X")) {
                return Long.parseUnsignedLong(word.substring(2), 16);
            }
            return Long.parseUnsignedLong(word);
        } catch (NumberFormatException e) {
            at -= word.length();
            throw wrong("a number like 0x1000 or a register like $rsp");
        }
    }
}
