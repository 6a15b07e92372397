package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.DeviceTraffic;
import dev.ringscope.proto.query.v1.ListDeviceTrafficRequest;
import dev.ringscope.proto.query.v1.ListDeviceTrafficResponse;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Devices;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;

/** Traffic with devices. */
final class ListDeviceTraffic {
    static final Listing<ListDeviceTrafficRequest, DeviceTraffic, ListDeviceTrafficResponse> LISTING = new Listing<>(
            DeviceTraffic.getDefaultInstance(),
            ListDeviceTraffic::list,
            items -> ListDeviceTrafficResponse.newBuilder().addAllTraffic(items).build(),
            null);

    private ListDeviceTraffic() {}

    private static void list(
            OpenTrace trace, ListDeviceTrafficRequest request, Filter filter, Answers<DeviceTraffic> items)
            throws IOException {
        Devices.list(trace.recording(), filter, Listing.each(items, ListDeviceTraffic::message));
    }

    private static DeviceTraffic message(Devices.Traffic traffic) {
        DeviceTraffic.Builder message = DeviceTraffic.newBuilder()
                .setReads(traffic.reads())
                .setWrites(traffic.writes())
                .setBytes(traffic.bytes())
                .setFirstPosition(traffic.first())
                .setLastPosition(traffic.last());
        boolean known = traffic.number() >= 0;
        switch (traffic.way()) {
            case PORT -> {
                if (known) {
                    message.setPort((int) traffic.number());
                }
            }
            case MEMORY -> {
                if (known) {
                    message.setAddress(traffic.number());
                }
            }
            case INPUT -> message.setSource(traffic.source());
        }
        return message.build();
    }
}
