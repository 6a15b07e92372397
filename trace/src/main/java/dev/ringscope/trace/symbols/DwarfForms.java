package dev.ringscope.trace.symbols;

/** How the values of DWARF's attributes are written: DWARF 5, section 7.5.6. */
final class DwarfForms {
    static final int STRING = 0x08, STRP = 0x0e, LINE_STRP = 0x1f, IMPLICIT_CONST = 0x21;
    private static final int ADDR = 0x01, BLOCK2 = 0x03, BLOCK4 = 0x04, DATA2 = 0x05, DATA4 = 0x06, DATA8 = 0x07;
    private static final int BLOCK = 0x09, BLOCK1 = 0x0a, DATA1 = 0x0b, FLAG = 0x0c, SDATA = 0x0d, UDATA = 0x0f;
    private static final int REF_ADDR = 0x10, REF1 = 0x11, REF2 = 0x12, REF4 = 0x13, REF8 = 0x14, REF_UDATA = 0x15;
    private static final int SEC_OFFSET = 0x17, EXPRLOC = 0x18, FLAG_PRESENT = 0x19, DATA16 = 0x1e, REF_SIG8 = 0x20;

    private DwarfForms() {}

    /** A number without a sign. */
    static long number(DwarfInput in, long form) {
        return switch ((int) form) {
            case DATA1 -> in.u1();
            case DATA2 -> in.u2();
            case DATA4 -> in.u4();
            case DATA8 -> in.u8();
            case UDATA -> in.uleb();
            case SEC_OFFSET -> in.offset();
            default -> throw in.bad(in.position(), "a number, found form 0x%x".formatted(form));
        };
    }

    /**
     * @param addressSize bytes
     * @param version of the unit
     */
    static void skip(DwarfInput in, long form, int addressSize, int version) {
        switch ((int) form) {
            case FLAG_PRESENT, IMPLICIT_CONST -> {}
            case DATA1, FLAG, REF1 -> in.skip(1);
            case DATA2, REF2 -> in.skip(2);
            case DATA4, REF4 -> in.skip(4);
            case DATA8, REF8, REF_SIG8 -> in.skip(8);
            case DATA16 -> in.skip(16);
            case ADDR -> in.skip(addressSize);
            case SDATA, UDATA, REF_UDATA -> in.uleb();
            case STRING -> in.string();
            case STRP, LINE_STRP, SEC_OFFSET -> in.offset();
            case REF_ADDR -> in.skip(version == 2 ? addressSize : in.offsetSize());
            case BLOCK1 -> in.skip(in.u1());
            case BLOCK2 -> in.skip(in.u2());
            case BLOCK4 -> in.skip(in.u4());
            case BLOCK, EXPRLOC -> in.skip(in.uleb());
            default -> throw in.bad(in.position(), "a form that is known, found 0x%x".formatted(form));
        }
    }
}
