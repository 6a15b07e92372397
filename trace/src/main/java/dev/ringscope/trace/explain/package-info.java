/**
 * What the tables in a guest's memory say, and why an exception was raised: read at one moment of the machine, which is
 * not disturbed. Told in words of the manuals, by {@code monitor} and by the questions.
 */
package dev.ringscope.trace.explain;
