package dev.ringscope.emulator.x86;

/** What the processor's own registers reach of its local APIC: IA32_APIC_BASE, CR8, IA32_TSC_DEADLINE. */
public interface ProcessorApic {
    /** A processor without one. */
    ProcessorApic NONE = new ProcessorApic() {
        @Override
        public long base() {
            return 0;
        }

        @Override
        public boolean acceptsBase(long value) {
            return false;
        }

        @Override
        public void setBase(long value) {}

        @Override
        public int cr8() {
            return 0;
        }

        @Override
        public void setCr8(int value) {}

        @Override
        public long tscDeadline() {
            return 0;
        }

        @Override
        public void setTscDeadline(long tsc) {}

        @Override
        public void tscChanged() {}
    };

    /** IA32_APIC_BASE. */
    long base();

    /** Whether IA32_APIC_BASE may be given this value; else WRMSR is #GP(0). */
    boolean acceptsBase(long value);

    /** @param value one that {@link #acceptsBase} */
    void setBase(long value);

    /** The task priority class, 0..15. */
    int cr8();

    void setCr8(int value);

    /** IA32_TSC_DEADLINE; 0 when disarmed. */
    long tscDeadline();

    void setTscDeadline(long tsc);

    /** The time-stamp counter was written. */
    void tscChanged();
}
