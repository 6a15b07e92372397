#!/usr/bin/env node
'use strict';
// diff.js HOST:PORT TRACE OTHER: where two traces begin to differ, and why.

const { connect, ask } = require('./ringscope');

/** What a trace has where they differ, in a line. */
function what(side) {
  if (side && side.step) {
    const { ring, address, text } = side.step.instruction;
    return `ring ${ring}  0x${BigInt(address).toString(16)}: ${text}`;
  }
  return side && side.event ? side.event.event.kind.replaceAll('_', ' ') : 'nothing: it ends there';
}

async function main(address, one, other) {
  const connection = connect(address);
  const say = (position, text) => console.log(`${String(position).padStart(14)}  ${text}`);
  try {
    const found = await ask(connection.trace, 'DiffTraces', { parent: one, other });
    found.start.forEach((line) => say(0, line));
    if (found.kind === 'DIFFERENCE_KIND_UNSPECIFIED') {
      say(found.position, 'the same to their ends');
      return;
    }
    [[one, found.one_input], [other, found.other_input]].filter(([, cause]) => cause).forEach(([trace, cause]) => {
      say(cause.position, `${trace}: input from ${cause.event.input.source}`);
    });
    say(found.position, found.difference);
    say('', `${one}: ${what(found.one)}`);
    say('', `${other}: ${what(found.other)}`);
  } finally {
    connection.close();
  }
}

if (process.argv.length !== 5) {
  console.error('diff.js HOST:PORT TRACE OTHER');
  process.exit(64);
}
main(...process.argv.slice(2)).catch((error) => {
  console.error(error.details || error.message);
  process.exit(1);
});
