/**
 * The x86-64 processor (Intel SDM): one class of instruction definitions per family, listed in
 * {@link dev.ringscope.emulator.x86.Families}, and the mechanisms behind them, paging, segmentation, interrupts and
 * system registers, around the state in {@link dev.ringscope.emulator.x86.X86Cpu}.
 */
package dev.ringscope.emulator.x86;
