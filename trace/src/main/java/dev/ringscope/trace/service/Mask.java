package dev.ringscope.trace.service;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A read mask (AIP-157): which fields of a message are wanted. A path into a repeated field holds for each element. */
final class Mask {
    private static final int MOST = 256;
    private static final String ALL = "*";

    /** What is wanted of a message: all of it, or these fields. */
    private static final class Tree {
        private boolean all;
        private final Map<String, Tree> fields = new HashMap<>();
    }

    private final Tree wanted = new Tree();

    private Mask(boolean all) {
        wanted.all = all;
    }

    /**
     * @param type of the messages that it is applied to
     * @throws Refusal if a path names no field
     */
    static Mask of(FieldMask mask, Descriptor type) {
        if (mask.getPathsCount() > MOST) {
            throw Refusal.field("read_mask", "at most %d paths, found %d".formatted(MOST, mask.getPathsCount()));
        }
        Mask result = new Mask(mask.getPathsCount() == 0);
        for (String path : mask.getPathsList()) {
            result.add(path, type);
        }
        return result;
    }

    private void add(String path, Descriptor type) {
        Tree tree = wanted;
        Descriptor at = type;
        if (!path.equals(ALL)) {
            for (String name : path.split("\\.", -1)) {
                FieldDescriptor field = at == null ? null : at.findFieldByName(name);
                if (field == null) {
                    throw Refusal.field("read_mask", "%s has no field \"%s\"".formatted(type.getFullName(), path));
                }
                tree = tree.fields.computeIfAbsent(name, _ -> new Tree());
                at = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE ? field.getMessageType() : null;
            }
        }
        tree.all = true;
    }

    /** The message with nothing but what is wanted. */
    <M extends Message> M apply(M message) {
        return apply(wanted, message);
    }

    @SuppressWarnings("unchecked") // a message's builder builds the same type
    private static <M extends Message> M apply(Tree tree, M message) {
        if (tree.all) {
            return message;
        }
        Message.Builder result = message.newBuilderForType();
        message.getAllFields().forEach((field, value) -> {
            Tree part = tree.fields.get(field.getName());
            if (part != null) {
                result.setField(field, part(part, field, value));
            }
        });
        return (M) result.build();
    }

    private static Object part(Tree tree, FieldDescriptor field, Object value) {
        if (tree.all) {
            return value;
        }
        return field.isRepeated()
                ? ((List<?>) value)
                        .stream().map(each -> apply(tree, (Message) each)).toList()
                : apply(tree, (Message) value);
    }
}
