package dev.ringscope.trace.export;

import dev.ringscope.trace.export.parquet.Column;
import dev.ringscope.trace.export.parquet.ParquetFile;
import dev.ringscope.trace.export.parquet.Type;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;

/** A row for each data access: {@link Accesses.Access}. */
final class AccessTable {
    private AccessTable() {}

    static void write(Exported exported, ParquetFile file) throws IOException {
        Column position = file.ascending("position");
        Column write = file.required("write", Type.BOOLEAN);
        Column address = file.required("address", Type.UINT64);
        Column size = file.required("size", Type.UINT8);
        Column value = file.required("value", Type.UINT64);
        Accesses.batches(exported.recording(), Accesses.Kind.ALL, Filter.of(exported.range()), exported.asked(batch -> {
            for (int i = 0; i < batch.count(); i++) {
                position.put(batch.position(i));
                write.put(batch.write(i));
                address.put(batch.address(i));
                size.put(batch.size(i));
                value.put(batch.value(i));
                file.endRow();
            }
            return true;
        }));
    }
}
