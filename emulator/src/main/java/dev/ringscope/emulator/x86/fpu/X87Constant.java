package dev.ringscope.emulator.x86.fpu;

/**
 * The seven constants of FLDcc, with 64 bits beyond the significand to round from: Intel SDM volume 1, section 8.3.7.
 */
public enum X87Constant {
    ONE(0x3fff, 0x8000000000000000L, 0),
    LOG2_10(0x4000, 0xd49a784bcd1b8afeL, 0x492bf6ff4dafdb4cL),
    LOG2_E(0x3fff, 0xb8aa3b295c17f0bbL, 0xbe87fed0691d3e88L),
    PI(0x4000, 0xc90fdaa22168c234L, 0xc4c6628b80dc1cd1L),
    LOG10_2(0x3ffd, 0x9a209a84fbcff798L, 0x8f8959ac0b7c9178L),
    LN_2(0x3ffe, 0xb17217f7d1cf79abL, 0xc9e3b39803f2f6afL),
    ZERO(0, 0, 0);

    final int se;
    final long significand;

    /** The next 64 bits below the significand. */
    final long fraction;

    X87Constant(int se, long significand, long fraction) {
        this.se = se;
        this.significand = significand;
        this.fraction = fraction;
    }
}
