/**
 * What each instruction makes its results of, byte by byte: from the definitions' operands and from the accesses that
 * re-execution tells. For the question where a value came from.
 */
package dev.ringscope.trace.dataflow;
