package dev.ringscope.trace.dataflow;

import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.regex.Pattern;

/**
 * Which MMX and SSE instructions with operands in their definition compute the elements of a register apart from each
 * other, and how large an element is; Intel SDM vol. 2.
 */
final class Lanes {
    private static final Pattern INTEGERS = Pattern.compile("p(add|sub)(u?s)?[bwdq]|pavg[bw]|pcmp(eq|gt)[bwdq]"
            + "|p(min|max)[us][bwd]|p(abs|sign)[bwd]|pmul(l|hu?|hrs)[wd]");
    private static final Pattern FLOATS =
            Pattern.compile("(add|sub|mul|div|min|max|sqrt|rcp|rsqrt|cmp|round|addsub)p[sd]");
    private static final Pattern CONVERSIONS = Pattern.compile("cvtdq2ps|cvtt?ps2dq|cvtt?ps2pi|cvtpi2ps");

    private Lanes() {}

    /** {@link Shape#WHOLE} for those that are not computed by elements. */
    static Shape of(String name) {
        if (INTEGERS.matcher(name).matches()) {
            return switch (name.charAt(name.length() - 1)) {
                case 'b' -> Shape.BYTEWISE;
                case 'w' -> Shape.WORDS;
                case 'd' -> Shape.DOUBLEWORDS;
                default -> Shape.QUADWORDS;
            };
        }
        if (FLOATS.matcher(name).matches()) {
            return name.endsWith("s") ? Shape.DOUBLEWORDS : Shape.QUADWORDS;
        }
        if (CONVERSIONS.matcher(name).matches()) {
            return Shape.DOUBLEWORDS;
        }
        return switch (name) {
            case "pmaddubsw" -> Shape.WORDS;
            case "pmaddwd" -> Shape.DOUBLEWORDS;
            default -> Shape.WHOLE;
        };
    }
}
