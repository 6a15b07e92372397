#!/usr/bin/env node
'use strict';
// phases.js HOST:PORT [TRACE]: a boot's phases: when the processor came into each mode and each ring for the first time, and when each page table was loaded
// first.

const { connect, ask, list, onlyTrace } = require('./ringscope');

const hex = (value) => `0x${BigInt(value).toString(16)}`;

/** What is new about an event, or nothing. */
function phase(event) {
  if (event.kind === 'ring_change') {
    const change = event.ring_change;
    return [`ring ${change.to_ring}, ${change.to_mode.replace('MODE_X86_', '').toLowerCase()}`, `at ${hex(change.to_pc)}`];
  }
  const write = event.system_register_write;
  return write && write.register === 'cr3' ? [`page tables at ${hex(write.new_value)}`, `loaded at ${hex(write.pc)}`] : [];
}

async function main(address, name) {
  const connection = connect(address);
  try {
    const parent = name || await onlyTrace(connection);
    const { end_position: end } = await ask(connection.trace, 'GetTraceInfo', { name: parent, read_mask: { paths: ['end_position'] } });
    const seen = new Set();
    const request = { parent, kinds: ['EVENT_KIND_RING_CHANGE', 'EVENT_KIND_SYSTEM_REGISTER_WRITE'] };
    for await (const { position, event } of list(connection.trace, 'ListEvents', request, 'events')) {
      const [what, where] = phase(event);
      if (what && !seen.has(what)) {
        seen.add(what);
        console.log(`${position.padStart(14)}  ${what}, ${where}`);
      }
    }
    console.log(`${end.padStart(14)}  the end`);
  } finally {
    connection.close();
  }
}

if (process.argv.length < 3 || process.argv.length > 4) {
  console.error('phases.js HOST:PORT [TRACE]');
  process.exit(64);
}
main(...process.argv.slice(2)).catch((error) => {
  console.error(error.details || error.message);
  process.exit(1);
});
