/** Names for addresses of the guest: from symbol tables, and lists that a kernel gives. */
package dev.ringscope.trace.symbols;
