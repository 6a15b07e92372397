package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Every packet that the stub knows, in the order of the GDB manual; the longest name that fits a packet wins. */
final class CommandTable {
    static final List<Row> ROWS = List.of(
            // the session
            row("qSupported", QSupported::read),
            exact("QStartNoAckMode", QStartNoAckMode::new),
            exact("!", Bang::new),
            exact("?", QuestionMark::new),
            row("qAttached", QAttached::read),
            row("qSymbol:", QSymbol::read),
            row("QNonStop:", QNonStop::read),
            row("QCatchSyscalls:", QCatchSyscalls::read),
            row("QPassSignals:", QPassSignals::read),
            row("QProgramSignals:", QProgramSignals::read),
            row("QThreadEvents:", QThreadEvents::read),
            row("D", UpperD::read),
            exact("k", LowerK::new),
            row("vKill;", VKill::read),
            row("vAttach;", VAttach::read),
            row("vRun;", VRun::read),
            row("R", UpperR::read),
            // registers and memory
            row("g", LowerG::read),
            row("G", UpperG::read),
            row("p", LowerP::read),
            row("P", UpperP::read),
            row("m", LowerM::read),
            row("M", UpperM::read),
            row("x", LowerX::read),
            row("X", UpperX::read),
            row("qCRC:", QCRC::read),
            row("qSearch:memory:", QSearchMemory::read),
            // running
            exact("vCont?", VContQuery::new),
            row("vCont;", VCont::read),
            exact("vCtrlC", VCtrlC::new),
            exact("vStopped", VStopped::new),
            row("c", LowerC::read),
            row("C", UpperC::read),
            row("s", LowerS::read),
            row("S", UpperS::read),
            exact("bc", Bc::new),
            exact("bs", Bs::new),
            row("z", LowerZ::read),
            row("Z", UpperZ::read),
            // threads
            row("H", UpperH::read),
            row("T", UpperT::read),
            exact("qC", QC::new),
            exact("qfThreadInfo", QfThreadInfo::new),
            exact("qsThreadInfo", QsThreadInfo::new),
            row("qThreadExtraInfo,", QThreadExtraInfo::read),
            row("qGetTLSAddr:", QGetTLSAddr::read),
            // a recording's trace frames
            exact("qTStatus", QTStatus::new),
            row("QTFrame:", QTFrame::read),
            exact("qTfP", QTfP::new),
            exact("qTsP", QTfP::new),
            exact("qTfV", QTfV::new),
            exact("qTsV", QTsV::new),
            row("qTV:", QTV::read),
            // objects, files, commands
            row("qXfer:features:read:", QXferFeaturesRead::read),
            row("qXfer:threads:read:", QXferThreadsRead::read),
            row("qXfer:exec-file:read:", QXferExecFileRead::read),
            row("qXfer:auxv:read:", QXferAuxvRead::read),
            row("qXfer:siginfo:read:", QXferSiginfoRead::read),
            row("qXfer:siginfo:write:", QXferSiginfoWrite::read),
            row("vFile:setfs:", VFileSetfs::read),
            row("vFile:open:", VFileOpen::read),
            row("vFile:pread:", VFilePread::read),
            row("vFile:fstat:", VFileFstat::read),
            row("vFile:close:", VFileClose::read),
            row("qRcmd,", QRcmd::read),
            // QEMU's
            exact("qqemu.Supported", QqemuSupported::new),
            exact("qqemu.PhyMemMode", QqemuPhyMemMode::new),
            row("Qqemu.PhyMemMode:", QqemuPhyMemModeSet::read),
            exact("qqemu.sstepbits", QqemuSstepbits::new),
            exact("qqemu.sstep", QqemuSstep::new),
            row("Qqemu.sstep=", QqemuSstepSet::read),
            // lldb's
            exact("QThreadSuffixSupported", QThreadSuffixSupported::new),
            exact("QListThreadsInStopReply", QListThreadsInStopReply::new),
            exact("QEnableErrorStrings", QEnableErrorStrings::new),
            exact("qHostInfo", QHostInfo::new),
            exact("qProcessInfo", QProcessInfo::new),
            row("qMemoryRegionInfo:", QMemoryRegionInfo::read),
            row("qThreadStopInfo", QThreadStopInfo::read),
            exact("jThreadsInfo", JThreadsInfo::new));

    private static final Map<Byte, List<Row>> BY_FIRST_BYTE = byFirstByte();

    private CommandTable() {}

    /**
     * One packet.
     *
     * @param exact whether the name is all of it; if not, the reader gets what follows the name
     */
    record Row(String name, boolean exact, Function<PacketScanner, Command> reader) {
        boolean fits(byte[] payload) {
            byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
            return payload.length >= bytes.length
                    && (!exact || payload.length == bytes.length)
                    && Arrays.equals(payload, 0, bytes.length, bytes, 0, bytes.length);
        }
    }

    /**
     * @return the command, or empty if no row fits
     * @throws dev.ringscope.gdbstub.packet.MalformedPacketException if one fits but its arguments don't
     */
    static Optional<Command> read(byte[] payload) {
        if (payload.length == 0) {
            return Optional.empty();
        }
        for (Row row : BY_FIRST_BYTE.getOrDefault(payload[0], List.of())) {
            if (row.fits(payload)) {
                return Optional.of(
                        row.reader().apply(new PacketScanner(payload, row.name().length())));
            }
        }
        return Optional.empty();
    }

    private static Row row(String name, Function<PacketScanner, Command> reader) {
        return new Row(name, false, reader);
    }

    private static Row exact(String name, Supplier<Command> maker) {
        return new Row(name, true, in -> maker.get());
    }

    private static Map<Byte, List<Row>> byFirstByte() {
        Map<Byte, List<Row>> rows = new HashMap<>();
        for (Row row : ROWS) {
            rows.computeIfAbsent((byte) row.name().charAt(0), b -> new ArrayList<>())
                    .add(row);
        }
        rows.values()
                .forEach(list -> list.sort(
                        Comparator.comparing((Row r) -> r.name().length()).reversed()));
        return rows;
    }
}
