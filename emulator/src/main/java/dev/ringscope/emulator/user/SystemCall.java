package dev.ringscope.emulator.user;

/** One system call of Linux. */
@FunctionalInterface
interface SystemCall {
    /**
     * @param a the six arguments, as the registers hold them; for i386 zero-extended from 32 bits
     * @return what the program gets in RAX
     * @throws Errno when it fails
     */
    long call(LinuxProcess process, long[] a);
}
