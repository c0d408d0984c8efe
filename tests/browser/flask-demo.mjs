// Drives two real browsers through the demo of Flask-SocketIO, every button of its page.
//
//   node flask-demo.mjs <command that starts the server...>
//
// Nothing but 127.0.0.1 is talked to: the page gets the client script from here.

import { SEEN_WITHIN, launch, noScriptFailed, pictures, report, sees, seesText, step, visit } from "./page.mjs";
import { Program, until } from "./program.mjs";

const GENERATED_WITHIN = 30_000; // the server says something every ten seconds

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error("usage: node flask-demo.mjs <command that starts the server...>");
  process.exit(2);
}
const demo = await Program.onFreePort(command);
const browser = await launch();

async function submit(page, form, fields) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`#${form} [name=${name}]`, value);
  await page.click(`#${form} button`);
}

// The line is in the log, so many times, wherever.
const seesLine = (page, line, times = 1, timeout = SEEN_WITHIN) =>
  sees(page, `"${line}" ${times} times`, ([line, times]) =>
    [...document.querySelectorAll("#log li")].filter((it) => it.textContent === line).length === times,
  [line, times], timeout);

await report(demo, browser, async () => {
  await step("the server starts and serves the page", () => demo.start());
  const ann = await visit(browser, "ann", demo.url);
  const bob = await visit(browser, "bob", demo.url);

  await step("both connect, and are echoed what they say of it", async () => {
    for (const page of [ann, bob]) {
      await seesText(page, "#status", "connected");
      await seesLine(page, "#0 Connected");
      await seesLine(page, "#1 I'm connected!");
    }
  });

  await step("both connections are upgraded to WebSocket, and the page says so", async () => {
    await until("the upgrade", SEEN_WITHIN, () => ann.upgraded && bob.upgraded);
    for (const page of [ann, bob]) await seesText(page, "#transport", "websocket");
  });

  await step("the round trip is shown", () =>
    sees(ann, "a number", () => /^\d+\.\d$/.test(document.querySelector("#latency").textContent)));

  await step("an echo comes back to its sender alone", async () => {
    await submit(ann, "echo", { data: "to myself" });
    await seesLine(ann, "#2 to myself");
    await seesLine(bob, "#2 to myself", 0);
  });

  await step("a broadcast reaches both", async () => {
    await submit(ann, "broadcast", { data: "to all" });
    for (const page of [ann, bob]) await seesLine(page, "#3 to all");
  });

  await step("a room is joined, and its members alone hear what is sent to it", async () => {
    await submit(ann, "send-room", { room: "tea", data: "too early" });
    await submit(bob, "join", { room: "tea" });
    await seesLine(bob, "#2 In rooms: tea");
    await submit(ann, "send-room", { room: "tea", data: "is ready" });
    await seesLine(bob, "#5 is ready");
    await seesLine(bob, "#4 too early", 0);
    await seesLine(ann, "#5 is ready", 0);
  });

  await step("a room is left", async () => {
    await submit(bob, "leave", { room: "tea" });
    await seesLine(bob, "#3 In rooms: ");
  });

  await step("a room is closed, and its members are told and out of it", async () => {
    await submit(bob, "join", { room: "tea" });
    await seesLine(bob, "#4 In rooms: tea");
    await submit(ann, "close", { room: "tea" });
    await seesLine(bob, "#6 Room tea is closing.");
    await submit(bob, "leave", { room: "coffee" });
    await seesLine(bob, "#5 In rooms: ");
  });

  await step("a name that is no room's is an error in the log", async () => {
    await submit(ann, "join", { room: "~tea" });
    await sees(ann, "the error", () => document.querySelector("#log .error")?.textContent.includes("~tea"));
  });

  await step("markup is shown as text", async () => {
    const markup = "<img src=x onerror=window.owned=1>";
    await submit(bob, "broadcast", { data: markup });
    for (const page of [ann, bob]) await seesLine(page, `#6 ${markup}`);
    await sees(ann, "no markup", () => !window.owned && !document.querySelector("#log img"));
  });

  await step("the page is used by keyboard alone", async () => {
    await ann.focus("#echo input");
    await ann.keyboard.press("ControlOrMeta+a");
    await ann.keyboard.type("typed");
    await ann.keyboard.press("Tab");
    await ann.keyboard.press("Tab");
    await ann.keyboard.type("twice");
    await ann.keyboard.press("Enter");
    for (const page of [ann, bob]) await seesLine(page, "#7 twice");
    await ann.keyboard.press("Shift+Tab");
    await ann.keyboard.press("Enter");
    await seesLine(ann, "#8 typed");
    // Every field and every button can be reached, in the order in which they are seen.
    const stops = await ann.evaluate(() => document.querySelectorAll("input, button, #log").length);
    await ann.focus("#echo input");
    for (let stop = 1; stop < stops; stop += 1) await ann.keyboard.press("Tab");
    await sees(ann, "the focus in the log", () => document.activeElement.id === "log");
  });

  await step("the server says something by itself", async () => {
    for (const page of [ann, bob]) await seesLine(page, "#1 Server generated event", 1, GENERATED_WITHIN);
  });

  await step("nothing is wider than a phone", async () => {
    await submit(bob, "broadcast", { data: "w".repeat(200) });
    await seesLine(bob, `#7 ${"w".repeat(200)}`);
    const before = bob.viewportSize();
    for (const width of [320, 360, 800, 1280]) {
      await bob.setViewportSize({ width, height: 740 });
      await sees(bob, `everything within ${width} px`, () =>
        document.documentElement.scrollWidth <= innerWidth &&
        [...document.querySelectorAll("section, form, #log")].every((it) => it.scrollWidth <= it.clientWidth));
    }
    await bob.setViewportSize(before);
    await pictures(ann, "flask-demo");
  });

  await step("a client that asks to be disconnected is, and says so", async () => {
    await ann.focus("#disconnect button");
    await ann.keyboard.press("Enter");
    await seesLine(ann, "#9 Disconnected!");
    await seesText(ann, "#status", "disconnected");
    await sees(ann, "forms that cannot be used", () => document.querySelector("#forms").disabled);
    await pictures(ann, "flask-demo-disconnected");
  });

  await step("it connects again, by the same button, and is counted anew", async () => {
    await ann.keyboard.press("Enter");
    await seesText(ann, "#status", "connected");
    await seesLine(ann, "#0 Connected", 2);
    await seesLine(ann, "#1 I'm connected!", 2);
  });

  await noScriptFailed();
  await step("the server stops on SIGTERM, with both still connected", () => demo.stop());
});
