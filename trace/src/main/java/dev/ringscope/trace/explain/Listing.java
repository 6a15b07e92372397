package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Decoder;
import dev.ringscope.emulator.insn.Disassembler;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.SymbolLookup;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.emulator.x86.X86Isa;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Code as text, read through the page tables, with linear addresses. */
public final class Listing {
    private static final int LONGEST = Decoder.MAX_LENGTH;
    private static final HexFormat HEX = HexFormat.of();

    private final X86Cpu cpu;
    private final View memory;
    private final int codeSize;
    private final Syntax syntax;
    private final SymbolLookup symbols;
    private final Decoder decoder = new Decoder(X86Isa.table());

    /** One instruction. @param length bytes, 0 if nothing is mapped there */
    public record Line(long linear, int length, String bytes, String text) {}

    /** @param codeSize in bytes: 2, 4, 8 */
    public Listing(Machine machine, int codeSize, Syntax syntax, SymbolLookup symbols) {
        cpu = machine.cpu();
        memory = View.linear(machine);
        this.codeSize = codeSize;
        this.syntax = syntax;
        this.symbols = symbols;
    }

    /** In the mode that the processor is in. */
    public static Listing now(Machine machine, Syntax syntax, SymbolLookup symbols) {
        return new Listing(machine, machine.cpu().codeSize(), syntax, symbols);
    }

    /** The instruction at a linear address. */
    public Line at(long linear) {
        byte[] code = new byte[LONGEST];
        int there = memory.read(linear, code);
        if (there == 0) {
            return new Line(linear, 0, "", "not mapped");
        }
        // What lies behind the last mapped byte is zero here, and the instruction is then told to be cut off.
        Instruction i = decoder.decode(n -> n < LONGEST ? code[n] & 0xff : 0, offset(linear), codeSize);
        if (i.length > there) {
            return new Line(linear, 0, HEX.formatHex(code, 0, there), "goes on where nothing is mapped");
        }
        String text = Disassembler.text(i, syntax, address -> symbols.at(base() + address));
        return new Line(linear, i.length, HEX.formatHex(Arrays.copyOf(code, i.length)), text);
    }

    /** The instruction at a linear address, decoded; empty where it cannot be read whole. */
    public Optional<Instruction> decoded(long linear) {
        byte[] code = new byte[LONGEST];
        int there = memory.read(linear, code);
        Instruction i = decoder.decode(n -> n < LONGEST ? code[n] & 0xff : 0, offset(linear), codeSize);
        return there == 0 || i.length > there || i.def == null ? Optional.empty() : Optional.of(i);
    }

    /** Instructions one after the other, ending early where nothing is mapped. @param present gets an arrow */
    public String lines(long linear, int count, long present) {
        StringBuilder text = new StringBuilder();
        long at = linear;
        for (int n = 0; n < count; n++) {
            symbols.at(at).filter(name -> !name.contains("+")).ifPresent(name -> text.append("%s:%n".formatted(name)));
            Line line = at(at);
            text.append("%s %s%-20s  %s%n".formatted(at == present ? "=>" : "  ", address(at), line.bytes, line.text));
            if (line.length == 0) {
                break;
            }
            at += line.length;
        }
        return text.toString();
    }

    /** The linear address, and the offset in CS where that is another number. */
    private String address(long linear) {
        String offset = base() == 0 ? "" : "  %04x:%04x".formatted(cpu.seg[1].selector, offset(linear));
        return "0x%016x%s  ".formatted(linear, offset);
    }

    private long base() {
        return codeSize == 8 || cpu.code64() ? 0 : cpu.seg[1].base;
    }

    private long offset(long linear) {
        return codeSize == 8 ? linear : linear - base() & 0xffff_ffffL;
    }
}
