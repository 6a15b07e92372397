package dev.ringscope.trace.query;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A straight program of 32-bit code, made at random, that is written together with what each byte of its registers and
 * memory stems from: forwards, instruction by instruction, with sets. An origin is the position of the instruction that
 * made it, or {@link #START}.
 */
final class ShadowedProgram {
    static final long START = -1;
    static final int MEMORY = 0x2_0000;
    static final int CELLS = 64;
    static final int STACK = 0x3_0000;
    private static final int ESP = 4;
    private static final int CARRY = 1000;
    private static final int FLAGS = 1001;

    /** Bytes of registers: 8 * number + byte; of memory: its address. */
    private final Map<Integer, Set<Long>> shadow = new HashMap<>();

    /** Copies of the shadow in front of some positions. */
    final Map<Long, Map<Integer, Set<Long>>> kept = new HashMap<>();

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();
    private final Random random;
    private final List<Integer> pushed = new ArrayList<>();
    private long position;

    ShadowedProgram(Random random, int length) {
        this.random = random;
        emit(0xbc);
        dword(STACK); // mov esp
        set(ESP, Set.of(0L), 4);
        position = 1;
        while (position < length) {
            if (random.nextInt(40) == 0) {
                kept.put(position, copy());
            }
            one();
        }
        kept.put(position, copy());
        emit(0x90, 0xf4); // nop; hlt
    }

    byte[] code() {
        return code.toByteArray();
    }

    private Map<Integer, Set<Long>> copy() {
        return new HashMap<>(shadow);
    }

    static Set<Long> of(Map<Integer, Set<Long>> shadow, int first, int count) {
        Set<Long> all = new HashSet<>();
        for (int n = 0; n < count; n++) {
            all.addAll(shadow.getOrDefault(first + n, Set.of(START)));
        }
        return all;
    }

    static int register(int number) {
        return 8 * number;
    }

    // ---- the shadow
    // -----------------------------------------------------------------------------------------------------

    private Set<Long> get(int location) {
        return shadow.getOrDefault(location, Set.of(START));
    }

    private Set<Long> get(int first, int count) {
        return of(shadow, first, count);
    }

    private void set(int register, Set<Long> origins, int count) {
        for (int n = 0; n < count; n++) {
            shadow.put(register(register) + n, origins);
        }
    }

    private void clearRest(int register) {
        for (int n = 4; n < 8; n++) {
            shadow.put(register(register) + n, Set.of(position));
        }
    }

    @SafeVarargs
    private static Set<Long> union(Set<Long>... sets) {
        Set<Long> all = new HashSet<>();
        for (Set<Long> set : sets) {
            all.addAll(set);
        }
        return all;
    }

    /** Takes the bytes before anything is changed. */
    private void copyBytes(int from, int to, int count) {
        List<Set<Long>> bytes = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            bytes.add(get(from + n));
        }
        for (int n = 0; n < count; n++) {
            shadow.put(to + n, bytes.get(n));
        }
    }

    // ---- the code
    // -------------------------------------------------------------------------------------------------------

    private void emit(int... bytes) {
        for (int b : bytes) {
            code.write(b);
        }
    }

    private void dword(int value) {
        emit(value, value >> 8, value >> 16, value >> 24);
    }

    /** Not ESP. */
    private int any() {
        int n = random.nextInt(7);
        return n >= ESP ? n + 1 : n;
    }

    private int cell(int size) {
        return MEMORY + random.nextInt(CELLS - size);
    }

    private static int modrm(int reg, int rm) {
        return 0xc0 | reg << 3 | rm;
    }

    private void absolute(int reg, int address) {
        emit(reg << 3 | 5);
        dword(address);
    }

    private void one() {
        switch (random.nextInt(20)) {
            case 0, 1 -> immediate();
            case 2 -> moveRegister();
            case 3 -> moveByte();
            case 4, 5 -> store();
            case 6, 7 -> load();
            case 8 -> extend();
            case 9 -> sum();
            case 10 -> logic();
            case 11 -> cancel();
            case 12 -> exchange();
            case 13 -> stack();
            case 14 -> address();
            case 15 -> carry();
            case 16 -> multiply();
            case 17 -> input();
            case 18 -> strings();
            default -> reverse();
        }
        position++;
    }

    private void immediate() {
        int r = any();
        emit(0xb8 + r);
        dword(random.nextInt());
        set(r, Set.of(position), 8);
    }

    private void moveRegister() {
        int to = any();
        int from = any();
        emit(0x89, modrm(from, to));
        copyBytes(register(from), register(to), 4);
        clearRest(to);
    }

    /** The eight byte registers: AL CL DL BL AH CH DH BH. */
    private static int byteRegister(int n) {
        return register(n & 3) + (n >> 2);
    }

    private void moveByte() {
        int to = random.nextInt(8);
        int from = random.nextInt(8);
        emit(0x88, modrm(from, to));
        copyBytes(byteRegister(from), byteRegister(to), 1);
    }

    private void store() {
        int r = any();
        int size = 1 << random.nextInt(3);
        int at = cell(size);
        if (size == 1) {
            int n = random.nextInt(8);
            emit(0x88);
            absolute(n, at);
            copyBytes(byteRegister(n), at, 1);
            return;
        }
        if (size == 2) {
            emit(0x66);
        }
        emit(0x89);
        absolute(r, at);
        copyBytes(register(r), at, size);
    }

    private void load() {
        int r = any();
        int size = 2 << random.nextInt(2);
        int at = cell(size);
        if (size == 2) {
            emit(0x66);
        }
        emit(0x8b);
        absolute(r, at);
        copyBytes(at, register(r), size);
        if (size == 4) {
            clearRest(r);
        }
    }

    /** MOVZX and MOVSX of a byte in memory. */
    private void extend() {
        boolean signed = random.nextBoolean();
        int r = any();
        int at = cell(1);
        emit(0x0f, signed ? 0xbe : 0xb6);
        absolute(r, at);
        Set<Long> value = get(at);
        set(r, signed ? value : Set.of(position), 4);
        shadow.put(register(r), value);
        clearRest(r);
    }

    private void flags(Set<Long> origins) {
        shadow.put(CARRY, origins);
        shadow.put(FLAGS, origins);
    }

    /** ADD and SUB: a byte depends on those up to the same place. */
    private void sum() {
        int to = any();
        int from = any();
        boolean subtract = random.nextBoolean() && to != from;
        emit(subtract ? 0x29 : 0x01, modrm(from, to));
        flags(union(get(register(to), 4), get(register(from), 4)));
        List<Set<Long>> sums = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            sums.add(union(get(register(to), n + 1), get(register(from), n + 1)));
        }
        for (int n = 0; n < 4; n++) {
            shadow.put(register(to) + n, sums.get(n));
        }
        clearRest(to);
    }

    private void logic() {
        int to = any();
        int from = any();
        if (to == from) {
            from = (from + 1) % 4;
            to = 3 + (from == 3 ? 2 : 0);
        }
        int[] opcodes = {0x21, 0x09, 0x31};
        emit(opcodes[random.nextInt(3)], modrm(from, to));
        flags(union(get(register(to), 4), get(register(from), 4)));
        for (int n = 0; n < 4; n++) {
            shadow.put(register(to) + n, union(get(register(to) + n), get(register(from) + n)));
        }
        clearRest(to);
    }

    private void cancel() {
        int r = any();
        emit(random.nextBoolean() ? 0x31 : 0x29, modrm(r, r));
        set(r, Set.of(position), 8);
        flags(Set.of(position));
    }

    private void exchange() {
        int r = any();
        int at = cell(4);
        emit(0x87);
        absolute(r, at);
        List<Set<Long>> old = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            old.add(get(register(r) + n));
        }
        copyBytes(at, register(r), 4);
        clearRest(r);
        for (int n = 0; n < 4; n++) {
            shadow.put(at + n, old.get(n));
        }
    }

    private void stack() {
        if (!pushed.isEmpty() && random.nextBoolean()) {
            int at = pushed.removeLast();
            int r = any();
            emit(0x58 + r);
            copyBytes(at, register(r), 4);
            clearRest(r);
            return;
        }
        if (pushed.size() == 100) {
            emit(0x90);
            return;
        }
        int r = any();
        int at = STACK - 4 * (pushed.size() + 1);
        emit(0x50 + r);
        copyBytes(register(r), at, 4);
        pushed.add(at);
    }

    /** LEA of a base and an index times four. */
    private void address() {
        int to = any();
        int base = random.nextInt(4);
        int index = any();
        emit(0x8d, to << 3 | 4, 0x80 | index << 3 | base);
        List<Set<Long>> sums = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            sums.add(union(get(register(base), n + 1), get(register(index), n + 1)));
        }
        for (int n = 0; n < 4; n++) {
            shadow.put(register(to) + n, sums.get(n));
        }
        clearRest(to);
    }

    /** SETC, and ADC of two registers. */
    private void carry() {
        if (random.nextBoolean()) {
            int n = random.nextInt(8);
            emit(0x0f, 0x92, modrm(0, n));
            shadow.put(byteRegister(n), get(CARRY));
            return;
        }
        int to = any();
        int from = any();
        emit(0x11, modrm(from, to));
        Set<Long> carry = get(CARRY);
        flags(union(get(register(to), 4), get(register(from), 4), carry));
        List<Set<Long>> sums = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            sums.add(union(get(register(to), n + 1), get(register(from), n + 1), carry));
        }
        for (int n = 0; n < 4; n++) {
            shadow.put(register(to) + n, sums.get(n));
        }
        clearRest(to);
    }

    /** MUL: the product of EAX and another register in EDX:EAX. */
    private void multiply() {
        int r = any();
        emit(0xf7, modrm(4, r));
        Set<Long> both = union(get(register(0), 4), get(register(r), 4));
        flags(both);
        set(0, both, 4);
        set(2, both, 4);
        clearRest(0);
        clearRest(2);
    }

    private void input() {
        emit(0xe4, 0x80); // in al, 0x80
        shadow.put(register(0), Set.of(position));
    }

    /** MOV ESI, EDI and ECX, then REP MOVSB; or STOSD. */
    private void strings() {
        int count = 1 + random.nextInt(20);
        int from = cell(count);
        int to = cell(count);
        int[] values = {6, from, 7, to, 1, count};
        for (int n = 0; n < values.length; n += 2) {
            emit(0xb8 + values[n]);
            dword(values[n + 1]);
            set(values[n], Set.of(position), 8);
            position++;
        }
        if (random.nextBoolean()) {
            emit(0xf3, 0xa4);
            for (int n = 0; n < count; n++) {
                shadow.put(to + n, get(from + n));
            }
            return;
        }
        emit(0xab);
        copyBytes(register(0), to, 4);
    }

    private void reverse() {
        int r = any();
        emit(0x0f, 0xc8 + r);
        List<Set<Long>> bytes = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            bytes.add(get(register(r) + n));
        }
        for (int n = 0; n < 4; n++) {
            shadow.put(register(r) + n, bytes.get(3 - n));
        }
        clearRest(r);
    }
}
