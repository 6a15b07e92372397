/**
 * A symbol file for gdb out of a stripped Linux kernel: names from its own table (kallsyms), unwinding from its ORC
 * tables.
 */
package dev.ringscope.cli.symbols;
