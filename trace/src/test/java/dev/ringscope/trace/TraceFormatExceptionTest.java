package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TraceFormatExceptionTest {
    @Test
    void whatAFileSaysOfItselfStaysOnOneLineAndSteersNoTerminal() {
        TraceFormatException e = new TraceFormatException("a.rst", 7, "a register, found \n\u001b[31mO\u2028");
        assertThat(e).hasMessage("a.rst: offset 7: expected a register, found ??[31mO?");
        assertThat(new DivergenceException("a.rst", 7, "x\ry")).hasMessageEndingWith("x?y");
    }
}
