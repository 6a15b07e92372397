package dev.ringscope.trace.service;

import dev.ringscope.emulator.Event;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListEventsResponse;
import dev.ringscope.proto.query.v1.PositionedEvent;
import dev.ringscope.trace.format.EventEncoder;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Events of the sorts asked for, in order. */
final class ListEvents {
    static final Listing<ListEventsRequest, PositionedEvent, ListEventsResponse> LISTING = new Listing<>(
            PositionedEvent.getDefaultInstance(),
            ListEvents::list,
            items -> ListEventsResponse.newBuilder().addAllEvents(items).build(),
            PositionedEvent::getPosition);

    private ListEvents() {}

    private static void list(OpenTrace trace, ListEventsRequest request, Filter filter, Answers<PositionedEvent> items)
            throws IOException {
        Set<Events.Kind> kinds = kinds("kinds", request.getKindsList());
        Events.list(trace.recording(), kinds, filter, Listing.each(items, ListEvents::message));
    }

    static PositionedEvent message(Event event) {
        return PositionedEvent.newBuilder()
                .setPosition(event.position())
                .setEvent(EventEncoder.encode(event, event.position()))
                .build();
    }

    static Set<Events.Kind> kinds(String field, List<EventKind> wanted) {
        Set<Events.Kind> kinds = EnumSet.noneOf(Events.Kind.class);
        for (int i = 0; i < wanted.size(); i++) {
            kinds.add(kind("%s[%d]".formatted(field, i), wanted.get(i)));
        }
        return kinds;
    }

    private static Events.Kind kind(String field, EventKind kind) {
        return switch (kind) {
            case EVENT_KIND_RING_CHANGE -> Events.Kind.RING_CHANGE;
            case EVENT_KIND_TRAP -> Events.Kind.TRAP;
            case EVENT_KIND_TABLE_UPDATE -> Events.Kind.TABLE_UPDATE;
            case EVENT_KIND_TRANSLATION_FLUSH -> Events.Kind.TRANSLATION_FLUSH;
            case EVENT_KIND_SYSTEM_REGISTER_WRITE -> Events.Kind.SYSTEM_REGISTER_WRITE;
            case EVENT_KIND_PORT_ACCESS -> Events.Kind.PORT_ACCESS;
            case EVENT_KIND_DEVICE_ACCESS -> Events.Kind.DEVICE_ACCESS;
            case EVENT_KIND_INPUT -> Events.Kind.INPUT;
            case EVENT_KIND_HALT -> Events.Kind.HALT;
            case EVENT_KIND_END -> Events.Kind.END;
            case EVENT_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw Refusal.field(field, "%s is no sort of event that this server knows".formatted(kind));
        };
    }
}
