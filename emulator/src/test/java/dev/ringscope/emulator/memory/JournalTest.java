package dev.ringscope.emulator.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Memory put back to the beginning of a segment is what it was, whatever was written, merged and put back between. */
class JournalTest {
    private static final int PAGES = 16;

    private final PhysicalMemory memory = new PhysicalMemory(PAGES * PhysicalMemory.PAGE, new byte[0]);
    private final Random random = new Random(11);

    private void write() {
        memory.write(random.nextInt(PAGES * PhysicalMemory.PAGE / 8) * 8L, 8, random.nextLong());
    }

    @Test
    void randomWritesAreTakenBack() {
        List<byte[]> expected = new ArrayList<>();
        for (int round = 0; round < 500; round++) {
            int action = random.nextInt(10);
            if (action < 3) {
                memory.journal.begin();
                expected.add(memory.bytes.clone());
            } else if (action == 3 && expected.size() > 1) {
                int merged = 1 + random.nextInt(expected.size() - 1);
                memory.journal.merge(merged);
                expected.remove(merged);
            } else if (action == 4 && !expected.isEmpty()) {
                int target = random.nextInt(expected.size());
                memory.journal.rewind(target);
                expected.subList(target + 1, expected.size()).clear();
                assertThat(memory.bytes).isEqualTo(expected.get(target));
            } else {
                write();
            }
            assertThat(memory.journal.segments()).isEqualTo(expected.size());
        }
    }

    @Test
    void whatIsTooMuchIsForgottenAndNothingElseHappens() {
        PhysicalMemory small = new PhysicalMemory(PAGES * PhysicalMemory.PAGE, new byte[0]);
        Journal journal = new Journal(small, 3 * PhysicalMemory.PAGE);
        journal.begin();
        journal.save(0);
        journal.save(1);
        journal.save(2);
        assertThat(journal.segments()).isOne();
        journal.save(3);
        assertThat(journal.segments()).isZero();
        assertThat(small.pageFlags).containsOnly(0);
    }
}
