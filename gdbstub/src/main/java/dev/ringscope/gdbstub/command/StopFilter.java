package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.TargetDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What has to hold for a stop, all of it: registers that have certain values, for example {@code ring=3 cr3=0x1000}.
 */
record StopFilter(List<StopCondition> conditions) {
    static final StopFilter NONE = new StopFilter(List.of());

    /** @param text conditions with spaces between */
    static StopFilter parse(TargetDescription description, GuestThread thread, String text) throws RefusedException {
        List<StopCondition> conditions = new ArrayList<>();
        for (String word : text.split(" ")) {
            conditions.add(StopCondition.parse(description, thread, word));
        }
        return new StopFilter(conditions);
    }

    boolean passes(GuestThread thread) {
        for (StopCondition condition : conditions) {
            if (!condition.holds(thread)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return conditions.stream().map(StopCondition::toString).collect(Collectors.joining(" "));
    }
}
