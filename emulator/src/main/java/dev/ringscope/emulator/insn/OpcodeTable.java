package dev.ringscope.emulator.insn;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * All encodings of all definitions, found by opcode map and opcode byte. Made once from the families' annotated
 * methods.
 */
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
                Insn insn = method.getAnnotation(Insn.class);
                if (insn != null) {
                    Def def = new Def(method, insn);
                    definitions.add(def);
                    for (Encoding encoding : def.encodings) {
                        enter(lists, encoding);
                    }
                }
            }
        }
        for (int i = 0; i < byOpcode.length; i++) {
            lists.get(i).sort(OpcodeTable::inOrder);
            byOpcode[i] = lists.get(i).toArray(Encoding[]::new);
        }
    }

    private static int inOrder(Encoding a, Encoding b) {
        int byDemands = Integer.compare(b.demands(), a.demands());
        return byDemands != 0 ? byDemands : a.text.compareTo(b.text);
    }

    private static void enter(List<List<Encoding>> lists, Encoding encoding) {
        int last = encoding.opcode | ~encoding.opcodeMask & 0xff;
        for (int opcode = encoding.opcode; opcode <= last; opcode++) {
            lists.get(encoding.map << 8 | opcode).add(encoding);
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
