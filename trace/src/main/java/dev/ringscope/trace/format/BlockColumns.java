package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.Blocks;
import dev.ringscope.proto.trace.v1.CodeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The message {@code Blocks}: definitions as columns. */
final class BlockColumns {
    /** Most blocks that a chunk defines. */
    static final int MAX_BLOCKS = 1 << 20;

    private static final int MAX_INSTRUCTIONS = 64;
    private static final int MAX_LENGTH = 15;

    private BlockColumns() {}

    static WireOutput encode(List<BlockDefinition> blocks) {
        WireOutput[] columns = new WireOutput[Blocks.CODE_FIELD_NUMBER + 1];
        Arrays.setAll(columns, i -> new WireOutput(64));
        long linear = 0;
        long physical = 0;
        long codeBase = 0;
        for (BlockDefinition block : blocks) {
            columns[Blocks.LINEAR_DELTA_FIELD_NUMBER].zigzag(block.linear() - linear);
            columns[Blocks.PHYSICAL_DELTA_FIELD_NUMBER].zigzag(block.physical() - block.linear() - physical);
            columns[Blocks.CODE_BASE_DELTA_FIELD_NUMBER].zigzag(block.codeBase() - codeBase);
            columns[Blocks.SECOND_PAGE_FIELD_NUMBER].varint(block.secondPage() + 1);
            columns[Blocks.CODE_KIND_FIELD_NUMBER].varint(block.kind().getNumber());
            columns[Blocks.INSTRUCTION_COUNT_FIELD_NUMBER].varint(block.instructions());
            columns[Blocks.INSTRUCTION_LENGTH_FIELD_NUMBER].bytes(block.lengths(), 0, block.lengths().length);
            columns[Blocks.CODE_FIELD_NUMBER].bytes(block.code(), 0, block.code().length);
            linear = block.linear();
            physical = block.physical() - block.linear();
            codeBase = block.codeBase();
        }
        WireOutput message = new WireOutput(1024);
        for (int field = 1; field < columns.length; field++) {
            message.column(field, columns[field]);
        }
        return message;
    }

    /** @param count how many the envelope promises */
    static List<BlockDefinition> decode(WireInput message, int count) {
        Place place = message.place();
        WireInput[] columns = new WireInput[Blocks.CODE_FIELD_NUMBER + 1];
        Arrays.fill(columns, new WireInput(place, new byte[0]));
        while (message.next()) {
            if (message.field() < columns.length) {
                columns[message.field()] = message.message();
            } else {
                message.skip();
            }
        }
        place.verify(
                columns[Blocks.INSTRUCTION_COUNT_FIELD_NUMBER].remaining() == count,
                "%d blocks".formatted(count),
                columns[Blocks.INSTRUCTION_COUNT_FIELD_NUMBER].remaining());
        List<BlockDefinition> blocks = new ArrayList<>(count);
        long linear = 0;
        long physical = 0;
        long codeBase = 0;
        for (int i = 0; i < count; i++) {
            linear += columns[Blocks.LINEAR_DELTA_FIELD_NUMBER].rawZigzag();
            physical += columns[Blocks.PHYSICAL_DELTA_FIELD_NUMBER].rawZigzag();
            codeBase += columns[Blocks.CODE_BASE_DELTA_FIELD_NUMBER].rawZigzag();
            blocks.add(block(columns, linear, linear + physical, codeBase));
        }
        for (WireInput column : columns) {
            column.finish("a column of %d blocks".formatted(count));
        }
        return blocks;
    }

    private static BlockDefinition block(WireInput[] columns, long linear, long physical, long codeBase) {
        Place place = columns[0].place();
        long secondPage = columns[Blocks.SECOND_PAGE_FIELD_NUMBER].rawVarint() - 1;
        long kindNumber = columns[Blocks.CODE_KIND_FIELD_NUMBER].rawVarint();
        CodeKind kind = kindNumber > 0 && kindNumber < 64 ? CodeKind.forNumber((int) kindNumber) : null;
        place.verify(kind != null, "a kind of code that this version knows", kindNumber);
        long instructions = columns[Blocks.INSTRUCTION_COUNT_FIELD_NUMBER].rawVarint();
        place.verify(
                instructions >= 1 && instructions <= MAX_INSTRUCTIONS, "1 to 64 instructions in a block", instructions);
        byte[] lengths = new byte[(int) instructions];
        int bytes = 0;
        for (int i = 0; i < lengths.length; i++) {
            int length = columns[Blocks.INSTRUCTION_LENGTH_FIELD_NUMBER].rawByte();
            place.verify(length >= 1 && length <= MAX_LENGTH, "an instruction of 1 to 15 bytes", length);
            lengths[i] = (byte) length;
            bytes += length;
        }
        WireInput code = columns[Blocks.CODE_FIELD_NUMBER];
        byte[] ownCode = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            ownCode[i] = (byte) code.rawByte();
        }
        return new BlockDefinition(linear, physical, codeBase, secondPage, kind, lengths, ownCode);
    }
}
