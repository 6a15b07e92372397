/**
 * A recording in other people's formats: one class each, listed in {@link dev.ringscope.trace.export.Formats}. They
 * stream: what they hold does not grow with the recording.
 */
package dev.ringscope.trace.export;
