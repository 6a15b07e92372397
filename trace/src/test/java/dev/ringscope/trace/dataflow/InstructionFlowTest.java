package dev.ringscope.trace.dataflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Def;
import dev.ringscope.emulator.insn.Encoding;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.emulator.x86.X86Isa;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What instructions are said to make of what, against what they do: each is executed from a state at random, and again
 * with one byte of the state changed. What then differs was made of that byte. {@code -Dringscope.flow.rounds} makes it
 * longer.
 */
class InstructionFlowTest {
    private static final int ROUNDS = Integer.getInteger("ringscope.flow.rounds", 1);
    private static final long SEED = Long.getLong("ringscope.flow.seed", 3);
    /** How often a register is changed, and a byte of those that matter. */
    private static final int TRIES = 2, MORE_TRIES = 5;

    /** What a processor needs more for than a state of bytes. */
    private static final Set<String> OTHERS = Set.of(
            "CacheInstructions",
            "ControlRegisterInstructions",
            "Cpuid",
            "DebugRegisterInstructions",
            "DescriptorTableInstructions",
            "FarReturns",
            "FarTransfers",
            "InterruptFlag",
            "InterruptInstructions",
            "InterruptReturn",
            "MsrInstructions",
            "PortInstructions",
            "SegmentLoads",
            "SegmentQueries",
            "SystemCalls",
            "SystemSegments",
            "TimeInstructions");

    /** One instruction in one state: what depends on what, as it is said and as it is. */
    private static final class Case {
        final SteppedMachine stepped;
        final byte[] before;
        final SteppedMachine.Done done;
        final Map<Integer, Told> told = new HashMap<>();
        final Map<Integer, BitSet> truth = new TreeMap<>();
        final BitSet decided = new BitSet();
        final BitSet stays = new BitSet();

        record Told(BitSet values, BitSet others) {}

        Case(SteppedMachine stepped, byte[] before, SteppedMachine.Done done) {
            this.stepped = stepped;
            this.before = before;
            this.done = done;
            for (Flow flow : Effects.of(done.moment())) {
                tell(flow);
            }
            add(decided, Effects.addresses(done.moment()));
        }

        private static void add(BitSet set, long[] locations) {
            Arrays.stream(locations)
                    .mapToInt(SteppedMachine::index)
                    .filter(n -> n >= 0)
                    .forEach(set::set);
        }

        private void tell(Flow flow) {
            long[] written = flow.written();
            BitSet others = new BitSet();
            flow.conditions().forEach(c -> add(others, c));
            decided.or(others);
            add(others, Effects.addresses(done.moment()));
            for (int n = 0; n < written.length; n++) {
                int index = SteppedMachine.index(written[n]);
                if (index >= 0) {
                    BitSet values = new BitSet();
                    add(values, flow.sources(n));
                    told.put(index, new Told(values, others));
                }
            }
        }

        Told told(int output) {
            Told found = told.get(output);
            if (found == null) {
                found = new Told(new BitSet(), new BitSet());
                found.values.set(output);
            }
            return found;
        }
    }

    private final Random random = new Random(SEED);
    private final Map<String, String> unsound = new TreeMap<>();
    private final Map<String, String> wide = new TreeMap<>();
    /** By instruction: how many dependences that were told are true, and how many were told. */
    private final Map<String, int[]> precise = new HashMap<>();

    private int cases;
    private int faults;

    /** @param kind 0: random bytes with ones and zeros; 1: single-precision numbers of like size; others: few values */
    private byte[] state(SteppedMachine stepped, int kind) {
        byte[] state = new byte[SteppedMachine.BYTES];
        byte[] pattern = new byte[8];
        random.nextBytes(pattern);
        for (int n = 0; n < state.length; n++) {
            int value = switch (kind) {
                case 0 -> 1 + random.nextInt(254);
                case 1 -> n % 4 == 3 ? 0x3f + random.nextInt(3) : random.nextInt(256);
                case 2 -> pattern[n & 7];
                default -> random.nextInt(3) - 1;
            };
            state[n] = (byte) (value & stepped.bits(n));
        }
        return state;
    }

    /** An instruction in some states. */
    private void one(SteppedMachine stepped, Encoding encoding) {
        RandomInstruction instructions = new RandomInstruction(random, stepped.code64);
        RandomInstruction.Code code = instructions.next(encoding, stepped.nextCode());
        if (code == null) {
            return;
        }
        stepped.setCode(code.bytes());
        stepped.counts = Strings.is(code.instruction());
        String name = encoding.def.method.getName();
        List<Case> run = new ArrayList<>();
        boolean moves = MOVES.matcher(name).matches();
        int useful = !moves && FLOATS.matcher(name).matches() ? 1 : 0;
        int any = random.nextInt(4);
        boolean elements = ELEMENTS.matcher(name).matches();
        for (int kind : moves
                ? new int[] {useful, any}
                : elements ? new int[] {useful, useful, useful, any} : new int[] {any}) {
            byte[] state = state(stepped, kind);
            stepped.top = random.nextInt(8);
            boolean full = moves ? !name.startsWith("fld") : random.nextBoolean();
            stepped.tags = full ? 0xff : 0xff & ~(1 << (stepped.top - 1 & 7));
            instructions.arrange(state, code.instruction());
            SteppedMachine.Done done = stepped.execute(state);
            if (done.after() == null) {
                faults++;
                continue;
            }
            cases++;
            Case c = new Case(stepped, state, done);
            perturb(c, encoding);
            judge(c, encoding);
            run.add(c);
        }
        List<OperandPlace> places = OperandPlace.of(code.instruction());
        boolean same = elements && places.get(0).equals(places.get(1)); // less one's self
        if (!same && !namesPointer(code.instruction())) {
            precision(run, name);
        }
    }

    /** The stack pointer as an operand, whose upper bytes are zeros. */
    private static boolean namesPointer(Instruction i) {
        return OperandPlace.of(i).stream()
                .anyMatch(p -> p.kind() == OperandPlace.Kind.GENERAL
                        && (p.register() == 4 || i.memory && (p.register() == i.base || p.register() == i.index)));
    }

    /** Whole registers first: most of them are not read at all. */
    private void perturb(Case c, Encoding encoding) {
        List<int[]> groups = new ArrayList<>();
        for (int n = 0; n < 464; ) {
            int size = n < 128 ? 8 : n < 384 ? 16 : 10;
            groups.add(new int[] {n, size});
            n += size;
        }
        for (int n = 464; n < 469; n++) {
            groups.add(new int[] {n, 1});
        }
        for (Moment.Touched touched : c.done.moment().accesses) {
            int first = SteppedMachine.index(touched.bytes()[0]);
            if (first >= 0) {
                groups.add(new int[] {first, touched.bytes().length});
            }
        }
        for (int[] group : groups) {
            boolean live =
                    group[0] >= 464 || c.told.keySet().stream().anyMatch(n -> n >= group[0] && n < group[0] + group[1]);
            for (int t = 0; t < TRIES && !live; t++) {
                live = change(c, encoding, group[0], group[1], t);
            }
            for (int n = group[0]; !live && n < group[0] + group[1]; n++) {
                c.stays.set(n);
            }
            for (int n = 0; live && n < group[1]; n++) {
                for (int t = 0; t < MORE_TRIES; t++) {
                    change(c, encoding, group[0] + n, 1, t);
                }
            }
        }
    }

    /** @return whether something but the changed bytes themselves differs, or they were replaced */
    private boolean change(Case c, Encoding encoding, int first, int count, int attempt) {
        byte[] changed = c.before.clone();
        boolean any = false;
        for (int n = first; n < first + count; n++) {
            int bits = c.stepped.bits(n);
            int flip = switch (attempt) {
                case 0 -> 0xff;
                case 1 -> 1 << random.nextInt(8);
                default -> 1 + random.nextInt(255);
            };
            flip = count == 1 && (flip & bits) == 0 ? bits : flip & bits;
            changed[n] ^= (byte) flip;
            any |= flip != 0;
        }
        if (!any) {
            return false;
        }
        SteppedMachine.Done done = c.stepped.execute(changed);
        if (done.after() == null) {
            return true; // it faults: nothing to compare, but bytes of it may do more
        }
        boolean elsewhere = !done.touched().equals(c.done.touched());
        boolean live = elsewhere;
        boolean less = elsewhere && !done.touched().containsAll(c.done.touched());
        if (less && count == 1 && !c.decided.get(first)) {
            unsound.putIfAbsent(
                    encoding + " " + mode(c), "what memory is touched depends on " + text(first) + " " + describe(c));
        }
        for (int n = 0; n < done.after().length; n++) {
            boolean same = done.after()[n] == c.done.after()[n];
            boolean inside = n >= first && n < first + count;
            live |= same == inside;
            if (!same && count == 1 && (!elsewhere || c.told.containsKey(n))) {
                c.truth.computeIfAbsent(n, _ -> new BitSet()).set(first);
            }
        }
        return live;
    }

    private static String mode(Case c) {
        return c.stepped.code64 ? "64" : "32";
    }

    private static String text(int index) {
        return Location.text(SteppedMachine.location(index), 1);
    }

    private static String text(BitSet set) {
        return Location.runs(set.stream()
                        .mapToLong(SteppedMachine::location)
                        .sorted()
                        .toArray())
                .toString();
    }

    private static String describe(Case c) {
        return java.util.HexFormat.of().formatHex(c.done.moment().code);
    }

    private void judge(Case c, Encoding encoding) {
        c.truth.forEach((output, inputs) -> {
            Case.Told told = c.told(output);
            BitSet missing = (BitSet) inputs.clone();
            missing.andNot(told.values());
            missing.andNot(told.others());
            if (!missing.isEmpty()) {
                unsound.putIfAbsent(
                        encoding + " " + mode(c),
                        "%s depends on %s, told %s and %s: %s"
                                .formatted(
                                        text(output),
                                        text(missing),
                                        text(told.values()),
                                        text(told.others()),
                                        describe(c)));
            }
        });
    }

    // ---- precision
    // --------------------------------------------------------------------------------------------------

    /** These move bytes: what is told is the truth, byte by byte. */
    private static final Pattern MOVES = Pattern.compile(
            "mov(zx.*|sx|sxd|s|nt.*|d|dToMmx|q|ss|sd|[au]p[sd]|dq[au]|q2dq|dq2q"
                    + "|[lh]p[sd]|hlps|lhps|ddup|s[lh]dup|mskp[sd])?|lddqu|stos|lods|push.*|pop|popMemory|popa|leave|xchg.*"
                    + "|bswap|cbw|cwd|lahf|cmov|and|or|xor|not|p?andn?(p[sd])?|por|orp[sd]|pxor|xorp[sd]|pshuf[dwhl].*|pshufb"
                    + "|shufp[sd]|p?unpck.*|ps[lr]ldq|palignr.*|p?blend.*|pinsr.*|pextr.*|insertps|extractps|pmovmskb.*"
                    + "|pmov[sz]x.*|maskmov.*|fldRegister|fstRegister|fstpRegister|fstp1|fstpExtended|fxch|fcmov.*|fnstsw.*");

    /** These compute elements apart from each other: element by element. */
    private static final Pattern ELEMENTS = Pattern.compile("p(add|sub)[bwdq]|p(add|sub)u?s[bw]|pavg[bw]"
            + "|p(min|max)[us][bwd]|pabs[bwd]|psign[bwd]|pmul(l|hu?|hrs)[wd]|(add|sub|mul|min|max|addsub)p[sd]");

    /** Random data do not show every dependence of an element; what is too wide by another element misses it by far. */
    private static final double ENOUGH = 0.6;

    private static final Pattern FLOATS = Pattern.compile("[a-z]+p[sd]");

    private static int element(String name) {
        return switch (name.substring(name.length() - 1)) {
            case "b" -> 1;
            case "w" -> 2;
            case "s" -> 4;
            case "d" -> name.endsWith("pd") ? 8 : 4;
            default -> 8;
        };
    }

    private static long coarse(int index, int element) {
        long location = SteppedMachine.location(index);
        return Location.inRegister(location)
                ? Location.register(Location.number(location), Location.index(location) / element * element)
                : location / element * element;
    }

    private static Set<Long> coarse(BitSet set, int element) {
        return set.stream().mapToObj(n -> coarse(n, element)).collect(Collectors.toSet());
    }

    /** Flags, and pointers and counters that go on, are no moves. */
    private static boolean beside(int index, String name) {
        long location = SteppedMachine.location(index);
        boolean register = Location.inRegister(location);
        boolean pointer = name.matches("push.*|pop.*|leave|movs|stos|lods")
                && List.of(1, 4, 6, 7).contains(Location.number(location));
        return register && (Location.number(location) >= Location.FLAGS || pointer);
    }

    /** What was told to go in must have done so in one state or another. */
    private void precision(List<Case> run, String name) {
        boolean moves = MOVES.matcher(name).matches();
        if (run.size() < 2 || !moves && !ELEMENTS.matcher(name).matches()) {
            return;
        }
        int element = moves ? 1 : element(name);
        Map<Long, Set<Long>> truth = new HashMap<>();
        for (Case c : run) {
            c.truth.forEach((output, inputs) -> truth.computeIfAbsent(coarse(output, element), _ -> new HashSet<>())
                    .addAll(coarse(inputs, element)));
            c.stays.stream()
                    .forEach(n -> truth.computeIfAbsent(coarse(n, element), _ -> new HashSet<>())
                            .add(coarse(n, element)));
        }
        Case c = run.getFirst();
        int confirmed = 0;
        int all = 0;
        String example = "";
        for (Map.Entry<Integer, Case.Told> entry : c.told.entrySet()) {
            BitSet values = (BitSet) entry.getValue().values().clone();
            values.andNot(c.decided); // what is an address too must not be changed
            Set<Long> told = coarse(values, element);
            Set<Long> true_ = truth.getOrDefault(coarse(entry.getKey(), element), Set.of());
            if (beside(entry.getKey(), name)) {
                continue;
            }
            all += told.size();
            for (long location : told) {
                if (true_.contains(location)) {
                    confirmed++;
                } else {
                    example = "%s does not depend on %s: %s"
                            .formatted(text(entry.getKey()), Location.text(location, 1), describe(c));
                }
            }
        }
        int[] sum = precise.computeIfAbsent(name + " " + mode(c), _ -> new int[2]);
        sum[0] += confirmed;
        sum[1] += all;
        if (moves ? confirmed < all : sum[0] < ENOUGH * sum[1]) {
            wide.put(name + " " + mode(c), "%d of %d, %s".formatted(confirmed, all, example));
        } else if (!moves) {
            wide.remove(name + " " + mode(c));
        }
    }

    private static String lines(Map<String, String> found) {
        return found.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** Java lists a class's methods in another order each time: what the same seed makes would differ. */
    private static List<Def> inOrder(Collection<Def> definitions) {
        return definitions.stream()
                .sorted(Comparator.comparing(def -> def.method.toString()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatDiffersIsTold(boolean code64) {
        SteppedMachine stepped = new SteppedMachine(code64);
        for (Def def : inOrder(X86Isa.table().definitions())) {
            if (OTHERS.contains(def.method.getDeclaringClass().getSimpleName())) {
                continue;
            }
            for (Encoding encoding : def.encodings) {
                for (int n = 0; n < ROUNDS; n++) {
                    one(stepped, encoding);
                }
            }
        }
        assertThat(cases).isGreaterThan(5 * faults);
        assertThat(lines(unsound)).isEmpty();
        assertThat(lines(wide)).isEmpty();
        assertThat(precise).hasSizeGreaterThan(180);
    }
}
