/** The physical address space and the port space, and the interfaces through which devices answer in them. */
package dev.ringscope.emulator.memory;
