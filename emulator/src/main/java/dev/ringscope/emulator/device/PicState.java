package dev.ringscope.emulator.device;

/**
 * The registers of one 8259A as they are, for a debugger.
 *
 * @param irr requests, {@code imr} masks, {@code isr} in service: a bit for each input 0..7
 * @param highest the input with the highest priority
 * @param vectorBase the vector of input 0
 * @param readsIsr a read of the even port gives the ISR, not the IRR
 * @param elcr the inputs that are level-triggered
 * @param automaticEoi acknowledging ends the interrupt
 */
public record PicState(
        int irr,
        int imr,
        int isr,
        int highest,
        int vectorBase,
        boolean readsIsr,
        int elcr,
        boolean specialFullyNested,
        boolean automaticEoi) {}
