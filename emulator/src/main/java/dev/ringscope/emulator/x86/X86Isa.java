package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.insn.BlockFlow;
import dev.ringscope.emulator.insn.CodeBytes;
import dev.ringscope.emulator.insn.Decoder;
import dev.ringscope.emulator.insn.Grade;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Isa;
import dev.ringscope.emulator.insn.Op;
import dev.ringscope.emulator.insn.OpcodeTable;
import dev.ringscope.emulator.insn.QuickCompilation;
import dev.ringscope.emulator.insn.Region;
import dev.ringscope.emulator.insn.RegionPlan;
import dev.ringscope.emulator.insn.RegionSpinner;
import dev.ringscope.emulator.insn.Spinner;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import java.lang.invoke.MethodHandles;

/** The x86-64 instruction set: the table of {@link Families}, decoded and made executable. */
public final class X86Isa implements Isa {
    private static final OpcodeTable TABLE = new OpcodeTable(Families.all());
    private static final Spinner SPINNER = new Spinner(MethodHandles.lookup());

    private final Decoder decoder = new Decoder(TABLE);
    private final boolean logged;
    private final RegionSpinner regions;

    /** @param logged data accesses go to the processor's access log */
    public X86Isa(boolean logged) {
        this.logged = logged;
        regions = new RegionSpinner(MethodHandles.lookup(), logged);
    }

    public static OpcodeTable table() {
        return TABLE;
    }

    @Override
    public Instruction decode(CodeBytes code, long address, int codeSize) {
        return decoder.decode(code, address, codeSize);
    }

    @Override
    public Op operation(Instruction instruction) {
        return instruction.def == null ? new Undefined(instruction) : SPINNER.spin(instruction, logged);
    }

    @Override
    public boolean endsBlock(Instruction instruction) {
        return instruction.def == null || instruction.encoding.has("end");
    }

    @Override
    public Region region(RegionPlan plan, Cpu cpu, BlockFlow flow, boolean recorded, boolean warm) {
        Region region = regions.spin(plan, cpu, flow, recorded);
        if (region != null && warm) {
            RegionSpinner.warm(region, plan.grade(), plan.grade() == Grade.QUICK ? Stopped.CPU : Taught.CPU);
        }
        return region;
    }

    private static X86Cpu processor() {
        return new X86Cpu(new PhysicalMemory(PhysicalMemory.PAGE, new byte[0]), new Ports());
    }

    /** A processor that regions are called with to get them compiled; it never executes anything. */
    private static final class Stopped {
        static final X86Cpu CPU = processor();

        static {
            QuickCompilation.ask();
            CPU.stop(StopReason.LIMIT, "");
        }
    }

    /** The same, made when HotSpot has been taught what is usual in regions. */
    private static final class Taught {
        static final X86Cpu CPU = processor();

        static {
            RegionSpinner.teach(CPU);
            CPU.stop(StopReason.LIMIT, "");
        }
    }

    /** Raises what bytes that are no instruction raise. */
    private static final class Undefined extends Op {
        Undefined(Instruction instruction) {
            insn = instruction;
        }

        @Override
        public void exec(Cpu cpu) {
            throw insn.tooLong ? Fault.gp(Reason.TOO_LONG) : Fault.ud();
        }
    }
}
