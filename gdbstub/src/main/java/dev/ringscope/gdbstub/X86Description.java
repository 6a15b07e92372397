package dev.ringscope.gdbstub;

import dev.ringscope.gdbstub.TargetDescription.Builder;
import java.nio.ByteOrder;

/**
 * The x86-64 registers as gdb is told of them: GDB manual, "i386 Features", plus the system registers in a feature of
 * our own.
 *
 * <p>The layout is the 64-bit one whatever mode the processor is in, for gdb cannot change the size of {@code g} in
 * mid-session. System registers are plain integers: gdb refuses to assign to 64-bit {@code flags}.
 *
 * <p>Values are what the registers of the same name hold, with these additions: {@code rip} is linear (see
 * {@link RegisterFile}); {@code st0} to {@code st7} are in stack order, 80 bits; {@code fctrl} to {@code fop} are FCW,
 * FSW, the full 16-bit tag word, FCS, FIP, FDS, FDP and FOP, each in 32 bits (gdb's {@code fiseg}, {@code fioff},
 * {@code foseg}, {@code fooff}); {@code k_gs_base} is IA32_KERNEL_GS_BASE; {@code ldtr} and {@code tr} are selectors.
 */
public final class X86Description {
    private static final String EFLAGS = """
            <flags id="i386_eflags" size="4"><field name="" start="22" end="31"/>\
            <field name="ID" start="21" end="21"/><field name="VIP" start="20" end="20"/>\
            <field name="VIF" start="19" end="19"/><field name="AC" start="18" end="18"/>\
            <field name="VM" start="17" end="17"/><field name="RF" start="16" end="16"/>\
            <field name="NT" start="14" end="14"/><field name="IOPL" start="12" end="13"/>\
            <field name="OF" start="11" end="11"/><field name="DF" start="10" end="10"/>\
            <field name="IF" start="9" end="9"/><field name="TF" start="8" end="8"/>\
            <field name="SF" start="7" end="7"/><field name="ZF" start="6" end="6"/>\
            <field name="AF" start="4" end="4"/><field name="PF" start="2" end="2"/>\
            <field name="" start="1" end="1"/><field name="CF" start="0" end="0"/></flags>""";
    private static final String MXCSR = """
            <flags id="i386_mxcsr" size="4"><field name="IE" start="0" end="0"/>\
            <field name="DE" start="1" end="1"/><field name="ZE" start="2" end="2"/>\
            <field name="OE" start="3" end="3"/><field name="UE" start="4" end="4"/>\
            <field name="PE" start="5" end="5"/><field name="DAZ" start="6" end="6"/>\
            <field name="IM" start="7" end="7"/><field name="DM" start="8" end="8"/>\
            <field name="ZM" start="9" end="9"/><field name="OM" start="10" end="10"/>\
            <field name="UM" start="11" end="11"/><field name="PM" start="12" end="12"/>\
            <field name="FZ" start="15" end="15"/></flags>""";
    private static final String[] VEC128 = {
        "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>",
        "<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>",
        "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/>",
        "<vector id=\"v8i16\" type=\"int16\" count=\"8\"/>",
        "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/>",
        "<vector id=\"v2i64\" type=\"int64\" count=\"2\"/>",
        "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/><field name=\"v2_double\" type=\"v2d\"/>"
                + "<field name=\"v16_int8\" type=\"v16i8\"/><field name=\"v8_int16\" type=\"v8i16\"/>"
                + "<field name=\"v4_int32\" type=\"v4i32\"/><field name=\"v2_int64\" type=\"v2i64\"/>"
                + "<field name=\"uint128\" type=\"uint128\"/></union>",
        MXCSR,
    };

    private X86Description() {}

    /** A whole machine. */
    public static TargetDescription machine() {
        return system(standard()).build("i386:x86-64", "x86_64-unknown-unknown", "rip", "rbp", "rsp", "rip");
    }

    /**
     * A Linux user program: the registers that ring 3 has, and {@code orig_rax}, which gdb needs for signal frames and
     * system calls.
     */
    public static TargetDescription linuxProgram() {
        return standard()
                .registers(64, "int64", "", "orig_rax")
                .feature("org.gnu.gdb.i386.linux")
                .build("i386:x86-64", "x86_64-unknown-linux-gnu", "rip", "rbp", "rsp", "rip");
    }

    /** A Linux user program for i386. Its registers are the low 32 bits of the 64-bit ones, under their own names. */
    public static TargetDescription linuxProgramForI386() {
        return narrow().registers(32, "int32", "", "orig_eax")
                .feature("org.gnu.gdb.i386.linux")
                .build("i386", "i386-unknown-linux-gnu", "eip", "ebp", "esp", "eip");
    }

    /**
     * The machine as an 8086 with the 32-bit registers of its successors: the low halves of the 64-bit ones, for a
     * client that is to disassemble 16-bit code ({@code set architecture i386}: 32-bit code). {@code eip} is linear.
     */
    public static TargetDescription i8086() {
        Builder builder = narrow().registers(64, "int64", "system", "fs_base", "gs_base");
        return system(builder).build("i8086", "i386-unknown-unknown", "eip", "ebp", "esp", "eip");
    }

    private static Builder narrow() {
        return new Builder(ByteOrder.LITTLE_ENDIAN)
                .types(EFLAGS)
                .registers(32, "int32", "", "eax", "ecx", "edx", "ebx")
                .registers(32, "data_ptr", "", "esp", "ebp")
                .registers(32, "int32", "", "esi", "edi")
                .registers(32, "code_ptr", "", "eip")
                .registers(32, "i386_eflags", "", "eflags")
                .registers(32, "int32", "", "cs", "ss", "ds", "es", "fs", "gs")
                .registers(80, "i387_ext", "", "st0", "st1", "st2", "st3", "st4", "st5", "st6", "st7")
                .registers(32, "int", "float", "fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop")
                .feature("org.gnu.gdb.i386.core")
                .types(VEC128)
                .registers(128, "vec128", "", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7")
                .registers(32, "i386_mxcsr", "vector", "mxcsr")
                .feature("org.gnu.gdb.i386.sse");
    }

    private static Builder standard() {
        return new Builder(ByteOrder.LITTLE_ENDIAN)
                .types(EFLAGS)
                .registers(64, "int64", "", "rax", "rbx", "rcx", "rdx", "rsi", "rdi")
                .registers(64, "data_ptr", "", "rbp", "rsp")
                .registers(64, "int64", "", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15")
                .registers(64, "code_ptr", "", "rip")
                .registers(32, "i386_eflags", "", "eflags")
                .registers(32, "int32", "", "cs", "ss", "ds", "es", "fs", "gs")
                .registers(80, "i387_ext", "", "st0", "st1", "st2", "st3", "st4", "st5", "st6", "st7")
                .registers(32, "int", "float", "fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop")
                .feature("org.gnu.gdb.i386.core")
                .types(VEC128)
                .registers(128, "vec128", "", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7")
                .registers(128, "vec128", "", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15")
                .registers(32, "i386_mxcsr", "vector", "mxcsr")
                .feature("org.gnu.gdb.i386.sse")
                .registers(64, "int64", "", "fs_base", "gs_base")
                .feature("org.gnu.gdb.i386.segments");
    }

    private static Builder system(Builder builder) {
        return builder.registers(64, "int64", "system", "k_gs_base", "cr0", "cr2", "cr3", "cr4", "cr8", "efer")
                .registers(64, "int64", "system", "gdtr_base", "gdtr_limit", "idtr_base", "idtr_limit")
                .registers(64, "int64", "system", "ldtr", "tr", "cpl")
                .feature("dev.ringscope.x86.system");
    }
}
