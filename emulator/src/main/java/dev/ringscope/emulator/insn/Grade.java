package dev.ringscope.emulator.insn;

import java.lang.constant.ClassDesc;

/** How much a region is worth: what HotSpot spends on it differs by a factor of ten, what it gains by one of two. */
public enum Grade {
    /**
     * For all code that is executed often: each block belongs to one such region, may be entered there, and may be
     * repeated in others that use it. HotSpot compiles it with C1 alone.
     */
    QUICK("QuickRegion", 3_000),
    /** For code where the guest spends long, in addition: entered at its first block, compiled with C2. */
    BEST("Region", 1_800);

    /** Simple name of its classes; the launcher's options and {@link QuickCompilation} go by it. */
    final String className;
    /** The name of its classes. They are hidden, so that many have it. */
    final ClassDesc type;
    /** Estimated bytecodes at most: beyond 8,000 HotSpot would not compile the method at all. */
    final int maxSize;

    Grade(String className, int maxSize) {
        this.className = className;
        type = ClassDesc.of(Homes.X86.packageName(), className);
        this.maxSize = maxSize;
    }
}
