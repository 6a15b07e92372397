/**
 * Ways to put a guest into memory, one class each. A {@link dev.ringscope.emulator.boot.Loader} writes the guest and
 * what its boot protocol promises into RAM and says in an {@link dev.ringscope.emulator.boot.EntryState} how the
 * processor starts; it knows no processor. An image that breaks its format's rules is refused with a
 * {@link dev.ringscope.emulator.boot.BadImage} that names file, offset and expectation.
 */
package dev.ringscope.emulator.boot;
