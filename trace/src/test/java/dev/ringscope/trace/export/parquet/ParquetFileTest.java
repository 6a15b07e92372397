package dev.ringscope.trace.export.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.trace.export.Databases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of random values, in runs and alone, come out of two readers as they were put in. */
class ParquetFileTest {
    /** More than a row group's. */
    private static final int ROWS = 140_000;

    private static final String[] COLUMNS = {"n", "wide", "few", "flag", "word", "bytes", "byte", "short", "text"};

    @TempDir
    Path folder;

    private final Random random = new Random(20261123);
    private final List<String> expected = new ArrayList<>();

    /** Random values, now with many and now with few different ones, and runs of the same. */
    private long value(int row) {
        return switch (row / 1000 % 4) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(3);
            case 2 -> row / 37;
            default -> -1 - random.nextInt(1000);
        };
    }

    private void write(Path path, int rows) throws IOException {
        try (ParquetFile file = new ParquetFile("random", Files.newOutputStream(path))) {
            Column n = file.ascending("n");
            Column wide = file.required("wide", Type.UINT64);
            Column few = file.optional("few", Type.INT64);
            Column flag = file.required("flag", Type.BOOLEAN);
            Column word = file.optional("word", Type.INT32);
            Column bytes = file.optional("bytes", Type.BINARY);
            Column single = file.required("byte", Type.UINT8);
            Column narrow = file.optional("short", Type.UINT16);
            Column text = file.optional("text", Type.STRING);
            long position = -5;
            for (int row = 0; row < rows; row++) {
                StringJoiner line = new StringJoiner("|");
                position += row % 5000 < 4000 ? 1 : random.nextLong(1L << 40);
                n.put(position);
                line.add(Long.toString(position));
                long w = value(row);
                wide.put(w);
                line.add(Long.toUnsignedString(w));
                line.add(number(few, row % 3000 < 50 || random.nextInt(4) == 0, random.nextInt(30) - 15));
                flag.put((w & 1) != 0);
                line.add(Boolean.toString((w & 1) != 0));
                line.add(number(word, random.nextBoolean(), (int) random.nextLong()));
                line.add(bytes(bytes, row));
                single.put(w & 0xff);
                line.add(Long.toString(w & 0xff));
                line.add(number(narrow, row > 70_000, w & 0xffff));
                line.add(text(text, row));
                file.endRow();
                expected.add(line.toString());
            }
        }
    }

    private static String number(Column column, boolean there, long value) {
        if (there) {
            column.put(value);
        }
        return there ? Long.toString(value) : "null";
    }

    private String bytes(Column column, int row) {
        if (row % 11 == 0) {
            return "null";
        }
        byte[] bytes = new byte[random.nextInt(1, 6)];
        random.nextBytes(bytes);
        column.put(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private String text(Column column, int row) {
        if (row % 7 == 3) {
            return "null";
        }
        String text = row % 2 == 0 ? "instruction Ünïcode " + row % 50 : "text " + row;
        column.put(text);
        return text;
    }

    @Test
    void duckdbReadsEveryRow() throws Exception {
        write(folder.resolve("random.parquet"), ROWS);
        assertThat(Databases.ask(folder, "select * from 'random.parquet' order by n"))
                .isEqualTo(expected);
    }

    @Test
    void anotherReaderReadsTheSameRows() throws Exception {
        write(folder.resolve("random.parquet"), 20_000);
        String[] columns = List.of(COLUMNS).subList(0, COLUMNS.length - 1).toArray(String[]::new);
        List<String> withoutText = expected.stream()
                .map(line -> line.substring(0, line.lastIndexOf('|')))
                .toList();
        assertThat(Databases.rows(folder, "random.parquet", columns)).isEqualTo(withoutText);
    }

    @Test
    void statisticsHoldTheLeastAndTheGreatestValueOfEachGroup() throws Exception {
        write(folder.resolve("random.parquet"), ROWS);
        String bounds = "select min(stats_min_value::%1$s), max(stats_max_value::%1$s), sum(stats_null_count),"
                + " max(row_group_id) from parquet_metadata('random.parquet') where path_in_schema = '%2$s'";
        String truth = "select min(%1$s), max(%1$s), count(*) - count(%1$s), 1 from 'random.parquet'";
        for (String column : List.of("n", "wide", "few", "word", "short")) {
            String type = column.equals("wide") ? "UBIGINT" : "BIGINT";
            List<String> found = Databases.ask(folder, bounds.formatted(type, column), truth.formatted(column));
            assertThat(found.get(0)).as(column).isEqualTo(found.get(1));
        }
    }

    @Test
    void aTableWithoutRowsIsReadAsOne() throws Exception {
        write(folder.resolve("random.parquet"), 0);
        assertThat(Databases.ask(folder, "select count(*), min(n) from 'random.parquet'"))
                .containsExactly("0|null");
    }

    @Test
    void manyLongStringsEndARowGroupEarly() throws Exception {
        try (ParquetFile file = new ParquetFile("long", Files.newOutputStream(folder.resolve("long.parquet")))) {
            Column text = file.required("text", Type.STRING);
            for (int i = 0; i < 3000; i++) {
                text.put(i + "x".repeat(4000));
                file.endRow();
            }
        }
        assertThat(Databases.ask(
                        folder,
                        "select count(*), sum(length(text)), count(distinct text) from 'long.parquet'",
                        "select max(row_group_id) from parquet_metadata('long.parquet')"))
                .containsExactly("3000|" + (3000 * 4000 + 10 + 180 + 2700 + 8000) + "|3000", "2");
    }

    @Test
    void aRowIsWholeOrRefused() throws Exception {
        try (ParquetFile file = new ParquetFile("whole", new ByteArrayOutputStream())) {
            Column n = file.ascending("n");
            Column text = file.optional("text", Type.STRING);
            assertThatThrownBy(file::endRow).hasMessageContaining("n needs a value in every row");
            assertThatThrownBy(() -> text.put(1)).hasMessageContaining("text holds no numbers");
            n.put(1);
            assertThatThrownBy(() -> n.put(2)).hasMessageContaining("n has a value in this row already");
        }
    }
}
