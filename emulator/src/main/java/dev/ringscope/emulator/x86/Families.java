package dev.ringscope.emulator.x86;

import java.util.List;

/** The classes that hold instruction definitions, one per family: the decoder's table is made of them. */
public final class Families {
    private static final List<Class<?>> ALL = List.of(
            Arithmetic.class,
            Bits.class,
            Branches.class,
            CacheInstructions.class,
            ControlRegisterInstructions.class,
            Cpuid.class,
            DebugRegisterInstructions.class,
            Decimal.class,
            DescriptorTableInstructions.class,
            Exchanges.class,
            ExtendedState.class,
            FarReturns.class,
            FarTransfers.class,
            FlagInstructions.class,
            FpuArithmetic.class,
            FpuComparisons.class,
            FpuControl.class,
            FpuEnvironment.class,
            FpuFunctions.class,
            FpuLoads.class,
            FpuStores.class,
            InterruptFlag.class,
            InterruptInstructions.class,
            InterruptReturn.class,
            Logic.class,
            Moves.class,
            MsrInstructions.class,
            Multiplication.class,
            NoOperation.class,
            PackedAddition.class,
            PackedCompares.class,
            PackedConversions.class,
            PackedLogic.class,
            PackedMultiplication.class,
            PackedShifts.class,
            PortInstructions.class,
            SegmentLoads.class,
            SegmentQueries.class,
            Shifts.class,
            SseBlends.class,
            SseCompares.class,
            SseConversions.class,
            SseElements.class,
            SseHorizontalFloat.class,
            SseMoves.class,
            SsePackedFloat.class,
            SseScalarFloat.class,
            SseSearches.class,
            SseShuffles.class,
            SseStreaming.class,
            SseStrings.class,
            Stack.class,
            Strings.class,
            SystemCalls.class,
            SystemSegments.class,
            TimeInstructions.class);

    private Families() {}

    public static List<Class<?>> all() {
        return ALL;
    }
}
