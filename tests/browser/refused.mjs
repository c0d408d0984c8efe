// The official JavaScript client where there is room for one connection only: it says so, tries again, and
// gets in as soon as there is room. The address of the server of tests/browser.rs is the first argument.

import assert from "node:assert/strict";
import { io } from "socket.io-client";

const address = process.argv[2];

/** Settles with what the event brings, or fails. */
function once(socket, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${event}: not within 10 s`)), 10_000);
    socket.once(event, (value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

for (const transports of [["polling"], ["websocket"]]) {
  const connect = () => io(`${address}/other`, { transports, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 50 });
  const first = connect();
  await once(first, "connect");
  const second = connect();
  const error = await once(second, "connect_error");
  console.log(`${transports}: ${error.message}, ${error.description}`);
  assert.match(error.message, /^(xhr poll|websocket) error$/);
  assert.ok(second.active, "it tries again");
  await once(second, "connect_error");
  first.disconnect();
  await once(second, "connect");
  await second.emitWithAck("nothing");
  second.disconnect();
  // Until its place is free.
  const third = connect();
  await once(third, "connect");
  third.disconnect();
}
process.exit(0);
