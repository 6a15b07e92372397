package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;

/**
 * One 8259A interrupt controller (Intel 8259A datasheet, order 231468; section names below are its). Level triggering
 * is chosen per input by the ELCR as in the 82371 (PIIX) chips, so bit LTIM of ICW1 has no effect. Of ICW4 the bits
 * AEOI and SFNM work; the buffered modes and the 8080 vectors do not exist here.
 */
final class PicChip {
    private final int cascadeMask;

    private int irr;
    private int isr;
    private int imr;
    private int lines;
    private int elcr;
    private int vectorBase;
    /** The input with the lowest priority; the next one up has the highest. */
    private int lowest = 7;

    /** The initialization command word expected next at the odd port: 2, 3, 4, or 0 for none. */
    private int nextIcw;

    private boolean icw4Needed;
    private boolean single;
    private boolean automaticEoi;
    private boolean rotateOnAutomaticEoi;
    private boolean specialFullyNested;
    private boolean specialMask;
    private boolean readIsr;
    private boolean poll;

    /** @param cascadeMask the inputs that carry another chip */
    PicChip(int cascadeMask) {
        this.cascadeMask = cascadeMask;
    }

    void reset() {
        irr = isr = imr = lines = elcr = vectorBase = nextIcw = 0;
        lowest = 7;
        icw4Needed = single = automaticEoi = rotateOnAutomaticEoi = false;
        specialFullyNested = specialMask = readIsr = poll = false;
    }

    /**
     * An edge-triggered request is latched by the rising edge and lost again if the line falls before it is
     * acknowledged ("IR inputs must remain high until after the falling edge of the first INTA").
     */
    void line(int input, boolean level) {
        int bit = 1 << input;
        if (level && ((lines & bit) == 0 || (elcr & bit) != 0)) {
            irr |= bit;
        } else if (!level) {
            irr &= ~bit;
        }
        lines = level ? lines | bit : lines & ~bit;
    }

    /** The input that may interrupt now, or -1. */
    int request() {
        int candidates = irr & ~imr;
        int inService = specialMask ? isr & ~imr : isr;
        if (specialFullyNested) {
            inService &= ~cascadeMask;
        }
        int wanted = rank(candidates);
        return wanted < rank(inService) ? input(wanted) : -1;
    }

    /** The rank (0 highest) of the first of these inputs in the order of priority, 8 for none. */
    private int rank(int inputs) {
        for (int rank = 0; rank < 8; rank++) {
            if ((inputs >> input(rank) & 1) != 0) {
                return rank;
            }
        }
        return 8;
    }

    private int input(int rank) {
        return lowest + 1 + rank & 7;
    }

    /** INTA for an input that {@link #request} gave. */
    void accept(int input) {
        int bit = 1 << input;
        if ((elcr & bit) == 0) {
            irr &= ~bit;
        }
        if (!automaticEoi) {
            isr |= bit;
        } else if (rotateOnAutomaticEoi) {
            lowest = input;
        }
    }

    int vector(int input) {
        return vectorBase | input;
    }

    PicState state() {
        return new PicState(irr, imr, isr, lowest + 1 & 7, vectorBase, readIsr, elcr, specialFullyNested, automaticEoi);
    }

    int elcr() {
        return elcr;
    }

    void setElcr(int value) {
        elcr = value;
        irr = irr & ~elcr | lines & elcr;
    }

    int read(boolean odd) {
        if (poll) {
            poll = false;
            int input = request();
            if (input < 0) {
                return 0;
            }
            accept(input);
            return 0x80 | input;
        }
        return odd ? imr : readIsr ? isr : irr;
    }

    void write(boolean odd, int value) {
        if (odd) {
            data(value);
        } else if ((value & 0x10) != 0) {
            icw1(value);
        } else if ((value & 8) != 0) {
            ocw3(value);
        } else {
            ocw2(value);
        }
    }

    private void icw1(int value) {
        irr = lines & elcr;
        isr = imr = 0;
        lowest = 7;
        specialMask = readIsr = poll = false;
        automaticEoi = specialFullyNested = rotateOnAutomaticEoi = false;
        single = (value & 2) != 0;
        icw4Needed = (value & 1) != 0;
        nextIcw = 2;
    }

    private void data(int value) {
        switch (nextIcw) {
            case 2 -> {
                vectorBase = value & 0xf8;
                nextIcw = single ? afterIcw3() : 3;
            }
            case 3 -> nextIcw = afterIcw3();
            case 4 -> {
                automaticEoi = (value & 2) != 0;
                specialFullyNested = (value & 0x10) != 0;
                nextIcw = 0;
            }
            default -> imr = value;
        }
    }

    private int afterIcw3() {
        return icw4Needed ? 4 : 0;
    }

    private void ocw2(int value) {
        int level = value & 7;
        switch (value >> 5) {
            case 0 -> rotateOnAutomaticEoi = false;
            case 1 -> endOfInterrupt(highestInService(), false);
            case 3 -> endOfInterrupt(level, false);
            case 4 -> rotateOnAutomaticEoi = true;
            case 5 -> endOfInterrupt(highestInService(), true);
            case 6 -> lowest = level;
            case 7 -> endOfInterrupt(level, true);
            default -> {} // 2: no operation
        }
    }

    /** "In special mask mode a masked in-service bit is not cleared by a non-specific EOI." */
    private int highestInService() {
        int rank = rank(specialMask ? isr & ~imr : isr);
        return rank == 8 ? -1 : input(rank);
    }

    private void endOfInterrupt(int input, boolean rotate) {
        if (input < 0) {
            return;
        }
        isr &= ~(1 << input);
        if (rotate) {
            lowest = input;
        }
    }

    private void ocw3(int value) {
        if ((value & 0x40) != 0) {
            specialMask = (value & 0x20) != 0;
        }
        if ((value & 4) != 0) {
            poll = true;
        } else if ((value & 2) != 0) {
            readIsr = (value & 1) != 0;
        }
    }

    void save(StateOutput out) {
        out.put(irr)
                .put(isr)
                .put(imr)
                .put(lines)
                .put(elcr)
                .put(vectorBase)
                .put(lowest)
                .put(nextIcw);
        out.put(icw4Needed).put(single).put(automaticEoi).put(rotateOnAutomaticEoi);
        out.put(specialFullyNested).put(specialMask).put(readIsr).put(poll);
    }

    void load(StateInput in) {
        irr = in.nextInt();
        isr = in.nextInt();
        imr = in.nextInt();
        lines = in.nextInt();
        elcr = in.nextInt();
        vectorBase = in.nextInt();
        lowest = in.nextInt();
        nextIcw = in.nextInt();
        icw4Needed = in.nextBoolean();
        single = in.nextBoolean();
        automaticEoi = in.nextBoolean();
        rotateOnAutomaticEoi = in.nextBoolean();
        specialFullyNested = in.nextBoolean();
        specialMask = in.nextBoolean();
        readIsr = in.nextBoolean();
        poll = in.nextBoolean();
    }
}
