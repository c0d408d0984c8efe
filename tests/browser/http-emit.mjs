// Announces things over HTTP to a real browser.
//
//   node http-emit.mjs <command that starts the server...>

import { launch, noScriptFailed, pictures, report, sees, seesText, step, visit } from "./page.mjs";
import { Program } from "./program.mjs";

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error("usage: node http-emit.mjs <command that starts the server...>");
  process.exit(2);
}
const program = await Program.onFreePort(command);
const browser = await launch();

async function announce(path, text, reached) {
  const answer = await fetch(program.url + path, { method: "POST", body: new URLSearchParams({ text }) });
  const said = await answer.json();
  if (said.reached !== reached) throw new Error(`${path}: ${JSON.stringify(said)}`);
}

await report(program, browser, async () => {
  await step("the server starts and serves the page", () => program.start());
  const ann = await visit(browser, "ann", program.url);

  await step("the page shows what is announced to everybody", async () => {
    await sees(ann, "a connection", () => socket.connected);
    await pictures(ann, "http-emit-empty");
    await announce("announce", "Lunch", 1);
    await seesText(ann, "#announcements", "Lunch");
  });

  await step("and to the rooms it is in", async () => {
    await announce("rooms/tea", "Tea is ready", 0);
    await ann.fill("#room [name=room]", "tea");
    await ann.keyboard.press("Enter");
    await seesText(ann, "#answer", "You are in: tea");
    await announce("rooms/tea", "Now for you: <b>tea</b>", 1);
    await seesText(ann, "#announcements li", "Now for you: <b>tea</b>");
    await pictures(ann, "http-emit");
    await ann.click("#room button[value=leave]");
    await seesText(ann, "#answer", "You are in no room.");
    await announce("rooms/tea", "Tea is ready", 0);
  });

  await step("a name that is no room's is an error", async () => {
    await ann.fill("#room [name=room]", "~tea");
    await ann.click("#room button[value=join]");
    await sees(ann, "the error", () => document.querySelector("#answer.error")?.textContent.includes("~tea"));
  });

  await noScriptFailed();
});
