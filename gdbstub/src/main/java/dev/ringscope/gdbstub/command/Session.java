package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Kill;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.packet.Connection;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.Incoming;
import dev.ringscope.gdbstub.packet.MalformedPacketException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * One client, from its connecting to its leaving: answers its packets one by one, on the thread that calls
 * {@link #serve}.
 */
public final class Session {
    /** The longest payload either way, in bytes. */
    public static final int PACKET_SIZE = 0x10000;

    private static final System.Logger LOG = System.getLogger("dev.ringscope.gdbstub");

    private final Connection connection;
    private final Inferior inferior;
    private final RegisterView view;
    private final ClientFeatures client = new ClientFeatures();
    private final BreakpointSet breakpoints = new BreakpointSet();
    private final OpenFiles files = new OpenFiles();
    private final StepSettings stepping = new StepSettings();
    private final WantedEvents events = new WantedEvents();
    private final StopFilters filters = new StopFilters();
    private final FrameSelection frames = new FrameSelection();
    private ThreadId general = ThreadId.ANY;
    private ThreadId continuing = ThreadId.ANY;
    private boolean physicalMemory;
    private Optional<NonStop> nonStop = Optional.empty();
    private boolean extended;
    private boolean killed;
    private Optional<String> refusal = Optional.empty();
    private End end;

    /** How a session ended. */
    public enum End {
        /** The connection closed or broke: the target stays where it is. */
        GONE,
        DETACHED,
        KILLED,
        /** The client wants the server to end, and there is nothing that could be killed. */
        CLOSED
    }

    /** @param view the registers as this client is to see them */
    public Session(Connection connection, Inferior inferior, RegisterView view) {
        this.connection = connection;
        this.inferior = inferior;
        this.view = view;
    }

    /** Answers packets until the client leaves, detaches or kills the target. */
    public End serve() throws InterruptedException {
        inferior.clientCame();
        try {
            while (end == null) {
                runInBackground();
                switch (connection.take()) {
                    case Incoming.Packet packet -> send(answer(packet.payload()));
                    case Incoming.Malformed malformed -> send(ErrorReply.of(client, false, malformed.why()));
                    case Incoming.Gone gone -> end = End.GONE;
                }
            }
        } catch (IOException e) {
            end = End.GONE;
        } finally {
            files.closeAll();
            forgetFrame();
            inferior.clientLeft();
        }
        return killed && end == End.GONE ? kill() : end;
    }

    /** In non-stop mode threads run until the next packet has come. */
    private void runInBackground() {
        while (end == null && nonStop.isPresent() && nonStop.get().isRunning() && !connection.hasNews()) {
            nonStop.get().run(this);
        }
    }

    private void forgetFrame() {
        try {
            frames.none();
        } catch (RefusedException e) {
            LOG.log(Level.WARNING, "the target stays at the trace frame of the client that left: " + e.getMessage());
        }
    }

    private Reply answer(byte[] payload) {
        boolean explain = true;
        try {
            Optional<Command> command = CommandTable.read(payload);
            if (command.isEmpty()) {
                return Reply.UNSUPPORTED;
            }
            explain = command.get().explainsErrors();
            return command.get().answer(this);
        } catch (MalformedPacketException | RefusedException e) {
            return ErrorReply.of(client, explain, e.getMessage());
        } catch (RuntimeException e) {
            // A fault of ours or of the adapter must not cost the user the session.
            LOG.log(Level.ERROR, "gdb packet failed", e);
            return ErrorReply.of(client, explain, "internal error: " + e);
        }
    }

    private void send(Reply reply) throws IOException {
        if (reply.payload().isPresent()) {
            connection.send(reply.payload().get());
        }
    }

    /**
     * Shows text in the client's console: {@code O} packets, allowed while the target runs and before a monitor
     * command's answer.
     */
    void console(String text) {
        int piece = PACKET_SIZE / 8;
        try {
            for (int i = 0; i < text.length(); i += piece) {
                connection.send(Reply.text("O" + Hex.of(text.substring(i, Math.min(text.length(), i + piece))))
                        .payload()
                        .orElseThrow());
            }
        } catch (IOException e) {
            leave(End.GONE);
        }
    }

    /** To be closed in front of the answer to a packet for which the client may have to wait long. */
    Heartbeat heartbeat() {
        return new Heartbeat(this::beat, Heartbeat.INTERVAL);
    }

    private void beat() {
        try {
            connection.send(Reply.text("O").payload().orElseThrow());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the client has gone", e); // the answer will meet that too
        }
    }

    /** Notifies the client of something that it hasn't asked for. Each character is one byte. */
    void tell(String text) {
        try {
            connection.tell(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            leave(End.GONE);
        }
    }

    /** Ends the session once the current packet is answered. */
    void leave(End how) {
        end = how;
    }

    /**
     * What {@code k} and {@code vKill} do. An extended client stays, for it may run the target again: gdb's {@code run}
     * kills first.
     */
    void killAsked() {
        if (extended && target().restart().isPresent()) {
            killed = true;
        } else {
            leave(kill());
        }
    }

    /** What {@code monitor exit} does. */
    void exit() {
        End how = kill();
        leave(how == End.KILLED ? how : End.CLOSED);
    }

    private End kill() {
        Optional<Kill> kill = target().kill();
        kill.ifPresent(Kill::kill);
        return kill.isPresent() ? End.KILLED : End.GONE;
    }

    /** Whether there is nothing to debug any more, in this client's eyes. */
    boolean ended() {
        return killed || inferior.ended();
    }

    /** Why the target stands where it stands, in this client's eyes. */
    Stop stop() {
        return killed ? new Stop.Terminated(Signal.SIGKILL) : inferior.stop();
    }

    /** A run has ended, or the target was put somewhere else: forgets which threads were selected. */
    void stopped(Stop stop) {
        killed = false;
        inferior.stopped(stop);
        general = ThreadId.ANY;
    }

    /** The same in non-stop mode, where a client selects threads on its own. */
    void threadStopped(Stop stop) {
        inferior.stopped(stop);
    }

    /** What goes on in non-stop mode, if the client has chosen that. */
    Optional<NonStop> nonStop() {
        return nonStop;
    }

    /** @param chosen empty: from now on all threads stop and run together */
    void chooseNonStop(Optional<NonStop> chosen) {
        nonStop = chosen;
    }

    Connection connection() {
        return connection;
    }

    Target target() {
        return inferior.target();
    }

    RegisterView view() {
        return view;
    }

    ClientFeatures client() {
        return client;
    }

    BreakpointSet breakpoints() {
        return breakpoints;
    }

    OpenFiles files() {
        return files;
    }

    StepSettings stepping() {
        return stepping;
    }

    WantedEvents events() {
        return events;
    }

    FrameSelection frames() {
        return frames;
    }

    /** The signals that the program may get when it runs on after this client has detached. */
    void programSignals(Set<Signal> signals) {
        inferior.programSignals(signals);
    }

    void extend() {
        extended = true;
    }

    /** What has to hold for a breakpoint or watchpoint to stop the target. */
    StopFilters filters() {
        return filters;
    }

    boolean physicalMemory() {
        return physicalMemory;
    }

    void usePhysicalMemory(boolean physical) {
        physicalMemory = physical;
    }

    /** The thread that register and memory packets are about. */
    GuestThread thread() throws RefusedException {
        return thread(general);
    }

    /**
     * The thread that the old resume packets ({@code c}, {@code s}, {@code bs} ...) are about; ALL and ANY are the
     * stopped one.
     */
    GuestThread continuingThread() throws RefusedException {
        return thread(continuing);
    }

    /** A named thread, or for ALL and ANY the one that stopped last. */
    GuestThread thread(ThreadId id) throws RefusedException {
        if (ended()) {
            throw new RefusedException("the target has exited");
        }
        if (id.thread() > 0) {
            return find(id.thread()).orElseThrow(() -> new RefusedException("no thread " + id.thread()));
        }
        return find(StopReply.thread(stop())).orElse(target().threads().getFirst());
    }

    Optional<GuestThread> find(int id) {
        for (GuestThread thread : target().threads()) {
            if (thread.id() == id) {
                return Optional.of(thread);
            }
        }
        return Optional.empty();
    }

    void selectGeneral(ThreadId id) {
        general = id;
    }

    void selectContinuing(ThreadId id) {
        continuing = id;
    }

    /**
     * Writes the memory that the client looks at. gdb shows no reason why that is refused, in whatever form it is
     * answered: it is kept for {@link #tellRefusal}.
     */
    void write(long address, byte[] data) throws RefusedException {
        try {
            memory().write(address, data);
        } catch (RefusedException e) {
            refusal = Optional.of("the write to 0x%x was refused: %s\n".formatted(address, e.getMessage()));
            throw e;
        }
    }

    /** Tells why a write was refused, once; to be called where a console's text is allowed. */
    void tellRefusal() {
        if (!client.errorStrings()) {
            refusal.ifPresent(this::console);
        }
        refusal = Optional.empty();
    }

    /** The memory that the client looks at: linear through the current thread, or physical. */
    Memory memory() throws RefusedException {
        GuestThread thread = thread();
        return physicalMemory ? target().physicalMemory().orElseThrow() : thread.memory();
    }
}
