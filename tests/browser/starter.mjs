// Drives two real browsers through the starting point.
//
//   node starter.mjs <command that starts the server...>

import { noScriptFailed, launch, pictures, report, sees, seesText, step, visit } from "./page.mjs";
import { Program } from "./program.mjs";

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error("usage: node starter.mjs <command that starts the server...>");
  process.exit(2);
}
const board = await Program.onFreePort(command);
const browser = await launch();

async function pin(page, author, text) {
  await page.fill("[name=author]", author);
  await page.fill("[name=text]", text);
  await page.keyboard.press("Enter");
}

const seesNotes = (page, ...notes) =>
  sees(page, notes.join(", "), (notes) =>
    [...document.querySelectorAll("#notes li")].map((it) => it.textContent).join() === notes, notes.join());

await report(board, browser, async () => {
  await step("the server starts and serves the page", () => board.start());
  const ann = await visit(browser, "ann", board.url);

  await step("a note is pinned, and who comes later sees it", async () => {
    await pin(ann, "ann", "<b>tea</b>");
    await seesNotes(ann, "ann: <b>tea</b>");
    const bob = await visit(browser, "bob", board.url);
    await seesNotes(bob, "ann: <b>tea</b>");
    await pin(bob, "bob", "coffee");
    for (const page of [ann, bob]) await seesNotes(page, "bob: coffee", "ann: <b>tea</b>");
    await pin(bob, "bob", "");
    await seesText(bob, "#error", "a note has an author of 1 to 40 characters and a text of 1 to 500");
    await pictures(bob, "starter");
  });

  await noScriptFailed();
});
