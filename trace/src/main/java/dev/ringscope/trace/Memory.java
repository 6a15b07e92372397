package dev.ringscope.trace;

import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the pages of a checkpoint's memory are stored: each in the latest checkpoint that holds it. */
final class Memory {
    private final List<CheckpointPlace> checkpoints;

    Memory(TraceMap map) {
        checkpoints = map.checkpoints();
    }

    /**
     * The packets to read for a checkpoint's memory, with the pages to take from each. Pages that are in none are zero.
     *
     * @param wanted these pages only; null: all
     */
    Map<PagesPlace, Set<Long>> stored(int checkpoint, Set<Long> wanted) {
        Map<PagesPlace, Set<Long>> sources = new HashMap<>();
        Set<Long> found = new HashSet<>();
        for (int i = checkpoint; i >= 0; i--) {
            for (PagesPlace packet : checkpoints.get(i).packets()) {
                for (long page : packet.pages()) {
                    if ((wanted == null || wanted.contains(page)) && found.add(page)) {
                        sources.computeIfAbsent(packet, _ -> new HashSet<>()).add(page);
                    }
                }
            }
            if (checkpoints.get(i).full() || wanted != null && found.size() == wanted.size()) {
                break;
            }
        }
        return sources;
    }

    /** The pages that may differ between two checkpoints. */
    Set<Long> changedBetween(int a, int b) {
        Set<Long> changed = new HashSet<>();
        for (int i = Math.min(a, b) + 1; i <= Math.max(a, b); i++) {
            for (PagesPlace packet : checkpoints.get(i).packets()) {
                for (long page : packet.pages()) {
                    changed.add(page);
                }
            }
        }
        return changed;
    }

    /** Whether a full checkpoint lies between: then anything may differ. */
    boolean fullBetween(int a, int b) {
        for (int i = Math.min(a, b) + 1; i <= Math.max(a, b); i++) {
            if (checkpoints.get(i).full()) {
                return true;
            }
        }
        return false;
    }
}
