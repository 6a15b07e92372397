package dev.ringscope.emulator.insn;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Executable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Has HotSpot compile a method at once and by the compiler that is wanted, through the interface that its own tests
 * have (WhiteBox). Left alone it first makes a version with counters of each method, twice as large as that which
 * serves: for regions most of what C1 does, for nothing. The interface is there if the launcher has let Java know its
 * class; where it is not, regions are called until HotSpot compiles them.
 */
public final class DirectCompilation {
    /** The class that HotSpot gives its natives to, if Java's own loader finds it and it is let in. */
    public static final String WHITE_BOX = "jdk.test.whitebox.WhiteBox";

    /** HotSpot's levels of compilation: by C1 without counters, by C2. */
    private static final int C1 = 1;

    /** By C1, with counters of what each branch does. */
    private static final int COUNTING = 3;

    private static final int C2 = 4;
    /** That a method is entered at its beginning. */
    private static final int FROM_THE_BEGINNING = -1;

    private static final String TRAPS = "PerMethodTrapLimit";
    /** HotSpot's usual limit of uncommon traps. */
    private static final long USUAL_TRAPS = 100;
    /**
     * How long to wait before asking again whether a method is compiled: C1 takes a millisecond for a region. Each time
     * costs as much as a dozen microseconds of compiling.
     */
    private static final long PATIENCE_NANOS = 300_000;

    private static final Optional<DirectCompilation> HOTSPOT = find();

    private final MethodHandle enqueue;
    private final MethodHandle queued;
    private final MethodHandle level;
    private final MethodHandle setFlag;
    /** The launcher has forbidden uncommon traps. */
    private final boolean noTraps;

    private DirectCompilation(MethodHandles.Lookup lookup, Class<?> box) throws ReflectiveOperationException {
        enqueue = lookup.findStatic(
                box,
                "enqueueMethodForCompilation0",
                MethodType.methodType(boolean.class, Executable.class, int.class, int.class));
        queued = lookup.findStatic(
                box, "isMethodQueuedForCompilation0", MethodType.methodType(boolean.class, Executable.class));
        level = lookup.findStatic(
                box, "getMethodCompilationLevel0", MethodType.methodType(int.class, Executable.class, boolean.class));
        setFlag = lookup.findStatic(box, "setIntxVMFlag", MethodType.methodType(void.class, String.class, long.class));
        noTraps = forbidden(lookup.findStatic(box, "getIntxVMFlag", MethodType.methodType(Long.class, String.class)));
    }

    private static boolean forbidden(MethodHandle flag) {
        try {
            return (Long) flag.invokeExact(TRAPS) == 0;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static Optional<DirectCompilation> find() {
        try {
            Class<?> box = Class.forName(WHITE_BOX, true, null);
            DirectCompilation hotSpot = new DirectCompilation(MethodHandles.publicLookup(), box);
            hotSpot.level(DirectCompilation.class.getDeclaredConstructors()[0]);
            return Optional.of(hotSpot);
        } catch (ReflectiveOperationException | LinkageError e) {
            return Optional.empty(); // not let in, or by the launcher of another JDK
        }
    }

    static Optional<DirectCompilation> ofHotSpot() {
        return HOTSPOT;
    }

    /**
     * Returns when it is done, some milliseconds later.
     *
     * @return whether it could be
     */
    boolean compile(Region region, Grade grade) {
        Executable method = runOf(region);
        int wanted = grade == Grade.QUICK ? C1 : C2;
        if (grade == Grade.QUICK || !noTraps) {
            return compile(method, wanted);
        }
        setTraps(USUAL_TRAPS);
        try {
            return compile(method, wanted);
        } finally {
            setTraps(0);
        }
    }

    /**
     * From now on HotSpot counts which way branches of methods go. Left alone it begins to when it has time, and does
     * not know what came before.
     */
    void count(List<Executable> methods) {
        methods.forEach(method -> enqueue(method, COUNTING));
        while (methods.stream().anyMatch(this::queued)) {
            LockSupport.parkNanos(PATIENCE_NANOS);
        }
    }

    private boolean compile(Executable method, int wanted) {
        boolean waits = enqueue(method, wanted);
        while (waits && queued(method)) {
            LockSupport.parkNanos(PATIENCE_NANOS);
        }
        return level(method) == wanted;
    }

    /**
     * Where the launcher has forbidden traps, which is right for code that all guests share: a best region is a third
     * slower without. Each check of an index then leads to its handler, with all of its locals.
     */
    private void setTraps(long limit) {
        try {
            setFlag.invokeExact(TRAPS, limit);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static Executable runOf(Region region) {
        for (Executable method : region.getClass().getDeclaredMethods()) {
            if (method.getName().equals("run")) {
                return method;
            }
        }
        throw new IllegalArgumentException(region.getClass() + " has no method run");
    }

    private boolean enqueue(Executable method, int wanted) {
        try {
            return (boolean) enqueue.invokeExact(method, wanted, FROM_THE_BEGINNING);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private boolean queued(Executable method) {
        try {
            return (boolean) queued.invokeExact(method);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private int level(Executable method) {
        try {
            return (int) level.invokeExact(method, false);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static RuntimeException broken(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e); // natives throw no exceptions of their own
    }
}
