package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.memory.PhysicalMemory.CODE;
import static dev.ringscope.emulator.memory.PhysicalMemory.DIRTY;
import static dev.ringscope.emulator.memory.PhysicalMemory.READ;
import static dev.ringscope.emulator.memory.PhysicalMemory.ROM;
import static dev.ringscope.emulator.memory.PhysicalMemory.TABLE;
import static dev.ringscope.emulator.memory.PhysicalMemory.WATCHED;
import static dev.ringscope.emulator.memory.PhysicalMemory.WRITTEN;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.insn.Access;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.Arrays;

/**
 * From linear addresses to memory: the accesses that the fast path of {@link Access} leaves over, the TLBs behind it,
 * and their invalidation (Intel SDM vol. 3A, ch. 4; alignment checking 6.15, interrupt 17).
 *
 * <p>There is a TLB for CPL 3, one for supervisor accesses, and one for supervisor accesses that SMAP lets pass because
 * EFLAGS.AC is set. While alignment is checked {@link Cpu#tlb} is one that is always empty, so that every access comes
 * here. The TLBs know no process-context identifiers, and global pages are dropped with the others: the architecture
 * allows to drop any translation at any time, and what they hold then depends on nothing but the present tables
 * ({@link TablePages} says why that matters).
 */
public final class Paging {
    private static final long PAGE_MASK = -4096;

    private final X86Cpu cpu;
    private final PhysicalMemory memory;
    private final byte[] pageFlags;

    private final Tlb user = new Tlb();
    final Tlb supervisor = new Tlb();
    private final Tlb supervisorAc = new Tlb();
    private final long[] empty = new Tlb().entries;
    /** The TLB of the program's own accesses at present, and their kind. */
    private Tlb program = supervisor;

    private int programAccess = PageWalker.PROGRAM;

    private final CodeTlb supervisorCode = new CodeTlb();
    private final CodeTlb userCode = new CodeTlb();

    private final DeviceMemory devices;
    /** The linear pages of accesses since the chunk began. */
    public final TouchedPages touched = new TouchedPages();

    final TablePages tables;
    final PageWalker walker;

    /** Told of stores into pages that hold code. */
    public CodeWatch codeWatch = CodeWatch.NONE;
    /** Told of accesses to watched pages. */
    public DataWatch dataWatch = DataWatch.NONE;
    /** DR0 to DR3. */
    public final DebugRegisters debugRegisters;

    Paging(X86Cpu cpu) {
        this.cpu = cpu;
        memory = cpu.memory;
        pageFlags = memory.pageFlags;
        tables = new TablePages(cpu);
        walker = new PageWalker(cpu, tables);
        debugRegisters = new DebugRegisters(cpu);
        devices = new DeviceMemory(cpu);
        cpu.tlb = supervisor.entries;
    }

    // ---- modes and invalidation -------------------------------------------------------------------------------------

    /** Takes over CR0, CR4, EFER, CPL and EFLAGS.AC. Flushes nothing: whoever changes a control register does. */
    public void chooseTlb() {
        walker.configure();
        boolean ac = cpu.flag(X86Cpu.AC);
        if (cpu.cpl == 3) {
            program = user;
            programAccess = PageWalker.PROGRAM | PageWalker.USER;
        } else if (ac && (cpu.cr4 & X86Cpu.CR4_SMAP) != 0) {
            program = supervisorAc;
            programAccess = PageWalker.PROGRAM | PageWalker.AC_SET;
        } else {
            program = supervisor;
            programAccess = PageWalker.PROGRAM;
        }
        cpu.tlb = cpu.cpl == 3 && ac && (cpu.cr0 & X86Cpu.CR0_AM) != 0 ? empty : program.entries;
    }

    /** Those that {@link #chooseTlb} chooses from at a privilege. */
    long[][] tlbsOf(boolean ring3) {
        return ring3 ? new long[][] {user.entries, empty} : new long[][] {supervisor.entries, supervisorAc.entries};
    }

    /** Drops every translation: a write of CR3 drops global pages too. */
    public void flushAll() {
        flushData();
        supervisorCode.clear();
        userCode.clear();
        codeMoved();
    }

    /**
     * Drops the translation of one linear page, as INVLPG does. The rest of a large page need not be dropped with it:
     * no TLB holds anything that differs from the tables.
     */
    public void flushPage(long linear) {
        dropPage(linear, 0);
    }

    /**
     * Drops a linear page whose entry was {@code old}: without need to check code again if it could not be executed.
     */
    void dropPage(long linear, long old) {
        user.drop(linear);
        supervisor.drop(linear);
        supervisorAc.drop(linear);
        if (old >= 0) {
            if (supervisorCode.hasTranslated(linear) || userCode.hasTranslated(linear)) {
                supervisorCode.drop(linear);
                userCode.drop(linear);
                cpu.epoch++;
            }
            if (cpu.runsOn(linear)) {
                cpu.endBlock(); // translated or not: a replay, which has translated less, ends it too
            }
        }
    }

    /** Drops every data translation to a page of memory: what it is good for has changed. */
    void dropTarget(int page) {
        user.dropTarget(page << 12);
        supervisor.dropTarget(page << 12);
        supervisorAc.dropTarget(page << 12);
    }

    /** Stores to a physical page take the slow path from now on. */
    public void forgetWrites(long physicalPage) {
        int index = memory.index(physicalPage);
        if (index >= 0) {
            dropTarget(index >>> 12);
        }
    }

    /** Drops every translation for data. */
    public void flushData() {
        user.clear();
        supervisor.clear();
        supervisorAc.clear();
        walker.forget();
    }

    private void codeMoved() {
        cpu.epoch++;
        cpu.endBlock();
    }

    /** Loads the PDPTE registers if that value of CR3 would be used with PAE paging. #GP(0) if they are bad. */
    public void loadPdptes(long cr3) {
        walker.loadPdptes(cr3);
    }

    // ---- marks of physical pages ------------------------------------------------------------------------------------

    /**
     * Marks a page of memory ({@link PhysicalMemory#CODE} or {@link PhysicalMemory#WATCHED}), so that accesses that
     * matter come to {@link #codeWatch} or {@link #dataWatch} from now on.
     *
     * @param page index into {@link PhysicalMemory#pageFlags}
     */
    public void mark(int page, byte flag) {
        if ((pageFlags[page] & flag) == 0) {
            pageFlags[page] |= flag;
            dropTarget(page);
        }
    }

    /** Takes a mark away. */
    public void unmark(int page, byte flag) {
        pageFlags[page] &= (byte) ~flag;
    }

    /** A chunk begins: no page counts as read or written since. */
    public void beginChunk() {
        for (int page = memory.marked(0, READ | WRITTEN); page >= 0; page = memory.marked(page + 1, READ | WRITTEN)) {
            if ((pageFlags[page] & WRITTEN) != 0) {
                Arrays.fill(memory.lines, page << 6, page + 1 << 6, (byte) 0);
            }
            pageFlags[page] &= ~(READ | WRITTEN);
        }
        touched.clear();
        flushData();
    }

    /** The pages written since the last call, ascending; their marks are taken away. */
    public int[] takeDirty() {
        int[] dirty = memory.marked(DIRTY);
        for (int page : dirty) {
            pageFlags[page] &= ~DIRTY;
        }
        flushData();
        return dirty;
    }

    // ---- data -------------------------------------------------------------------------------------------------------

    /** See {@link Cpu#loadSlow}. */
    long load(long linear, int size) {
        checkAlignment(linear, size);
        return read(linear, size, program, programAccess);
    }

    /** See {@link Cpu#storeSlow}. */
    void store(long linear, int size, long value) {
        checkAlignment(linear, size);
        write(linear, size, value, program, programAccess);
    }

    /** See {@link Cpu#prepare}. */
    boolean prepare(long linear, boolean write) {
        if (cpu.tlb == empty || !canonical(linear)) {
            return false;
        }
        if (program.refill(linear, write)) {
            return true;
        }
        if (write && program.mindedStore(linear) >= 0) {
            return false;
        }
        long physical = walker.find(linear, write ? programAccess | PageWalker.WRITE : programAccess);
        if (physical < 0) {
            cpu.raised = walker.refused();
            return false;
        }
        int i = memory.index(physical);
        if (i < 0) {
            return false;
        }
        int page = i >>> 12;
        if (write) {
            if ((pageFlags[page] & (ROM | TABLE | CODE)) != 0) {
                return false;
            }
            touched.written(linear, i, program);
            memory.writing(page);
        } else {
            touched.read(linear, program);
            pageFlags[page] |= READ;
        }
        fill(program, linear, i, write);
        return program.entries[Tlb.entry(linear) + (write ? 1 : 0)] == (linear & PAGE_MASK);
    }

    /** See {@link Cpu#storeQuietly}. */
    boolean storeQuietly(long linear, int size, long value) {
        int index = cpu.tlb == empty ? -1 : program.mindedStore(linear);
        if (index < 0 || (pageFlags[index >>> 12] & (TABLE | CODE)) != TABLE || !tables.quiet(index, size, value)) {
            return false;
        }
        put(index, size, value, Event.TableWriter.INSTRUCTION);
        return true;
    }

    /**
     * Reads with supervisor privilege, as the processor itself does; sign-extended. SMAP applies whatever EFLAGS.AC is.
     */
    public long loadSystem(long linear, int size) {
        long value = cpu.done(read(linear, size, supervisor, 0));
        return cpu.log == null ? value : Access.logged(cpu, linear, size, value);
    }

    /** Writes with supervisor privilege. */
    public void storeSystem(long linear, int size, long value) {
        write(linear, size, value, supervisor, 0);
        cpu.done();
        if (cpu.log != null) {
            Access.note(cpu, linear, LittleEndian.zeroExtend(value, size), (byte) (size | AccessLog.WRITE));
        }
    }

    /** Faults as a write of {@code size} bytes (at most 4096) would, without writing. */
    public void probeWrite(long linear, int size) {
        checkCanonical(linear);
        translateToWrite(linear);
        long last = wrap(linear + size - 1);
        if ((last ^ linear) >>> 12 != 0) {
            checkCanonical(last);
            translateToWrite(last & PAGE_MASK);
        }
    }

    /** Faults as a read of {@code size} bytes (at most 4096) would, without reading. */
    public void probeRead(long linear, int size) {
        checkCanonical(linear);
        walker.translate(linear, programAccess);
        long last = wrap(linear + size - 1);
        if ((last ^ linear) >>> 12 != 0) {
            checkCanonical(last);
            walker.translate(last & PAGE_MASK, programAccess);
        }
    }

    private void translateToWrite(long linear) {
        if (program.entries[Tlb.entry(linear) + 1] != (linear & PAGE_MASK)) {
            walker.translate(linear, programAccess | PageWalker.WRITE);
        }
    }

    private void checkAlignment(long linear, int size) {
        if (cpu.tlb == empty && (linear & size - 1) != 0) {
            throw new Fault(Fault.AC, 0, Reason.ALIGNMENT, linear, 0);
        }
    }

    /** A page fault is left in {@link Cpu#raised}. */
    private long read(long linear, int size, Tlb tlb, int access) {
        if (((linear + size - 1 ^ linear) & PAGE_MASK) != 0) {
            return readSplit(linear, size, access);
        }
        int e = Tlb.entry(linear);
        if (tlb.entries[e] == (linear & PAGE_MASK) || tlb.refill(linear, false)) {
            return LittleEndian.signExtend(LittleEndian.get(cpu.ram, (int) (linear + tlb.entries[e + 2]), size), size);
        }
        return readUnserved(linear, size, tlb, access);
    }

    private long readUnserved(long linear, int size, Tlb tlb, int access) {
        checkCanonical(linear);
        long physical = walker.find(linear, access);
        if (physical < 0) {
            cpu.raised = walker.refused();
            return 0;
        }
        int i = memory.index(physical);
        touched.read(linear, tlb);
        long value;
        if (i < 0) {
            value = devices.read(physical, size);
        } else {
            pageFlags[i >>> 12] |= READ;
            fill(tlb, linear, i, false);
            value = LittleEndian.get(cpu.ram, i, size);
        }
        watch(linear, physical, i, size, false, value);
        return LittleEndian.signExtend(value, size);
    }

    private long readSplit(long linear, int size, int access) {
        checkCanonical(linear);
        long second = wrap((linear & PAGE_MASK) + 4096);
        checkCanonical(second);
        int head = (int) (4096 - (linear & 4095));
        long low = walker.translate(linear, access);
        long high = walker.translate(second, access);
        long value = readPart(linear, low, head) | readPart(second, high, size - head) << 8 * head;
        watchSplit(linear, low, second, high, size, false, value);
        return LittleEndian.signExtend(value, size);
    }

    private long readPart(long linear, long physical, int size) {
        int i = memory.index(physical);
        touched.read(linear);
        long value = 0;
        if (i >= 0) {
            pageFlags[i >>> 12] |= READ;
            value = LittleEndian.get(cpu.ram, i, size);
        } else {
            for (int k = 0; k < size; k++) {
                value |= devices.read(physical + k, 1) << 8 * k;
            }
        }
        return value;
    }

    /** A page fault is left in {@link Cpu#raised}. */
    private void write(long linear, int size, long value, Tlb tlb, int access) {
        if (((linear + size - 1 ^ linear) & PAGE_MASK) != 0) {
            writeSplit(linear, size, value, access);
            return;
        }
        int e = Tlb.entry(linear);
        if (tlb.entries[e + 1] == (linear & PAGE_MASK) || tlb.refill(linear, true)) {
            int index = (int) (linear + tlb.entries[e + 2]);
            LittleEndian.put(cpu.ram, index, size, value);
            memory.markLines(index, size);
            return;
        }
        int minded = tlb.mindedStore(linear);
        if (minded >= 0) {
            put(minded, size, value, Event.TableWriter.INSTRUCTION);
        } else {
            writeUnserved(linear, size, value, tlb, access);
        }
    }

    private void writeUnserved(long linear, int size, long value, Tlb tlb, int access) {
        checkCanonical(linear);
        long physical = walker.find(linear, access | PageWalker.WRITE);
        if (physical < 0) {
            cpu.raised = walker.refused();
            return;
        }
        int i = memory.index(physical);
        touched.written(linear, i, tlb);
        if (i < 0) {
            devices.write(physical, size, value);
        } else {
            if ((pageFlags[i >>> 12] & ROM) == 0) {
                memory.writing(i >>> 12);
            }
            // Before the store: it may change the tables that this translation comes from.
            fill(tlb, linear, i, true);
            put(i, size, value, Event.TableWriter.INSTRUCTION);
        }
        watch(linear, physical, i, size, true, LittleEndian.zeroExtend(value, size));
    }

    private void writeSplit(long linear, int size, long value, int access) {
        checkCanonical(linear);
        long second = wrap((linear & PAGE_MASK) + 4096);
        checkCanonical(second);
        int head = (int) (4096 - (linear & 4095));
        long low = walker.translate(linear, access | PageWalker.WRITE);
        long high = walker.translate(second, access | PageWalker.WRITE);
        writePart(linear, low, head, value);
        writePart(second, high, size - head, value >>> 8 * head);
        watchSplit(linear, low, second, high, size, true, LittleEndian.zeroExtend(value, size));
    }

    private void writePart(long linear, long physical, int size, long value) {
        int i = memory.index(physical);
        touched.written(linear, i);
        if (i >= 0) {
            put(i, size, value, Event.TableWriter.INSTRUCTION);
        } else {
            for (int k = 0; k < size; k++) {
                devices.write(physical + k, 1, value >>> 8 * k);
            }
        }
    }

    /** The fast path serves accesses of a kind only where one has been noted in {@link #touched}. */
    private void fill(Tlb tlb, long linear, int index, boolean write) {
        int flags = pageFlags[index >>> 12];
        boolean watched = (flags & WATCHED) != 0
                || debugRegisters.watches(linear & PAGE_MASK)
                || dataWatch.watches(linear & PAGE_MASK);
        boolean read = !write || touched.wasRead(linear, tlb);
        boolean written = write || touched.wasWritten(linear, index, tlb);
        boolean readable = (flags & READ) != 0 && !watched && read;
        boolean writable = walker.writable && !watched && (flags & ROM) == 0 && memory.toldOfWrites(flags) && written;
        boolean minded = (flags & (CODE | TABLE)) != 0;
        tlb.put(linear, readable, writable && !minded, writable && minded, index & -4096, read, written);
    }

    /** Writes within one page of RAM or ROM, and tells whoever minds. */
    void put(int index, int size, long value, Event.TableWriter writer) {
        int page = index >>> 12;
        int flags = pageFlags[page];
        if ((flags & ROM) != 0) {
            return;
        }
        memory.markWritten(index, size);
        if ((flags & TABLE) != 0) {
            tables.store(index, size, value, writer);
        } else {
            LittleEndian.put(cpu.ram, index, size, value);
        }
        codeChanged(index, size);
    }

    void codeChanged(int index, int size) {
        if ((pageFlags[index >>> 12] & CODE) != 0) {
            codeWatch.written(physical(index), size);
        }
    }

    private void watch(long linear, long physical, int index, int size, boolean write, long value) {
        if (watched(linear, index)) {
            dataWatch.accessed(linear, physical, size, write, value);
        }
        if (debugRegisters.watchesData()) {
            debugRegisters.accessed(linear, size, write);
        }
    }

    private void watchSplit(long linear, long low, long second, long high, int size, boolean write, long value) {
        if (watched(linear, memory.index(low)) || watched(second, memory.index(high))) {
            dataWatch.crossed(linear, low, second, high, size, write, value);
        }
        if (debugRegisters.watchesData()) {
            int head = (int) (4096 - (linear & 4095));
            debugRegisters.accessed(linear, head, write);
            debugRegisters.accessed(second, size - head, write);
        }
    }

    private boolean watched(long linear, int index) {
        return (index >= 0 ? (pageFlags[index >>> 12] & WATCHED) != 0 : dataWatch.watchesDevices())
                || dataWatch.watches(linear & PAGE_MASK);
    }

    // ---- code -------------------------------------------------------------------------------------------------------

    /**
     * Translates the linear address of an instruction byte with the privilege of CPL.
     *
     * @return its physical address (with the A20 gate applied where there is memory)
     * @throws Fault #PF, or #GP(0) if the address is not canonical
     */
    public long fetch(long linear) {
        CodeTlb tlb = cpu.cpl == 3 ? userCode : supervisorCode;
        long known = tlb.find(linear);
        if (known >= 0) {
            return known;
        }
        if (!canonical(linear)) {
            throw Fault.gp(0, Reason.NON_CANONICAL, linear);
        }
        int access = PageWalker.FETCH | (cpu.cpl == 3 ? PageWalker.USER : 0);
        long physical = walker.translate(linear, access);
        int i = memory.index(physical);
        if (i >= 0) {
            physical = physical(i);
        }
        tlb.put(linear, physical);
        return physical;
    }

    // ---- from outside the machine -----------------------------------------------------------------------------------

    /**
     * Writes bytes to physical memory on behalf of a debugger, a loader or a disk: code and page tables in them are
     * heeded. Where there is no RAM nothing is written.
     */
    public void writeOutside(long physical, byte[] data) {
        OutsideStores.store(this, memory, physical, data);
        dataWatch.outside(physical, data);
    }

    /** A page of memory holds something else now, and nobody has stored it: code that was in it is checked again. */
    void rewritten(int page) {
        codeChanged(page << 12, PhysicalMemory.PAGE);
    }

    /** What a walk for that linear address would find, level by level, without any effect on the machine. */
    public Walk walk(long linear) {
        return Walk.of(cpu, linear);
    }

    /** The bits of a present page-table entry that the paging mode reserves at level 1..4 and that are set. */
    public long reservedBits(int level, long entry) {
        return walker.reserved(level, entry);
    }

    // ---- addresses --------------------------------------------------------------------------------------------------

    /** The physical address of an index into {@link PhysicalMemory#bytes}. */
    long physical(int index) {
        return index < memory.ramSize() ? index : memory.romStart() + (index - memory.ramSize());
    }

    /** In IA-32e mode bits 63 to 47 of a linear address are equal; elsewhere every address will do. */
    public boolean canonical(long linear) {
        return linear << 16 >> 16 == linear || !cpu.longMode();
    }

    private void checkCanonical(long linear) {
        if (!canonical(linear)) {
            throw StackReference.of(cpu, linear)
                    ? Fault.ss(0, Reason.NON_CANONICAL, linear)
                    : Fault.gp(0, Reason.NON_CANONICAL, linear);
        }
    }

    /** Without 64-bit code linear addresses have 32 bits, so that the page behind the last one is the first. */
    private long wrap(long linear) {
        return cpu.longMode() && (cpu.codeKey < 0 || linear >>> 32 != 1) ? linear : linear & 0xffff_ffffL;
    }

    // ---- state ------------------------------------------------------------------------------------------------------

    void save(StateOutput out) {
        out.put(walker.pdpte);
    }

    void load(StateInput in) {
        in.next(walker.pdpte);
    }
}
