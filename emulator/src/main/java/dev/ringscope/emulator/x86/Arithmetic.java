package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;

/** Addition, subtraction and comparison (Intel SDM vol. 2). */
final class Arithmetic {
    private Arithmetic() {}

    @Insn(
            enc = {
                "00 /r Eb,Gb lock",
                "01 /r Ev,Gv lock",
                "02 /r Gb,Eb",
                "03 /r Gv,Ev",
                "04 AL,Ib",
                "05 rAX,Iz",
                "80 /0 Eb,Ib lock",
                "82 /0 Eb,Ib lock i64",
                "81 /0 Ev,Iz lock",
                "83 /0 Ev,Ibs lock"
            },
            ops = "=a,b",
            flags = "add")
    static long add(long a, long b) {
        return a + b;
    }

    @Insn(
            enc = {
                "10 /r Eb,Gb lock",
                "11 /r Ev,Gv lock",
                "12 /r Gb,Eb",
                "13 /r Gv,Ev",
                "14 AL,Ib",
                "15 rAX,Iz",
                "80 /2 Eb,Ib lock",
                "82 /2 Eb,Ib lock i64",
                "81 /2 Ev,Iz lock",
                "83 /2 Ev,Ibs lock"
            },
            ops = "=a,b,c",
            flags = "add")
    static long adc(long a, long b, long carry) {
        return a + b + carry;
    }

    @Insn(
            enc = {
                "28 /r Eb,Gb lock",
                "29 /r Ev,Gv lock",
                "2A /r Gb,Eb",
                "2B /r Gv,Ev",
                "2C AL,Ib",
                "2D rAX,Iz",
                "80 /5 Eb,Ib lock",
                "82 /5 Eb,Ib lock i64",
                "81 /5 Ev,Iz lock",
                "83 /5 Ev,Ibs lock"
            },
            ops = "=a,b",
            flags = "sub")
    static long sub(long a, long b) {
        return a - b;
    }

    @Insn(
            enc = {
                "18 /r Eb,Gb lock",
                "19 /r Ev,Gv lock",
                "1A /r Gb,Eb",
                "1B /r Gv,Ev",
                "1C AL,Ib",
                "1D rAX,Iz",
                "80 /3 Eb,Ib lock",
                "82 /3 Eb,Ib lock i64",
                "81 /3 Ev,Iz lock",
                "83 /3 Ev,Ibs lock"
            },
            ops = "=a,b,c",
            flags = "sub")
    static long sbb(long a, long b, long carry) {
        return a - b - carry;
    }

    @Insn(
            enc = {
                "38 /r Eb,Gb",
                "39 /r Ev,Gv",
                "3A /r Gb,Eb",
                "3B /r Gv,Ev",
                "3C AL,Ib",
                "3D rAX,Iz",
                "80 /7 Eb,Ib",
                "82 /7 Eb,Ib i64",
                "81 /7 Ev,Iz",
                "83 /7 Ev,Ibs"
            },
            ops = "a,b",
            flags = "sub")
    static long cmp(long a, long b) {
        return a - b;
    }

    @Insn(
            enc = {"FE /0 Eb lock", "FF /0 Ev lock", "40+r Zv i64"},
            ops = "=a",
            flags = "inc")
    static long inc(long a) {
        return a + 1;
    }

    @Insn(
            enc = {"FE /1 Eb lock", "FF /1 Ev lock", "48+r Zv i64"},
            ops = "=a",
            flags = "dec")
    static long dec(long a) {
        return a - 1;
    }

    @Insn(
            enc = {"F6 /3 Eb lock", "F7 /3 Ev lock"},
            ops = "=a",
            flags = "neg")
    static long neg(long a) {
        return -a;
    }
}
