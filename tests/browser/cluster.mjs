// The official client, in Node and in Chromium, against three nodes behind nginx, started and stopped by
// `examples/cluster/run` as a user would.
//
//   node cluster.mjs <the program of a node>

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { io } from "socket.io-client";
import { launch, noScriptFailed, pictures, report, sees, step, visit } from "./page.mjs";
import { HOST, until } from "./program.mjs";

const WITHIN = 15_000;
const COUNTED_WITHIN = 40_000; // a node that was killed is counted for 8 s, and a client backs off up to 5 s
const RUN = fileURLToPath(new URL("../../examples/cluster/run", import.meta.url));

const [program] = process.argv.slice(2);
if (!program) {
  console.error("usage: node cluster.mjs <the program of a node>");
  process.exit(2);
}

const isFree = (port) => new Promise((resolve) => {
  const probe = createServer().once("error", () => resolve(false));
  probe.listen(port, HOST, () => probe.close(() => resolve(true)));
});

// The first of five ports that nobody has.
async function fivePorts() {
  for (let port = 20_000 + (process.pid % 1000) * 10; port < 32_000; port += 10) {
    const free = await Promise.all([0, 1, 2, 3, 4].map((more) => isFree(port + more)));
    if (free.every(Boolean)) return port;
  }
  throw new Error("no five ports are free");
}

const port = await fivePorts();
const url = `http://${HOST}:${port}/`;
const folder = mkdtempSync(join(tmpdir(), "hobnob-cluster-"));
const environment = { ...process.env, PORT: String(port), RUN: folder, PROGRAM: program };
const execute = promisify(execFile);
const run = (...command) => execute(RUN, command, { env: environment, timeout: 120_000 });

const cluster = {
  get output() {
    const logs = readdirSync(folder).filter((file) => file.endsWith(".log"));
    return logs.map((file) => `${file}:\n${readFileSync(join(folder, file), "utf8").slice(-2000)}`).join("\n");
  },
  async end() {
    await run("stop").catch((error) => console.log(error.message));
    rmSync(folder, { recursive: true, force: true });
  },
};

// A client that is no browser. Like one, it gets the page first, with its cookie.
class Guest {
  said = [];
  welcomes = []; // the nodes it came to, one after the other

  static async come(nickname, transports) {
    const page = await fetch(url);
    const cookie = page.headers.getSetCookie().find((it) => it.startsWith("node="))?.split(";")[0];
    assert(cookie, "the page comes with a cookie");
    const guest = new Guest();
    guest.nickname = nickname;
    guest.socket = io(`${url}chat`, {
      auth: { nickname }, forceNew: true, transports, extraHeaders: { cookie },
    });
    guest.socket.on("connect", () => guest.socket.emit("join", "tea", () => {}));
    guest.socket.on("welcome", ({ node }) => guest.welcomes.push(node));
    guest.socket.on("said", ({ from, text }) => guest.said.push({ ...from, text }));
    guest.socket.on("wave", (from, answer) => answer(`${nickname} waves at ${from}`));
    await until(`${nickname} is let in`, WITHIN, () => guest.welcomes.length > 0);
    return guest;
  }

  // Comes as often as it takes to be sent to a node.
  static async at(node, nickname, transports) {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const guest = await Guest.come(nickname, transports);
      if (guest.node === node) return guest;
      guest.socket.disconnect();
    }
    throw new Error(`nobody is sent to ${node}`);
  }

  get node() {
    return this.welcomes.at(-1);
  }

  ask(event, ...args) {
    return this.socket.timeout(WITHIN).emitWithAck(event, ...args);
  }

  async counts(members, within = WITHIN) {
    await until(`${this.nickname} counts ${members}`, within,
      async () => this.socket.connected && await this.ask("count", "tea").catch(() => null) === members);
  }

  textsOf(nickname) {
    return this.said.filter((it) => it.nickname === nickname).map((it) => it.text);
  }
}

// Everybody says numbered messages at once; everybody hears all of them, each sender's in order.
async function talk(guests, word) {
  const texts = Array.from({ length: 20 }, (_, number) => `${word} ${number}`);
  for (const text of texts) for (const guest of guests) guest.socket.emit("say", "tea", text);
  for (const guest of guests) {
    for (const { nickname } of guests) {
      const heard = () => guest.textsOf(nickname).filter((text) => text.startsWith(word));
      await until(`${guest.nickname} hears ${nickname}`, WITHIN, () => heard().length >= texts.length);
      assert.deepEqual(heard(), texts);
    }
  }
}

const browser = await launch();
await report(cluster, browser, async () => {
  await step("one command starts it", () => run("start"));

  let guests;
  const everybodyCounts = (within) => Promise.all(guests.map((guest) => guest.counts(guests.length, within)));

  await step("clients come to all three nodes, on all transports", async () => {
    guests = [
      await Guest.at("node 1", "ann", ["polling"]),
      await Guest.at("node 2", "bob", ["websocket"]),
      await Guest.at("node 3", "cleo", ["polling", "websocket"]),
    ];
    await everybodyCounts(WITHIN);
    await until("cleo has a WebSocket", WITHIN,
      () => guests[2].socket.io.engine.transport.name === "websocket");
  });

  await step("they talk, and each sender is heard in order", () => talk(guests, "hello"));

  await step("one asks another on another node", async () => {
    const [ann, bob, cleo] = guests;
    for (const [asking, asked] of [[ann, bob], [bob, cleo], [cleo, ann]]) {
      const { sid } = asking.said.find((it) => it.nickname === asked.nickname);
      assert.equal(await asking.ask("wave", sid), `${asked.nickname} waves at ${asking.nickname}`);
    }
  });

  await step("a node is killed: its client comes back at another, and is counted once", async () => {
    const bob = guests[1];
    await run("kill", "2");
    await until("bob is at another node", COUNTED_WITHIN, () => bob.node !== "node 2");
    await everybodyCounts(COUNTED_WITHIN);
    await talk(guests, "still here");
  });

  await step("it is started again", () => run("node", "2"));

  await step("a rolling restart: the page is there all the while, and everybody comes back", async () => {
    const before = guests.map((guest) => guest.welcomes.length);
    let over = false;
    const refused = [];
    const reading = (async () => {
      while (!over) {
        const page = await fetch(url).catch((error) => ({ status: error.message }));
        if (page.status !== 200) refused.push(page.status);
        await page.text?.();
      }
    })();
    await run("restart").finally(() => { over = true; });
    await reading;
    assert.deepEqual(refused, []);
    await Promise.all(guests.map((guest, number) =>
      until(`${guest.nickname} is back`, COUNTED_WITHIN, () => guest.welcomes.length > before[number])));
    await everybodyCounts(COUNTED_WITHIN);
    await talk(guests, "and again");
  });

  await step("two people talk on its page", async () => {
    const come = async (nickname) => {
      const page = await visit(browser, nickname, url);
      await page.fill("[name=nickname]", nickname);
      await page.keyboard.press("Enter");
      await page.locator("#say").waitFor();
      return page;
    };
    const dora = await come("dora");
    const emil = await come("emil");
    const seesCount = (page, members) => sees(page, `${members} in the room`,
      (members) => document.querySelector("#where").textContent.endsWith(`In tea: ${members}.`), members);
    for (const page of [dora, emil]) await seesCount(page, 5);
    await dora.fill("[name=text]", "<b>hello</b>");
    await dora.keyboard.press("Enter");
    const seesLine = (page, start, end) => sees(page, `${start} … ${end}`,
      ([start, end]) => [...document.querySelectorAll("#log li")]
        .some((it) => it.textContent.startsWith(start) && it.textContent.includes(end)), [start, end]);
    for (const page of [dora, emil]) await seesLine(page, "dora, node ", "<b>hello</b>");
    await emil.locator("#log li button").last().click();
    await seesLine(dora, "emil waves at you", "");
    await seesLine(emil, "a wave back from node ", "");
    await pictures(emil, "cluster");
    await dora.close();
    await seesLine(emil, "dora has left node ", "");
    await seesCount(emil, 4);
  });

  await noScriptFailed();

  await step("one command ends it", async () => {
    for (const guest of guests) guest.socket.disconnect();
    await run("stop");
    for (const more of [0, 1, 2, 3, 4]) assert(await isFree(port + more), `port ${port + more} is free again`);
  });
});
