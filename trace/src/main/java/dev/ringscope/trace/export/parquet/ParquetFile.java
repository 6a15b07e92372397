package dev.ringscope.trace.export.parquet;

import com.github.luben.zstd.Zstd;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of one table, written row by row: columns first, then for each row what it has of them, and {@link #endRow}. A
 * row group ends after so many rows, or when one of its dictionaries has grown large.
 */
public final class ParquetFile implements Closeable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int GROUP_ROWS = 1 << 17;
    private static final int GROUP_DICTIONARY = 1 << 22;
    private static final int LEVEL = 3;
    private static final int VERSION = 2, REQUIRED = 0, OPTIONAL = 1, ZSTD = 6;
    private static final int DATA_PAGE = 0, DICTIONARY_PAGE = 2;

    /** Of one column in a row group, as the footer has it. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Chunk(
            Column column,
            int encoding,
            int values,
            int nulls,
            byte[][] bounds,
            long dictionary,
            long data,
            long size,
            long unpacked) {}

    private record Group(List<Chunk> chunks, int rows) {}

    private final OutputStream out;
    private final String table;
    private final List<Column> columns = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private long offset;
    private long written;
    private int rows;

    /** @param out closed with this */
    public ParquetFile(String table, OutputStream out) throws IOException {
        this.table = table;
        this.out = out;
        write(MAGIC);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        offset += bytes.length;
    }

    /** A column with a value in every row. */
    public Column required(String name, Type type) {
        return add(new Column(name, type, false, false));
    }

    /** The same, and the numbers ascend from row to row. */
    public Column ascending(String name) {
        return add(new Column(name, Type.INT64, false, true));
    }

    /** A column that has no value in some rows. */
    public Column optional(String name, Type type) {
        return add(new Column(name, type, true, false));
    }

    private Column add(Column column) {
        columns.add(column);
        return column;
    }

    public void endRow() throws IOException {
        int dictionaries = 0;
        for (Column column : columns) {
            column.endRow();
            dictionaries = Math.max(dictionaries, column.dictionaryBytes());
        }
        if (++rows == GROUP_ROWS || dictionaries >= GROUP_DICTIONARY) {
            endGroup();
        }
    }

    private void endGroup() throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        for (Column column : columns) {
            chunks.add(write(column));
        }
        groups.add(new Group(chunks, rows));
        written += rows;
        rows = 0;
    }

    private Chunk write(Column column) throws IOException {
        byte[][] bounds = column.bounds();
        int nulls = column.nulls();
        Column.Pages pages = column.take();
        long start = offset;
        long unpacked = 0;
        if (pages.dictionary() != null) {
            unpacked += page(DICTIONARY_PAGE, pages.entries(), Column.PLAIN, pages.dictionary());
        }
        long data = offset;
        unpacked += page(DATA_PAGE, rows, pages.encoding(), pages.data());
        return new Chunk(
                column,
                pages.encoding(),
                rows,
                nulls,
                bounds,
                pages.dictionary() == null ? -1 : start,
                data,
                offset - start,
                unpacked);
    }

    /** @return its size if it were not compressed, with its header */
    private long page(int type, int values, int encoding, byte[] content) throws IOException {
        byte[] packed = Zstd.compress(content, LEVEL);
        CompactOutput header = new CompactOutput()
                .element()
                .i32(1, type)
                .i32(2, content.length)
                .i32(3, packed.length);
        if (type == DATA_PAGE) {
            header.struct(5).i32(1, values).i32(2, encoding).i32(3, Column.RLE).i32(4, Column.RLE);
        } else {
            header.struct(7).i32(1, values).i32(2, encoding);
        }
        byte[] head = header.end().end().bytes();
        write(head);
        write(packed);
        return head.length + content.length;
    }

    /** Writes the footer. */
    @Override
    public void close() throws IOException {
        try (out) {
            if (rows > 0) {
                endGroup();
            }
            byte[] footer = footer();
            write(footer);
            write(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(footer.length)
                    .array());
            write(MAGIC);
        }
    }

    private byte[] footer() {
        CompactOutput footer = new CompactOutput().element().i32(1, VERSION).structs(2, columns.size() + 1);
        footer.element().string(4, table).i32(5, columns.size()).end();
        columns.forEach(column -> schema(footer, column));
        footer.i64(3, written).structs(4, groups.size());
        groups.forEach(group -> group(footer, group));
        footer.string(6, "ringscope").structs(7, columns.size());
        for (int i = 0; i < columns.size(); i++) {
            footer.element().struct(1).end().end(); // ordered as its type is
        }
        return footer.end().bytes();
    }

    private static void schema(CompactOutput out, Column column) {
        out.element().i32(1, column.type.physical).i32(3, column.optional ? OPTIONAL : REQUIRED);
        out.string(4, column.name);
        if (column.type.converted >= 0) {
            out.i32(6, column.type.converted);
        }
        if (column.type == Type.STRING) {
            out.struct(10).struct(1).end().end();
        } else if (column.type.unsignedBits > 0) {
            out.struct(10).struct(10);
            out.i8(1, column.type.unsignedBits).bool(2, false).end().end();
        }
        out.end();
    }

    private static void group(CompactOutput out, Group group) {
        out.element().structs(1, group.chunks.size());
        group.chunks.forEach(chunk -> chunk(out, chunk));
        out.i64(2, group.chunks.stream().mapToLong(Chunk::unpacked).sum());
        out.i64(3, group.rows);
        out.i64(6, group.chunks.stream().mapToLong(Chunk::size).sum()).end();
    }

    private static void chunk(CompactOutput out, Chunk chunk) {
        long start = chunk.dictionary >= 0 ? chunk.dictionary : chunk.data;
        out.element().i64(2, 0).struct(3);
        out.i32(1, chunk.column.type.physical);
        if (chunk.dictionary >= 0) {
            out.numbers(2, Column.PLAIN, Column.RLE, chunk.encoding);
        } else {
            out.numbers(2, Column.RLE, chunk.encoding);
        }
        out.strings(3, chunk.column.name).i32(4, ZSTD).i64(5, chunk.values);
        out.i64(6, chunk.unpacked).i64(7, chunk.size).i64(9, chunk.data);
        if (chunk.dictionary >= 0) {
            out.i64(11, start);
        }
        out.struct(12).i64(3, chunk.nulls);
        if (chunk.bounds != null) {
            out.binary(5, chunk.bounds[1]).binary(6, chunk.bounds[0]);
        }
        out.end().end().end();
    }
}
