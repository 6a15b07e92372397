/**
 * Questions to a trace, one class each. Lists stream their answers in order to an
 * {@link dev.ringscope.trace.query.Answers}, hold nothing, and stop when it says so. What the trace does not store is
 * derived by re-execution: the answers are the same whatever the detail.
 */
package dev.ringscope.trace.query;
