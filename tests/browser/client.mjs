// The official JavaScript client against the server of tests/browser.rs, whose address is the first
// argument: every transport, each with what its users do first. The second argument is what the server
// speaks, "json" or "msgpack".

import assert from "node:assert/strict";
import { io } from "socket.io-client";
import msgpack from "socket.io-msgpack-parser";

const address = process.argv[2];
const parser = process.argv[3] === "msgpack" ? msgpack : undefined;
const transports = { "long polling": ["polling"], WebSocket: ["websocket"], "the default": undefined };

let passed = 0;
let failed = 0;

/** Settles with `promise`, or fails with what was waited for. */
function deadline(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within 10 s`)), 10_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const once = (socket, event) =>
  deadline(event, new Promise((resolve) => socket.once(event, (...args) => resolve(args))));

async function check(name, transport, body) {
  const sockets = [];
  const connect = (namespace, options) => {
    const socket = io(address + namespace, { transports: transports[transport], parser, forceNew: true, ...options });
    sockets.push(socket);
    return socket;
  };
  try {
    await body(connect);
    console.log(`ok    ${name} (${transport})`);
    passed += 1;
  } catch (error) {
    console.log(`FAILED ${name} (${transport})\n       ${error.stack}`);
    failed += 1;
  } finally {
    for (const socket of sockets) socket.disconnect();
  }
}

for (const transport of Object.keys(transports)) {
  await check("what on_connect sends comes first, in order", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    const order = [];
    socket.onAny((event, ...args) => order.push([event, ...args]));
    socket.on("connect", () => order.push(["connect"]));
    await once(socket, "second");
    assert.deepEqual(order, [["connect"], ["first", 1], ["second", 2, "two"]]);
  });

  await check("a refusal says why", transport, async (connect) => {
    const [error] = await once(connect("/test", { auth: { token: "?" } }), "connect_error");
    assert.equal(error.message, "who are you?");
    const [unknown] = await once(connect("/nowhere"), "connect_error");
    assert.equal(unknown.message, "Invalid namespace");
  });

  await check("acknowledgements have as many values as the handler returns", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    const ask = (...args) =>
      deadline(args[0], new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer))));
    assert.deepEqual(await ask("nothing"), []);
    assert.deepEqual(await ask("add", 1, 2), [3]);
    assert.deepEqual(await ask("both", "a", [1, 2]), [[1, 2], "a"]);
    assert.deepEqual(await ask("add", 1), [{ error: "argument 2: missing" }]);
    assert.deepEqual(await ask("panic"), [{ error: "internal error" }]);
    assert.equal(await socket.timeout(5000).emitWithAck("add", 20, 22), 42);
  });

  await check("binary goes both ways", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    const answer = await deadline("reversed", socket.emitWithAck("reverse", Buffer.from([1, 2, 3]), "name"));
    assert.equal(answer.name, "name");
    assert.deepEqual([...answer.data], [3, 2, 1]);
  });

  await check("values come back as JSON has them", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    const value = {
      date: new Date(Date.UTC(2026, 10, 22, 10, 30, 45, 678)),
      undefined: undefined,
      list: [undefined, null, new Date(-1), [], {}, "", "é😀", true, false],
      numbers: [0, 127, 128, 65_536, 2 ** 32, 2 ** 53, -1, -32, -33, -(2 ** 40), 0.1, 1.5e-7],
      7: { "a key": "x".repeat(70_000) },
    };
    assert.deepEqual(await deadline("echo", socket.emitWithAck("echo", value)), JSON.parse(JSON.stringify(value)));
    assert.deepEqual(await deadline("echo", socket.emitWithAck("echo", undefined)), null);
  });

  await check("the server asks and the client answers", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    socket.on("question", (n, answer) => answer(n * 2));
    assert.equal(await deadline("the answer to the answer", socket.emitWithAck("ask me", 21)), 42);
  });

  await check("2 000 events at once are handled in order, none lost", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    // Before it is connected: the client keeps them until it is, and sends while it upgrades.
    for (let n = 0; n < 2000; n += 1) socket.emit("count", n);
    assert.equal(await deadline("the count", socket.emitWithAck("counted")), 2000);
  });

  await check("2 000 events from the server arrive in order, none lost", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    const got = [];
    socket.on("number", (n) => got.push(n));
    await deadline("all numbers", socket.emitWithAck("send numbers", 2000));
    assert.deepEqual(got, [...Array(2000).keys()]);
  });

  await check("leaving and coming back on one connection", transport, async (connect) => {
    const socket = connect("/test", { auth: { token: "let me in" } });
    for (let round = 0; round < 5; round += 1) {
      await deadline("an answer", socket.emitWithAck("nothing"));
      socket.disconnect().connect();
    }
    await deadline("an answer", socket.emitWithAck("nothing"));
  });

  await check("the server disconnects one namespace and leaves the other", transport, async (connect) => {
    const manager = connect("/test", { auth: { token: "let me in" } });
    await once(manager, "connect");
    const other = manager.io.socket("/other");
    await deadline("the other namespace", other.emitWithAck("nothing"));
    manager.emit("go away");
    const [reason] = await once(manager, "disconnect");
    assert.equal(reason, "io server disconnect");
    await deadline("the other namespace, still", other.emitWithAck("nothing"));
  });
}

// What waits when the client goes over to a WebSocket is more than goes into one message.
await check("30 upgrades lose nothing of what waits", "the default", async (connect) => {
  for (let round = 0; round < 30; round += 1) {
    const socket = connect("/library");
    const got = [];
    const all = new Promise((resolve) =>
      socket.on("volume", (n, text) => {
        assert.equal(text.length, 450_000);
        if (got.push(n) === 5) resolve();
      }),
    );
    // It must have changed the transport to lose anything.
    const upgraded = new Promise((resolve) => socket.io.engine.once("upgrade", resolve));
    await deadline(`the volumes of connection ${round}`, all);
    await deadline("the upgrade", upgraded);
    assert.deepEqual(got, [0, 1, 2, 3, 4]);
    socket.disconnect();
  }
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
