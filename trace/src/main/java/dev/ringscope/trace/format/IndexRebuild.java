package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.Header;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.format.PacketInput.Packet;
import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * Writes a trace again with an index made from its packets, each of which is looked at: the chunks' own summaries say
 * which pages were accessed, which code ran and what happened. Everything but the old index is copied as it is. Each
 * checkpoint's pages come directly before it, pages without their checkpoint (of a recorder that was killed) nowhere.
 */
public final class IndexRebuild {
    private final PacketInput in;
    private final Header header;
    private final long dataStart;
    private final TraceMap map;
    /** Of an index root that is still there. */
    private Index known = Index.getDefaultInstance();

    private long end;

    /** @param in its header has been read */
    public IndexRebuild(PacketInput in) throws IOException {
        this.in = in;
        Packet first = in.read(0);
        header = HeaderCodec.read(in.file(), first);
        dataStart = first.end();
        map = new Scan(in, dataStart).run("the index is to be rebuilt");
        end = dataStart;
    }

    /** What the packets hold, up to the first that is not whole. */
    public TraceMap map() {
        return map;
    }

    /**
     * Writes the new file and closes it.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file
     */
    public void write(Path file) throws IOException {
        try (TraceOutput out = new TraceOutput(file, header, false)) {
            Iterator<TraceMap.ChunkPlace> chunks = map.chunks().iterator();
            Iterator<CheckpointPlace> checkpoints = map.checkpoints().iterator();
            boolean whole = true;
            while (whole && end < in.size()) {
                Packet packet = next();
                whole = packet != null && copy(packet, chunks, checkpoints, out);
                end = whole ? packet.end() : end;
            }
            Index.Builder ending = Index.newBuilder().setEndTime(map.root().getEndTime());
            if (map.root().hasEnd()) {
                ending.setEnd(map.root().getEnd());
            }
            if (known.hasExitStatus()) {
                ending.setExitStatus(known.getExitStatus());
            }
            out.finish(ending.setCutShort(cutShort()).build());
        }
    }

    /** Whether the recorder never came to closing the file: that was known, or its last chunk is not there. */
    private boolean cutShort() {
        return known.getCutShort()
                || map.chunks().isEmpty()
                || !map.chunks().getLast().closing();
    }

    /** Bytes of the old file that the new one makes use of; known after {@link #write}. */
    public long used() {
        return end;
    }

    /** Whether what lies behind {@link #used} is nothing, or the piece of a packet that its writer did not finish. */
    public boolean restIsUnfinished() throws IOException {
        return end >= in.size() || in.unfinished(end);
    }

    private Packet next() throws IOException {
        try {
            return in.read(end);
        } catch (TraceFormatException e) {
            return null;
        }
    }

    /** @return whether it fits behind those before it */
    private boolean copy(
            Packet packet, Iterator<TraceMap.ChunkPlace> chunks, Iterator<CheckpointPlace> checkpoints, TraceOutput out)
            throws IOException {
        switch (packet.kind()) {
            case CHUNK -> {
                if (!chunks.hasNext()) {
                    return false;
                }
                out.copy(chunks.next(), packet.body().rest());
            }
            case CHECKPOINT -> {
                if (!checkpoints.hasNext()) {
                    return false;
                }
                CheckpointPlace place = checkpoints.next();
                for (PagesPlace pages : place.packets()) {
                    out.copy(pages, in.read(pages.offset()).body().rest());
                }
                out.copy(place, packet.body().rest());
            }
            case INDEX -> known = IndexReader.root(packet);
            case UNKNOWN -> out.copy(in.bytes(packet));
            case PAGES, CHUNK_INDEX, TRAILER -> {}
            case HEADER -> {
                return false;
            }
        }
        return true;
    }
}
