// Drives two real browsers through one step of the tutorial's chat: all that its page can do.
//
//   node tutorial.mjs <command that starts the step, tutorial-1 to tutorial-8>

import { noScriptFailed, launch, pictures, report, sees, seesText, step, visit } from "./page.mjs";
import { Program } from "./program.mjs";

const command = process.argv.slice(2);
const number = Number(/tutorial-(\d+)$/.exec(command.at(-1) ?? "")?.[1]);
if (!number) {
  console.error("usage: node tutorial.mjs <command that starts the step, tutorial-1 to tutorial-8>");
  process.exit(2);
}
const chat = await Program.onFreePort(command, { CHAT_PASSWORD: "open sesame" });
const browser = await launch();

const seesLine = (page, line, times = 1) =>
  sees(page, `"${line}", ${times} times`, ([line, times]) =>
    [...document.querySelectorAll("#log li")].filter((it) => it.textContent === line).length === times,
  [line, times]);

const timesOf = (page, line) => page.locator("#log li").getByText(line, { exact: true }).count();

const seesForm = (page, form) =>
  sees(page, `the form ${form}`, (form) => document.getElementById(form).checkVisibility(), form);

async function say(page, text) {
  await page.fill("#say [name=text]", text);
  await page.click("#say button");
}

async function logIn(page, nickname) {
  await page.fill("#login [name=nickname]", nickname);
  if (number >= 6) await page.fill("#login [name=password]", "open sesame");
  await page.click("#login button");
}

async function join(page, room) {
  await page.fill("#join [name=room]", room);
  await page.click("#join button");
}

await report(chat, browser, async () => {
  await step(`step ${number} starts and serves its page`, () => chat.start());
  const ann = await visit(browser, "ann", chat.url);
  const bob = await visit(browser, "bob", chat.url);
  const both = [ann, bob];

  if (number === 1) {
    await step("what ann says both see", async () => {
      await say(ann, "<b>hello</b>");
      for (const page of both) await seesLine(page, "<b>hello</b>");
    });
  }

  if (number === 2) {
    await step("what ann says both see, and she sees how many it was sent to", async () => {
      await ann.fill("[name=from]", "ann");
      await say(ann, "hello");
      for (const page of both) await seesLine(page, "ann: hello");
      await seesText(ann, "#status", "sent to 2");
    });
    await step("she sees why a message is refused", async () => {
      await say(ann, "");
      await seesText(ann, "#error", "a message has 1 to 500 characters");
    });
  }

  if (number >= 3) {
    await step("both log in, each under a nickname of their own", async () => {
      await logIn(ann, "");
      await seesText(ann, "#error", "a nickname has 1 to 24 characters");
      await logIn(ann, "ann");
      await seesForm(ann, number === 3 ? "say" : "join");
      await logIn(bob, "ann");
      await seesText(bob, "#error", number < 6 ? "ann is taken" : "ann is here already");
      await pictures(bob, `tutorial-${number}-login`);
      await logIn(bob, "bob");
      await seesForm(bob, number === 3 ? "say" : "join");
    });
  }

  if (number === 3) {
    await step("they hear of each other", async () => {
      await seesLine(ann, "bob came in");
      await say(bob, "hello");
      for (const page of both) await seesLine(page, "bob: hello");
      await seesText(bob, "#status", "sent to 2");
    });
  }

  if (number >= 4) {
    await step("both join a room and see who is in it", async () => {
      await join(ann, "");
      await seesText(ann, "#error", "a room name has 1 to 40 characters");
      await join(ann, "tea");
      await seesText(ann, "#title", "In tea: ann");
      await join(bob, "coffee");
      await seesText(bob, "#title", "In coffee: bob");
      await say(ann, "anybody here?");
      await seesLine(ann, "ann: anybody here?");
      await join(bob, "tea");
      for (const page of both) await seesText(page, "#title", "In tea: ann, bob");
      await seesLine(ann, "bob came in");
      if (number >= 5) await seesLine(bob, "ann: anybody here?");
      await say(bob, "I am");
      for (const page of both) await seesLine(page, "bob: I am");
    });
  }

  if (number >= 5) {
    await step("bob whispers", async () => {
      await bob.selectOption("#say [name=to]", "ann");
      await say(bob, "psst");
      for (const page of both) await seesLine(page, "bob to ann: psst");
    });
  }

  if (number >= 6) {
    await step("ann announces something", async () => {
      const status = await ann.evaluate(async () =>
        (await fetch("/announce", { method: "POST", body: "tea at five" })).status);
      if (status !== 200) throw new Error(`status ${status}`);
      for (const page of both) await seesLine(page, "ann announces: tea at five");
    });
  }

  await pictures(bob, `tutorial-${number}`);

  if (number >= 6) {
    await step("bob logs out, and is still out when he comes back", async () => {
      await bob.click("#logout");
      await seesForm(bob, "login");
      await seesLine(ann, "bob left");
      await bob.reload();
      await seesText(bob, "#error", "log in first");
    });
  } else if (number >= 3) {
    await step("when the server comes back, so do both", async () => {
      await chat.stop();
      await seesForm(ann, "login");
      await chat.start();
      for (const page of both) await seesForm(page, "say");
      if (number >= 4) for (const page of both) await seesText(page, "#title", "In tea: ann, bob");
      // She may have heard of it at the end of the server, too, if he was seen off before her.
      const before = await timesOf(ann, "bob left");
      await bob.close();
      await seesLine(ann, "bob left", before + 1);
    });
  }

  await noScriptFailed();
});
