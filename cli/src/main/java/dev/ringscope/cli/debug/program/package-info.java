/**
 * A Linux program of ring 3 under gdb, as a native debugger would have it: what gdb sees begins at the program's entry
 * point, its threads are the program's, and the kernel below is one step wide.
 */
package dev.ringscope.cli.debug.program;
