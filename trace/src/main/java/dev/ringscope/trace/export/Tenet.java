package dev.ringscope.trace.export;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Accesses.Access;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.RegisterWrites.RegisterWrite;
import dev.ringscope.trace.query.State;
import dev.ringscope.trace.query.Steps;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The text format of the Tenet trace explorer: a line for each instruction: its address, and the registers changed,
 * memory read ({@code mr}) and written ({@code mw}) by the one before it. The first line holds all registers. It knows
 * one address space: export a part in which one program runs.
 */
final class Tenet implements Exporter.ToFile {
    private static final HexFormat DIGITS = HexFormat.of().withUpperCase();
    private static final Set<String> REGISTERS = Set.of(
            "rax", "rbx", "rcx", "rdx", "rbp", "rsp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15");

    @Override
    public String name() {
        return "tenet";
    }

    @Override
    public String description() {
        return "instructions with register changes and memory accesses as text, for the Tenet trace explorer";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        long from = exported.range().from();
        Map<String, Long> registers = new LinkedHashMap<>();
        exported.recording().replays().at(Detail.FLOW, from, exported.asker(), timeline -> {
            State.at(timeline, from).registers().forEach((name, words) -> {
                if (REGISTERS.contains(name)) {
                    registers.put(name, words[0]);
                }
            });
            return null;
        });
        try (Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII), 1 << 16)) {
            Lines lines = new Lines(exported, writer, registers);
            Steps.list(exported.recording(), Filter.of(exported.range()), exported.asked(lines::add));
            lines.end(pcAt(exported));
        }
    }

    /** Linear address of the instruction behind the part, which tells what the last one of it did. */
    private static long pcAt(Exported exported) throws IOException {
        long end = exported.end();
        InstructionCursor behind = exported.recording().trace().instructions(end);
        if (behind.advance(end)) {
            return behind.address();
        }
        return exported.recording()
                .replays()
                .at(
                        Detail.FLOW,
                        end,
                        exported.asker(),
                        timeline -> State.at(timeline, end).registers().get("rip")[0]);
    }

    /** A line has an instruction's address, and what the one before it did. */
    private static final class Lines {
        private final Exported exported;
        private final Writer out;
        private Map<String, Long> changed;
        /** What the instruction before did; null at first. */
        private Steps.Step step;

        Lines(Exported exported, Writer out, Map<String, Long> registers) {
            this.exported = exported;
            this.out = out;
            changed = registers;
        }

        boolean add(Steps.Step next) throws IOException {
            end(next.instruction().address());
            for (RegisterWrite write : next.writes()) {
                if (REGISTERS.contains(write.register())) {
                    changed.put(write.register(), write.value());
                }
            }
            step = next;
            return true;
        }

        private void accesses() throws IOException {
            if (step == null) {
                return;
            }
            if (step.moreAccesses() == 0) {
                for (Access access : step.accesses()) {
                    access(access);
                }
                return;
            }
            long position = step.instruction().position();
            Filter one = Filter.of(new Range(position, position + 1, 0));
            Accesses.list(exported.recording(), Accesses.Kind.ALL, one, exported.asked(this::access));
        }

        private boolean access(Access access) throws IOException {
            out.write(access.write() ? ",mw=0x" : ",mr=0x");
            out.write(Long.toHexString(access.address()));
            out.write(':');
            for (int i = 0; i < access.size(); i++) {
                DIGITS.formatHex(out, new byte[] {(byte) (access.value() >>> 8 * i)});
            }
            return true;
        }

        void end(long pc) throws IOException {
            for (Map.Entry<String, Long> register : changed.entrySet()) {
                out.write(register.getKey() + "=0x" + Long.toHexString(register.getValue()) + ",");
            }
            out.write("rip=0x" + Long.toHexString(pc));
            accesses();
            out.write('\n');
            changed = new LinkedHashMap<>();
        }
    }
}
