package dev.ringscope.trace.service;

import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.proto.query.v1.Condition;
import dev.ringscope.proto.query.v1.ContinueResponse;
import dev.ringscope.proto.query.v1.RegisterCondition;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.RegisterWrites;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A condition to stop at, as a question that lists what meets it, in order. */
final class Stop {
    /** @param describe puts it into the answer */
    record Match(long position, Consumer<ContinueResponse.Builder> describe) {}

    /** Asks for everything in a range that meets the condition. */
    @FunctionalInterface
    private interface Question {
        void list(Filter filter, Answers<Match> matches) throws IOException;
    }

    private final Filter filter;
    private final Question question;

    private Stop(Filter filter, Question question) {
        this.filter = filter;
        this.question = question;
    }

    /** @param field where the condition stands in the request */
    static Stop of(OpenTrace trace, String field, Condition condition) {
        Filter filter = Filters.of(
                trace,
                field + ".filter",
                condition.getFilter().toBuilder()
                        .clearFromPosition()
                        .clearToPosition()
                        .build());
        return new Stop(
                filter,
                switch (condition.getKindCase()) {
                    case INSTRUCTION -> instruction(trace);
                    case EVENT ->
                        event(
                                trace,
                                ListEvents.kinds(
                                        field + ".event.kinds",
                                        condition.getEvent().getKindsList()));
                    case ACCESS ->
                        access(
                                trace,
                                ListAccesses.kinds(
                                        field + ".access.kinds",
                                        condition.getAccess().getKindsList()));
                    case REGISTER -> register(trace, field + ".register", condition.getRegister());
                    case KIND_NOT_SET -> throw Refusal.field(field + ".kind", "expected a condition, found none");
                });
    }

    private static Question instruction(OpenTrace trace) {
        Disassembly disassembly = new Disassembly(Syntax.INTEL, trace.symbols());
        return (filter, matches) -> Instructions.list(
                trace.recording(),
                filter,
                Listing.each(
                        matches,
                        i -> new Match(
                                i.position(),
                                answer -> answer.setInstruction(
                                        ListInstructions.message(i, trace.symbols(), disassembly)))));
    }

    private static Question event(OpenTrace trace, Set<Events.Kind> kinds) {
        return (filter, matches) -> Events.list(
                trace.recording(),
                kinds,
                filter,
                Listing.each(matches, e -> new Match(e.position(), answer -> answer.setEvent(ListEvents.message(e)))));
    }

    private static Question access(OpenTrace trace, Set<Accesses.Kind> kinds) {
        return (filter, matches) -> Accesses.list(
                trace.recording(),
                kinds,
                filter,
                Listing.each(
                        matches, a -> new Match(a.position(), answer -> answer.setAccess(ListAccesses.message(a)))));
    }

    private static Question register(OpenTrace trace, String field, RegisterCondition wanted) {
        Register register = RegisterNames.find(
                        trace.recording().trace(), field + ".register", List.of(wanted.getRegister()))
                .getFirst();
        if (wanted.getWord() < 0 || wanted.getWord() >= register.words()) {
            throw Refusal.field(
                    field + ".word",
                    "%s has %d words of 64 bits, found %s"
                            .formatted(register.name(), register.words(), Integer.toUnsignedString(wanted.getWord())));
        }
        long mask = wanted.getMask() == 0 ? -1 : wanted.getMask();
        return (filter, matches) -> RegisterWrites.list(
                trace.recording(), Set.of(register.name()), filter, new Answers<RegisterWrites.RegisterWrite>() {
                    @Override
                    public boolean take(RegisterWrites.RegisterWrite write) throws IOException {
                        boolean met = write.word() == wanted.getWord()
                                && (!wanted.hasValue() || (write.value() & mask) == (wanted.getValue() & mask));
                        return !met
                                || matches.take(new Match(
                                        write.position(),
                                        answer -> answer.setRegisterWrite(ListRegisterWrites.message(write))));
                    }

                    @Override
                    public void check() {
                        matches.check();
                    }
                });
    }

    /** The first match in a range of positions, or null. */
    Match first(long from, long to, Asker asker) throws IOException {
        return find(from, to, asker, false);
    }

    /** The last match in a range of positions, or null. */
    Match last(long from, long to, Asker asker) throws IOException {
        return find(from, to, asker, true);
    }

    private Match find(long from, long to, Asker asker, boolean all) throws IOException {
        Match[] found = {null};
        question.list(filter.withRange(new Range(from, to, 0)), new Answers<>() {
            @Override
            public boolean take(Match match) {
                found[0] = match;
                return all;
            }

            @Override
            public void check() {
                asker.check();
            }
        });
        return found[0];
    }
}
