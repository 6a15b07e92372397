package dev.ringscope.emulator.x86;

import java.util.Arrays;

/**
 * The breakpoints of DR0 to DR3 as DR7 arms them (Intel SDM vol. 3B, 18.2): data breakpoints set DR6 and ask for a #DB
 * trap behind the instruction, instruction breakpoints answer {@link #executes}. To be told of DR7 by {@link #changed}.
 */
public final class DebugRegisters {
    private static final int EXECUTE = 0;
    private static final int WRITE = 1;
    private static final int IO = 2;

    private final X86Cpu cpu;
    private boolean data;
    private boolean code;
    private boolean io;

    DebugRegisters(X86Cpu cpu) {
        this.cpu = cpu;
    }

    /** Takes over DR0 to DR3, DR7 and CR4.DE. */
    public void changed() {
        data = code = io = false;
        for (int n = 0; n < 4; n++) {
            if (enabled(n)) {
                switch (kind(n)) {
                    case EXECUTE -> code = true;
                    case IO -> io = (cpu.cr4 & X86Cpu.CR4_DE) != 0;
                    default -> data = true;
                }
            }
        }
        cpu.paging.flushAll();
    }

    private boolean enabled(int n) {
        return (cpu.dr[7] >>> 2 * n & 3) != 0;
    }

    private int kind(int n) {
        return (int) (cpu.dr[7] >>> 16 + 4 * n) & 3;
    }

    /** Bytes that breakpoint n covers: 1, 2, 4 or 8. */
    private int length(int n) {
        return switch ((int) (cpu.dr[7] >>> 18 + 4 * n) & 3) {
            case 0 -> 1;
            case 1 -> 2;
            case 2 -> 8;
            default -> 4;
        };
    }

    /** The address is aligned to the length (SDM vol. 3B, 18.2.5). */
    private long start(int n) {
        return cpu.dr[n] & -(long) length(n);
    }

    boolean watchesData() {
        return data;
    }

    /** A data breakpoint touches the linear page. */
    boolean watches(long page) {
        if (data) {
            for (int n = 0; n < 4; n++) {
                if (enabled(n) && kind(n) != EXECUTE && kind(n) != IO && (cpu.dr[n] & -4096) == page) {
                    return true;
                }
            }
        }
        return false;
    }

    /** An access was made: breakpoints that it meets set their bits in DR6 and ask for the trap. */
    void accessed(long linear, int size, boolean write) {
        int met = 0;
        for (int n = 0; n < 4; n++) {
            boolean armed = enabled(n) && (kind(n) == 3 || kind(n) == WRITE && write);
            if (armed && linear < start(n) + length(n) && start(n) < linear + size) {
                met |= 1 << n;
            }
        }
        request(met);
    }

    /** A port was accessed, with CR4.DE. */
    public void portAccessed(int port, int size) {
        if (!io) {
            return;
        }
        int met = 0;
        for (int n = 0; n < 4; n++) {
            if (enabled(n) && kind(n) == IO && port < start(n) + length(n) && start(n) < port + size) {
                met |= 1 << n;
            }
        }
        request(met);
    }

    private void request(int met) {
        if (met != 0) {
            cpu.interrupts.debugTrap(met);
            cpu.endBlock();
        }
    }

    /** An instruction breakpoint is armed at all. */
    public boolean watchesCode() {
        return code;
    }

    /**
     * The instruction that begins at a linear address meets an instruction breakpoint.
     *
     * @return the bits B0 to B3 for DR6; 0 if none is met
     */
    public int executes(long linear) {
        int met = 0;
        for (int n = 0; code && n < 4; n++) {
            if (enabled(n) && kind(n) == EXECUTE && cpu.dr[n] == linear) {
                met |= 1 << n;
            }
        }
        return met;
    }

    @Override
    public String toString() {
        return Arrays.toString(cpu.dr);
    }
}
