package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;

/** Bitwise operations on whole operands (Intel SDM vol. 2). CF and OF become 0; AF, left undefined, too. */
final class Logic {
    private Logic() {}

    @Insn(
            enc = {
                "20 /r Eb,Gb lock",
                "21 /r Ev,Gv lock",
                "22 /r Gb,Eb",
                "23 /r Gv,Ev",
                "24 AL,Ib",
                "25 rAX,Iz",
                "80 /4 Eb,Ib lock",
                "82 /4 Eb,Ib lock i64",
                "81 /4 Ev,Iz lock",
                "83 /4 Ev,Ibs lock"
            },
            ops = "=a,b",
            flags = "logic",
            undefined = "A")
    static long and(long a, long b) {
        return a & b;
    }

    @Insn(
            enc = {
                "08 /r Eb,Gb lock",
                "09 /r Ev,Gv lock",
                "0A /r Gb,Eb",
                "0B /r Gv,Ev",
                "0C AL,Ib",
                "0D rAX,Iz",
                "80 /1 Eb,Ib lock",
                "82 /1 Eb,Ib lock i64",
                "81 /1 Ev,Iz lock",
                "83 /1 Ev,Ibs lock"
            },
            ops = "=a,b",
            flags = "logic",
            undefined = "A")
    static long or(long a, long b) {
        return a | b;
    }

    @Insn(
            enc = {
                "30 /r Eb,Gb lock",
                "31 /r Ev,Gv lock",
                "32 /r Gb,Eb",
                "33 /r Gv,Ev",
                "34 AL,Ib",
                "35 rAX,Iz",
                "80 /6 Eb,Ib lock",
                "82 /6 Eb,Ib lock i64",
                "81 /6 Ev,Iz lock",
                "83 /6 Ev,Ibs lock"
            },
            ops = "=a,b",
            flags = "logic",
            undefined = "A")
    static long xor(long a, long b) {
        return a ^ b;
    }

    @Insn(
            enc = {
                "84 /r Eb,Gb",
                "85 /r Ev,Gv",
                "A8 AL,Ib",
                "A9 rAX,Iz",
                "F6 /0 Eb,Ib",
                "F6 /1 Eb,Ib",
                "F7 /0 Ev,Iz",
                "F7 /1 Ev,Iz"
            },
            ops = "a,b",
            flags = "logic",
            undefined = "A")
    static long test(long a, long b) {
        return a & b;
    }

    @Insn(
            enc = {"F6 /2 Eb lock", "F7 /2 Ev lock"},
            ops = "=a")
    static long not(long a) {
        return ~a;
    }
}
