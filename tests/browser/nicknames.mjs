// Drives two real browsers through the chat of two words.
//
//   node nicknames.mjs <command that starts the server...>

import { launch, noScriptFailed, pictures, report, sees, seesText, step, visit } from "./page.mjs";
import { Program } from "./program.mjs";

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error("usage: node nicknames.mjs <command that starts the server...>");
  process.exit(2);
}
const chat = await Program.onFreePort(command);
const browser = await launch();

async function choose(page, nickname) {
  await page.fill("#nickname", nickname);
  await page.keyboard.press("Enter");
}

const seesNicknames = (page, ...nicknames) =>
  sees(page, nicknames.join(", "), (nicknames) =>
    [...document.querySelectorAll("#nicknames li")].map((it) => it.textContent).join() === nicknames, nicknames.join());

const seesLine = (page, line) =>
  sees(page, `"${line}"`, (line) =>
    [...document.querySelectorAll("#log li")].some((it) => it.textContent === line), line);

await report(chat, browser, async () => {
  await step("the server starts and serves the page", () => chat.start());
  const ann = await visit(browser, "ann", chat.url);
  const bob = await visit(browser, "bob", chat.url);

  await step("both choose a nickname and see each other", async () => {
    await choose(ann, "ann");
    await seesNicknames(bob, "ann");
    await choose(bob, "ann");
    await seesText(bob, "#error", "ann is taken");
    await pictures(bob, "nicknames-taken");
    await choose(bob, "<b>bob</b>");
    await seesText(bob, "#error", "");
    for (const page of [ann, bob]) await seesNicknames(page, "<b>bob</b>", "ann");
    await seesText(ann, "#nicknames .me", "ann");
  });

  await step("yo reaches both and is answered", async () => {
    await ann.click("#yo");
    for (const page of [ann, bob]) await seesLine(page, "ann: yo");
    await seesLine(ann, "oohyeah");
  });

  await step("the server says something", () =>
    Promise.race([ann, bob].map((page) => page.locator("#log .remark").first().waitFor())));
  await pictures(ann, "nicknames");

  await step("ann keeps her nickname when the server comes back, and sees bob leave", async () => {
    await chat.stop();
    await sees(ann, "that there is no connection", () => document.querySelector("#yo").disabled);
    await chat.start();
    for (const page of [ann, bob]) await seesNicknames(page, "<b>bob</b>", "ann");
    await bob.close();
    await seesNicknames(ann, "ann");
  });

  await noScriptFailed();
});
