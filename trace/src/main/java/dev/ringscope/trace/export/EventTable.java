package dev.ringscope.trace.export;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.export.parquet.Column;
import dev.ringscope.trace.export.parquet.ParquetFile;
import dev.ringscope.trace.export.parquet.Type;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.VirtualClock;
import java.io.IOException;
import java.util.Set;

/**
 * A row for each {@link Event}, numbered in order. What a sort of events does not have is missing in its rows;
 * addresses are linear but for {@code device access} and {@code entry}, which are physical.
 */
final class EventTable {
    private final Exported exported;
    private final ParquetFile file;
    private final VirtualClock clock;
    private final Column position;
    private final Column time;
    private final Column kind;
    private final Column cause;
    private final Column vector;
    private final Column errorCode;
    private final Column address;
    private final Column pc;
    private final Column toPc;
    private final Column fromRing;
    private final Column toRing;
    private final Column fromMode;
    private final Column toMode;
    private final Column name;
    private final Column oldValue;
    private final Column newValue;
    private final Column level;
    private final Column entry;
    private final Column size;
    private final Column cr3;
    private final Column write;
    private final Column port;
    private final Column value;
    private final Column data;
    private final Column until;
    private final Column text;

    EventTable(Exported exported, ParquetFile file) throws IOException {
        this.exported = exported;
        this.file = file;
        clock = VirtualClock.from(exported.recording().trace(), exported.range().from());
        position = file.ascending("position");
        time = file.ascending("time");
        kind = file.required("kind", Type.STRING);
        cause = file.optional("cause", Type.STRING);
        vector = file.optional("vector", Type.UINT8);
        errorCode = file.optional("error_code", Type.INT32);
        address = file.optional("address", Type.UINT64);
        pc = file.optional("pc", Type.UINT64);
        toPc = file.optional("to_pc", Type.UINT64);
        fromRing = file.optional("from_ring", Type.UINT8);
        toRing = file.optional("to_ring", Type.UINT8);
        fromMode = file.optional("from_mode", Type.STRING);
        toMode = file.optional("to_mode", Type.STRING);
        name = file.optional("name", Type.STRING);
        oldValue = file.optional("old_value", Type.UINT64);
        newValue = file.optional("new_value", Type.UINT64);
        level = file.optional("level", Type.UINT8);
        entry = file.optional("entry", Type.UINT64);
        size = file.optional("size", Type.INT64);
        cr3 = file.optional("cr3", Type.UINT64);
        write = file.optional("write", Type.BOOLEAN);
        port = file.optional("port", Type.UINT16);
        value = file.optional("value", Type.UINT64);
        data = file.optional("data", Type.BINARY);
        until = file.optional("until", Type.INT64);
        text = file.optional("text", Type.STRING);
    }

    void write() throws IOException {
        Range range = new Range(exported.range().from(), exported.range().to(), 0);
        Events.list(exported.recording(), Set.of(), Filter.of(range), exported.asked(this::row));
    }

    private boolean row(Event event) throws IOException {
        position.put(event.position());
        time.put(clock.at(event.position()));
        kind.put(kind(event));
        switch (event) {
            case Event.RingChange e -> change(e);
            case Event.Trap e -> trap(e);
            case Event.TableUpdate e -> update(e);
            case Event.TranslationFlush e -> {
                name.put(e.instruction());
                address.put(e.address());
            }
            case Event.SystemRegisterWrite e -> {
                name.put(e.register());
                oldValue.put(e.oldValue());
                newValue.put(e.newValue());
                pc.put(e.pc());
            }
            case Event.PortAccess e -> {
                port.put(e.port());
                access(e.write(), e.size(), e.value());
            }
            case Event.DeviceAccess e -> {
                address.put(e.address());
                access(e.write(), e.size(), e.value());
            }
            case Event.Input e -> {
                name.put(e.source());
                data.put(e.data());
            }
            case Event.Halt e -> {
                clock.pass(e);
                until.put(e.until());
            }
            case Event.End e -> {
                cause.put(Mark.words(e.reason()));
                text.put(e.explanation());
            }
        }
        file.endRow();
        return true;
    }

    /** As questions call them. */
    static String kind(Event event) {
        return switch (event) {
            case Event.RingChange _ -> "ring change";
            case Event.Trap _ -> "trap";
            case Event.TableUpdate _ -> "table update";
            case Event.TranslationFlush _ -> "translation flush";
            case Event.SystemRegisterWrite _ -> "system register write";
            case Event.PortAccess _ -> "port access";
            case Event.DeviceAccess _ -> "device access";
            case Event.Input _ -> "input";
            case Event.Halt _ -> "halt";
            case Event.End _ -> "end";
        };
    }

    private void change(Event.RingChange e) {
        cause.put(Mark.words(e.cause()));
        if (e.vector() >= 0) {
            vector.put(e.vector());
        }
        fromRing.put(e.from());
        toRing.put(e.to());
        fromMode.put(Mark.words(e.fromMode()));
        toMode.put(Mark.words(e.toMode()));
        pc.put(e.fromPc());
        toPc.put(e.toPc());
    }

    private void trap(Event.Trap e) {
        cause.put(Mark.words(e.cause()));
        vector.put(e.vector());
        if (e.errorCode() >= 0) {
            errorCode.put(e.errorCode());
        }
        address.put(e.address());
        pc.put(e.pc());
        if (!e.reason().isEmpty()) {
            text.put(e.reason());
        }
    }

    private void update(Event.TableUpdate e) {
        cause.put(Mark.words(e.writer()));
        level.put(e.level());
        entry.put(e.entry());
        oldValue.put(e.oldValue());
        newValue.put(e.newValue());
        address.put(e.first());
        size.put(e.size());
        cr3.put(e.root());
        pc.put(e.pc());
    }

    private void access(boolean writes, int bytes, long what) {
        write.put(writes);
        size.put(bytes);
        value.put(what);
    }
}
