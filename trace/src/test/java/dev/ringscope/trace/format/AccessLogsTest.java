package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.AccessLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is taken away is what came first, wherever its end lies in a log. */
class AccessLogsTest {
    private final AccessLogs logs = new AccessLogs();
    private int made;

    /** Accesses whose addresses count, two at each position. */
    private void add(int count) {
        AccessLog log = new AccessLog();
        log.base = made / 2;
        for (int i = 0; i < count; i++) {
            log.instruction[i] = (int) (made / 2 - log.base);
            log.address[i] = made;
            log.value[i] = -made;
            log.kind[i] = (byte) (made % 2 == 0 ? 8 : AccessLog.WRITE | 8);
            made++;
        }
        log.count = count;
        logs.add(log);
    }

    private static List<Integer> addresses(List<AccessLog> taken) {
        List<Integer> found = new ArrayList<>();
        for (AccessLog log : taken) {
            for (int i = 0; i < log.count; i++) {
                int address = (int) log.address[i];
                assertThat(log.base + log.instruction[i]).isEqualTo(address / 2);
                assertThat(log.value[i]).isEqualTo(-address);
                assertThat(log.kind[i] & AccessLog.WRITE).isEqualTo(address % 2 * AccessLog.WRITE);
                found.add(address);
            }
        }
        return found;
    }

    @Test
    void theFirstOnesAreTakenFromTheMiddleOfALog() {
        add(AccessLog.CAPACITY);
        add(AccessLog.CAPACITY);
        add(100);
        int next = 0;
        for (int count : new int[] {10, AccessLog.CAPACITY - 10, 1, 0, AccessLog.CAPACITY + 49, 50}) {
            assertThat(logs.below(Long.MAX_VALUE)).isEqualTo(made - next);
            assertThat(logs.below((next + 5) / 2)).isEqualTo(Math.min((next + 5) / 2 * 2, made) - next);
            List<AccessLog> taken = logs.take(count);
            assertThat(addresses(taken)).hasSize(count);
            for (int address : addresses(taken)) {
                assertThat(address).isEqualTo(next++);
            }
            logs.give(taken);
            assertThat(logs.count()).isEqualTo(made - next);
        }
        add(3);
        assertThat(addresses(logs.take(3))).containsExactly(made - 3, made - 2, made - 1);
    }
}
