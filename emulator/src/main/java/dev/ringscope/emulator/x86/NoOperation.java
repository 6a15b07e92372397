package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;

/** Instructions that do nothing, and those that exist to be invalid (Intel SDM vol. 2: NOP, PAUSE, UD). */
final class NoOperation {
    private NoOperation() {}

    /**
     * 90 is XCHG eAX,eAX, which has no effect; 0F 19 to 0F 1F are reserved for hints, ENDBR64 and its like among them.
     */
    @Insn(
            enc = {
                "90 b0",
                "0F 18 /r Rv",
                "0F 18 /4 Mv",
                "0F 18 /5 Mv",
                "0F 18 /6 Mv",
                "0F 18 /7 Mv",
                "0F 19 /r Ev",
                "0F 1A /r Ev",
                "0F 1B /r Ev",
                "0F 1C /r Ev",
                "0F 1D /r Ev",
                "0F 1E /r Ev",
                "0F 1F /r Ev"
            })
    static void nop() {}

    @Insn(enc = "F3 90 b0")
    static void pause() {}

    @Insn(enc = "F3 0F 1E =FA")
    static void endbr64() {}

    @Insn(enc = "F3 0F 1E =FB")
    static void endbr32() {}

    @Insn(enc = "0F FF /r Gv,Ev end")
    static void ud0() {
        throw Fault.ud();
    }

    @Insn(enc = "0F B9 /r Gv,Ev end")
    static void ud1() {
        throw Fault.ud();
    }

    @Insn(enc = "0F 0B end")
    static void ud2() {
        throw Fault.ud();
    }
}
