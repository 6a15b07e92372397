package dev.ringscope.trace.export;

import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.query.Coverage.Covered;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Executed blocks in the format of DynamoRIO's drcov, version 2, which coverage browsers of disassemblers read. A guest
 * has no modules: each aligned 2 GiB of an address space in which code ran is made one, for a block's place in its
 * module has 32 bits. Those of the upper half are shared by all address spaces, as in every kernel with a single upper
 * half.
 */
final class Drcov implements Exporter.ToFile {
    private static final int REGION_BITS = 31;
    private static final int MOST_MODULES = 1 << 16;
    private static final int ENTRY = 8;

    /** A region of one address space; root 0 for the shared half. */
    private record Region(long root, long number) {
        static Region of(Covered block) {
            return new Region(block.address() < 0 ? 0 : block.root(), block.address() >>> REGION_BITS);
        }

        long base() {
            return number << REGION_BITS;
        }

        String name() {
            return root == 0 ? "kernel-%016x".formatted(base()) : "cr3-%x-%016x".formatted(root, base());
        }
    }

    @Override
    public String name() {
        return "drcov";
    }

    @Override
    public String description() {
        return "blocks of code that were executed, for Lighthouse and other coverage browsers";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        Map<Region, Integer> modules = new LinkedHashMap<>();
        long[] blocks = {0};
        each(exported, block -> {
            modules.computeIfAbsent(Region.of(block), _ -> modules.size());
            blocks[0]++;
            return true;
        });
        if (modules.size() > MOST_MODULES) {
            throw new IOException("drcov numbers %d modules at most; code ran in %d regions: export a shorter part"
                    .formatted(MOST_MODULES, modules.size()));
        }
        StringBuilder head = new StringBuilder("DRCOV VERSION: 2\nDRCOV FLAVOR: drcov\n");
        head.append("Module Table: version 2, count %d\n".formatted(modules.size()));
        head.append("Columns: id, base, end, entry, checksum, timestamp, path\n");
        modules.forEach((region, id) -> head.append("%3d, 0x%016x, 0x%016x, 0x%016x, 0x%08x, 0x%08x, %s\n"
                .formatted(id, region.base(), region.base() + (1L << REGION_BITS), 0, 0, 0, region.name())));
        head.append("BB Table: %d bbs\n".formatted(blocks[0]));
        out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
        ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
        each(exported, block -> {
            Region region = Region.of(block);
            entry.clear();
            entry.putInt((int) (block.address() - region.base()));
            entry.putShort((short) block.size());
            entry.putShort(modules.get(region).shortValue());
            out.write(entry.array());
            return true;
        });
    }

    private static void each(Exported exported, Answers<Covered> answers) throws IOException {
        Coverage.list(exported.recording(), Filter.of(exported.range()), exported.asked(answers));
    }
}
