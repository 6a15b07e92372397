package dev.ringscope.trace.service;

import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.proto.query.v1.ListRegisterWritesRequest;
import dev.ringscope.proto.query.v1.ListRegisterWritesResponse;
import dev.ringscope.proto.query.v1.RegisterWrite;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.RegisterWrites;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;

/** Registers written, in order. */
final class ListRegisterWrites {
    static final Listing<ListRegisterWritesRequest, RegisterWrite, ListRegisterWritesResponse> LISTING = new Listing<>(
            RegisterWrite.getDefaultInstance(),
            ListRegisterWrites::list,
            items -> ListRegisterWritesResponse.newBuilder().addAllWrites(items).build(),
            RegisterWrite::getPosition);

    private ListRegisterWrites() {}

    private static void list(
            OpenTrace trace, ListRegisterWritesRequest request, Filter filter, Answers<RegisterWrite> items)
            throws IOException {
        Set<String> wanted = request.getRegistersCount() == 0
                ? Set.of()
                : RegisterNames.find(trace.recording().trace(), "registers", request.getRegistersList()).stream()
                        .map(Register::name)
                        .collect(Collectors.toSet());
        RegisterWrites.list(trace.recording(), wanted, filter, Listing.each(items, ListRegisterWrites::message));
    }

    static RegisterWrite message(RegisterWrites.RegisterWrite write) {
        return RegisterWrite.newBuilder()
                .setPosition(write.position())
                .setRegister(write.register())
                .setWord(write.word())
                .setValue(write.value())
                .build();
    }
}
