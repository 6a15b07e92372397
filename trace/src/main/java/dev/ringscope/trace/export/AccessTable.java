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
        Accesses.list(exported.recording(), Accesses.Kind.ALL, Filter.of(exported.range()), exported.asked(access -> {
            position.put(access.position());
            write.put(access.write());
            address.put(access.address());
            size.put(access.size());
            value.put(access.value());
            file.endRow();
            return true;
        }));
    }
}
