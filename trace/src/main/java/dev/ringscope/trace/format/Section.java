package dev.ringscope.trace.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/** Opens sections: messages that are stored plainly or as a Zstandard frame, with their size in front. */
final class Section {
    /** Largest message in a section, in bytes. */
    static final int MAX_BYTES = 1 << 26;

    private static final int SIZE = 1;
    private static final int ZSTD = 2;
    private static final int PLAIN = 3;

    private Section() {}

    /**
     * The message in a section. A frame that would come out larger than stated is refused before anything is allocated.
     */
    static WireInput open(WireInput section) {
        Place place = section.place();
        long size = 0;
        WireInput content = null;
        boolean compressed = false;
        while (section.next()) {
            switch (section.field()) {
                case SIZE -> size = section.varint(MAX_BYTES, "a section's size");
                case ZSTD, PLAIN -> {
                    place.verify(content == null, "one body in a section, found field", section.field());
                    compressed = section.field() == ZSTD;
                    content = section.message();
                }
                default -> section.skip();
            }
        }
        if (content == null) {
            throw place.expected("a section's body, found none");
        }
        if (!compressed) {
            place.verify(content.remaining() == size, "a section of %d bytes".formatted(size), content.remaining());
            return content;
        }
        return new WireInput(place, decompress(content, (int) size));
    }

    /** Decompresses the rest of an input, one frame, which must come out exactly that large. */
    static byte[] decompress(WireInput in, int size) {
        Place place = in.place();
        try {
            long stated = Zstd.getFrameContentSize(in.array(), in.position(), in.remaining(), false);
            place.verify(stated == size, "a Zstandard frame of %d bytes".formatted(size), stated);
            byte[] out = new byte[size];
            long result = Zstd.decompressByteArray(out, 0, size, in.array(), in.position(), in.remaining());
            place.verify(result == size, "%d decompressed bytes".formatted(size), result);
            return out;
        } catch (ZstdException e) {
            throw place.expected("a Zstandard frame, found an error: " + e.getMessage());
        }
    }
}
