/**
 * Recording a machine and reading recordings. {@link dev.ringscope.trace.TraceRecorder} writes what a machine tells
 * through its recorder port; {@link dev.ringscope.trace.TraceReader} opens a file; {@link dev.ringscope.trace.Timeline}
 * goes to any position of it.
 */
package dev.ringscope.trace;
