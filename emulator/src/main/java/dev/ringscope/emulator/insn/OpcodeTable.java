package dev.ringscope.emulator.insn;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All encodings of all definitions, found by opcode map and opcode byte. Made once from the families' annotated methods. */
public final class OpcodeTable {
    private final Encoding[][] byOpcode = new Encoding[Encoding.MAPS * 256][];
    private final List<Def> definitions = new ArrayList<>();

    public OpcodeTable(List<Class<?>> families) {
        List<List<Encoding>> lists = new ArrayList<>();
        for (int i = 0; i < byOpcode.length; i++) {
            lists.add(new ArrayList<>());
        }
        for (Class<?> family : families) {
            for (Method method : family.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Insn.class)) {
                    Def def = new Def(method);
                    definitions.add(def);
                    def.encodings.forEach(encoding -> enter(lists, encoding));
                }
            }
        }
        Comparator<Encoding> order =
                Comparator.comparing(Encoding::demands).reversed().thenComparing(e -> e.text);
        for (int i = 0; i < byOpcode.length; i++) {
            lists.get(i).sort(order);
            byOpcode[i] = lists.get(i).toArray(Encoding[]::new);
        }
    }

    private static void enter(List<List<Encoding>> lists, Encoding encoding) {
        for (int opcode = 0; opcode < 256; opcode++) {
            if ((opcode & encoding.opcodeMask) == encoding.opcode) {
                lists.get(encoding.map << 8 | opcode).add(encoding);
            }
        }
    }

    /** Candidates for an opcode, the most demanding first. */
    Encoding[] candidates(int map, int opcode) {
        return byOpcode[map << 8 | opcode];
    }

    public List<Def> definitions() {
        return definitions;
    }
}
