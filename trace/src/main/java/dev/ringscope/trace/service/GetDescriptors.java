package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.proto.query.v1.DescriptorEntry;
import dev.ringscope.proto.query.v1.DescriptorTable;
import dev.ringscope.proto.query.v1.DescriptorTablePlace;
import dev.ringscope.proto.query.v1.GetDescriptorsRequest;
import dev.ringscope.proto.query.v1.GetDescriptorsResponse;
import dev.ringscope.proto.query.v1.TaskStateField;
import dev.ringscope.trace.explain.TaskStateFields;
import dev.ringscope.trace.query.DescriptorContents;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The descriptor tables at a position. */
final class GetDescriptors implements TraceRpc<GetDescriptorsRequest, GetDescriptorsResponse> {
    @Override
    public void answer(OpenTrace trace, GetDescriptorsRequest request, Call<GetDescriptorsResponse> call)
            throws IOException {
        Mask mask = Mask.of(request.getReadMask(), GetDescriptorsResponse.getDescriptor());
        long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
        DescriptorContents.Contents contents = DescriptorContents.at(trace.recording(), position, call);
        GetDescriptorsResponse.Builder answer = GetDescriptorsResponse.newBuilder();
        contents.places().forEach(place -> answer.addTables(message(place)));
        contents.entries().forEach(entry -> answer.addEntries(message(entry, trace.symbols())));
        contents.task().forEach(field -> answer.addTaskState(message(field)));
        call.send(mask.apply(answer.build()));
    }

    private static DescriptorTablePlace message(DescriptorContents.Place place) {
        DescriptorTablePlace.Builder message = DescriptorTablePlace.newBuilder()
                .setTable(table(place.table()))
                .setBase(place.base())
                .setLimit(place.limit())
                .setType(place.type());
        place.selector().ifPresent(message::setSelector);
        return message.build();
    }

    private static DescriptorEntry message(DescriptorContents.Entry entry, Symbols symbols) {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putLong(entry.low()).putLong(entry.high()).flip();
        DescriptorEntry.Builder message = DescriptorEntry.newBuilder()
                .setTable(table(entry.table()))
                .setNumber(entry.number())
                .setAddress(entry.address())
                .setData(ByteString.copyFrom(data, entry.bytes()))
                .setType(entry.type())
                .setDpl(entry.dpl())
                .setPresent(entry.present())
                .setGate(entry.gate())
                .setBase(entry.base())
                .setLimit(entry.limit())
                .setSelector(entry.selector())
                .setOffset(entry.offset())
                .setIst(entry.ist())
                .addAllFaults(entry.faults());
        if (entry.gate()) {
            symbols.find(entry.offset()).ifPresent(message::setSymbol);
        }
        return message.build();
    }

    private static TaskStateField message(TaskStateFields.Field field) {
        TaskStateField.Builder message = TaskStateField.newBuilder()
                .setName(field.name())
                .setOffset(field.offset())
                .setSize(field.size());
        field.value().ifPresent(message::setValue);
        return message.build();
    }

    private static DescriptorTable table(DescriptorContents.Table table) {
        return switch (table) {
            case GDT -> DescriptorTable.DESCRIPTOR_TABLE_GDT;
            case LDT -> DescriptorTable.DESCRIPTOR_TABLE_LDT;
            case IDT -> DescriptorTable.DESCRIPTOR_TABLE_IDT;
            case TSS -> DescriptorTable.DESCRIPTOR_TABLE_TSS;
        };
    }
}
