package dev.ringscope.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * A command that says by calls, not by annotations, what it takes: those that start a guest, and {@code ringscope}
 * itself. Java reads an annotation through a class that it makes on the spot, and a field through some more, which for
 * the options of {@code run} took longer than all else between {@code main} and the first instruction.
 */
final class CommandModel {
    final CommandSpec spec;

    /** @param command what is run: a Runnable or Callable */
    CommandModel(String name, String description, Object command) {
        spec = CommandSpec.wrapWithoutInspection(command).name(name);
        spec.usageMessage().description(description).sortOptions(false);
    }

    /** An option that names a file or folder. */
    Option<Path> path(String... names) {
        return option(Path.class, names).read(CommandModel::path);
    }

    /** What picocli does too, by reflection. */
    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("cannot convert '%s' to %s (%s)".formatted(text, Path.class, e));
        }
    }

    /** An option with a value. */
    <T> Option<T> option(Class<T> type, String... names) {
        return new Option<>(OptionSpec.builder(names).type(type));
    }

    /** An option that is there or not. */
    void flag(String name, String description, Consumer<Boolean> field) {
        option(boolean.class, name).described(description).into(false, field);
    }

    /** An option that may be given several times. */
    void texts(String name, String label, String description, List<String> none, Consumer<List<String>> field) {
        Field<List<String>> place = new Field<>(none, field);
        spec.addOption(OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(description)
                .initialValue(none)
                .getter(place)
                .setter(place)
                .build());
    }

    /** All arguments that are no options. */
    void arguments(String label, String description, List<String> none, Consumer<List<String>> field) {
        Field<List<String>> place = new Field<>(none, field);
        spec.addPositional(PositionalParamSpec.builder()
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(description)
                .initialValue(none)
                .getter(place)
                .setter(place)
                .build());
    }

    /** {@code --help} and {@code --version}, in picocli's words; the last ones. */
    CommandSpec withHelp() {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Show this help message and exit.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .type(boolean.class)
                .description("Print version information and exit.")
                .build());
        return spec;
    }

    /** An option that is being described. */
    final class Option<T> {
        private final OptionSpec.Builder builder;

        private Option(OptionSpec.Builder builder) {
            this.builder = builder;
        }

        Option<T> label(String label) {
            builder.paramLabel(label);
            return this;
        }

        Option<T> read(ITypeConverter<T> converter) {
            builder.converters(converter);
            return this;
        }

        Option<T> described(String description) {
            builder.description(description);
            return this;
        }

        /** Adds it to the command. @param none the field's value if the option is not given */
        void into(T none, Consumer<T> field) {
            Field<T> place = new Field<>(none, field);
            spec.addOption(
                    builder.initialValue(none).getter(place).setter(place).build());
        }
    }

    /** Where a value goes. */
    private static final class Field<T> implements IGetter, ISetter {
        private final Consumer<T> field;
        private T value;

        Field(T none, Consumer<T> field) {
            this.field = field;
            value = none;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <V> V get() {
            return (V) value;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <V> V set(V newValue) {
            T old = value;
            value = (T) newValue;
            field.accept(value);
            return (V) old;
        }
    }
}
