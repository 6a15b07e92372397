package dev.ringscope.emulator.insn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.x86.Families;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of encodings means one thing: of the encodings that some bytes match, one demands the most. */
class EncodingsTest {
    private static final int[] PREFIXES = {0, 0x66, 0xf3, 0xf2};

    private final OpcodeTable table = new OpcodeTable(Families.all());

    /** What the decoder chooses by: everything that an encoding can demand. */
    private record Form(int map, int opcode, int prefix, int modrm, boolean mode64, boolean rexB) {
        boolean matchedBy(Encoding encoding) {
            return encoding.matches(opcode, prefix, modrm, mode64, rexB);
        }

        @Override
        public String toString() {
            return "map %d opcode %02x prefix %02x modrm %02x %s %s"
                    .formatted(map, opcode, prefix, modrm, mode64 ? "64-bit" : "32-bit", rexB ? "REX.B" : "");
        }
    }

    @Test
    void noTwoEncodingsDemandTheSame() {
        Set<String> ties = new TreeSet<>();
        for (Form form : forms()) {
            List<Encoding> matching = matching(form);
            if (matching.size() > 1
                    && matching.get(0).demands() == matching.get(1).demands()) {
                ties.add(matching.get(0) + " and " + matching.get(1) + ", at " + form);
            }
        }
        assertThat(ties.stream().limit(20)).isEmpty();
    }

    @Test
    void everyEncodingIsChosenForSomeBytes() {
        Set<Encoding> chosen = new HashSet<>();
        for (Form form : forms()) {
            matching(form).stream().findFirst().ifPresent(chosen::add);
        }
        List<Encoding> never = table.definitions().stream()
                .flatMap(def -> def.encodings.stream())
                .filter(encoding -> !chosen.contains(encoding))
                .toList();
        assertThat(never).isEmpty();
    }

    @Test
    void encodingsOfAnOpcodeAgreeOnWhetherAModRmByteFollows() {
        List<String> mixed = new ArrayList<>();
        for (int map = 0; map < Encoding.MAPS; map++) {
            for (int opcode = 0; opcode < 256; opcode++) {
                List<Encoding> candidates = List.of(table.candidates(map, opcode));
                if (candidates.stream().map(e -> e.modrm).distinct().count() > 1) {
                    mixed.add(candidates.stream().map(Encoding::toString).collect(Collectors.joining(", ")));
                }
            }
        }
        assertThat(mixed).isEmpty();
    }

    /** In the decoder's order, the most demanding first. */
    private List<Encoding> matching(Form form) {
        List<Encoding> matching = new ArrayList<>();
        for (Encoding candidate : table.candidates(form.map, form.opcode)) {
            if (form.matchedBy(candidate)) {
                matching.add(candidate);
            }
        }
        return matching;
    }

    private static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (int n = 0; n < Encoding.MAPS << 8; n++) {
            for (int prefix : PREFIXES) {
                for (int modrm = 0; modrm < 256; modrm++) {
                    forms.add(new Form(n >> 8, n & 0xff, prefix, modrm, false, false));
                    forms.add(new Form(n >> 8, n & 0xff, prefix, modrm, true, false));
                    forms.add(new Form(n >> 8, n & 0xff, prefix, modrm, true, true));
                }
            }
        }
        return forms;
    }
}
