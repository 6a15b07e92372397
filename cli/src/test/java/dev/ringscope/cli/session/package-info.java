/**
 * Sessions with stock debuggers, from end to end: what is typed and what the debugger answers stands in testdata/gdb,
 * as text that a person can read.
 */
package dev.ringscope.cli.session;
