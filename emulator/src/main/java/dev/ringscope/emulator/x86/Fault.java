package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.GuestFault;

/**
 * An exception of the guest on its way to delivery, thrown out of the instruction, which has then committed nothing. It
 * carries no Java stack trace: it is control flow, thrown a million times in a boot.
 */
public final class Fault extends GuestFault {
    private static final long serialVersionUID = 1;

    public static final int DE = 0,
            DB = 1,
            NMI = 2,
            BP = 3,
            OF = 4,
            BR = 5,
            UD = 6,
            NM = 7,
            DF = 8,
            TS = 10,
            NP = 11,
            SS = 12;
    public static final int GP = 13, PF = 14, MF = 16, AC = 17, MC = 18, XM = 19;

    public final int vector;
    /** The error code to push, or -1 where the vector has none. */
    public final int errorCode;

    public final transient Reason reason;
    /** What the failed check looked at (selector, entry, address, value), or 0. */
    public final long detail;
    /** Linear address for page faults (CR2). */
    public final long address;

    public Fault(int vector, int errorCode, Reason reason, long detail, long address) {
        this.vector = vector;
        this.errorCode = errorCode;
        this.reason = reason;
        this.detail = detail;
        this.address = address;
    }

    /** A fault without an error code. */
    public static Fault of(int vector, Reason reason) {
        return new Fault(vector, -1, reason, 0, 0);
    }

    public static Fault ud() {
        return of(UD, Reason.INVALID_OPCODE);
    }

    /** #GP(0). */
    public static Fault gp(Reason reason) {
        return new Fault(GP, 0, reason, 0, 0);
    }

    /** #GP(error code): a selector with its low two bits as the manual says for the case, or an IDT vector * 8 + 2. */
    public static Fault gp(int errorCode, Reason reason, long detail) {
        return new Fault(GP, errorCode, reason, detail, 0);
    }

    /** #SS(error code). */
    public static Fault ss(int errorCode, Reason reason, long detail) {
        return new Fault(SS, errorCode, reason, detail, 0);
    }

    public static Fault np(int errorCode, Reason reason, long detail) {
        return new Fault(NP, errorCode, reason, detail, 0);
    }

    public static Fault ts(int errorCode, Reason reason, long detail) {
        return new Fault(TS, errorCode, reason, detail, 0);
    }

    /** #PF with the error code of SDM vol. 3A, 4.7, for an access to a linear address. */
    public static Fault pf(int errorCode, Reason reason, long entryAddress, long linear) {
        return new Fault(PF, errorCode, reason, entryAddress, linear);
    }

    @Override
    public String getMessage() {
        return "vector %d error %x: %s (0x%x, address 0x%x)".formatted(vector, errorCode, reason, detail, address);
    }
}
