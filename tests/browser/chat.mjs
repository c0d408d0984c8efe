// Drives two real browsers through the example chat.
//
//   node chat.mjs <command that starts the chat server...>
//
// The server is started with HOST, PORT and SOCKET_IO_CLIENT in its environment. Nothing but
// 127.0.0.1 is talked to. CHROMIUM names the browser (default /usr/bin/chromium), SCREENSHOTS a
// folder for pictures of the page. The exit code is 0 only if every step passed.

import { io } from "socket.io-client";
import {
  CLIENT, SEEN_WITHIN, SHOTS, launch, noScriptFailed, open as openPage, pages, picture, pictures, report, scriptErrors,
  sees, seesText, step,
} from "./page.mjs";
import { Program, until } from "./program.mjs";

const RECONNECTED_WITHIN = 40_000; // the client backs off up to five seconds between two attempts

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error("usage: node chat.mjs <command that starts the chat server...>");
  process.exit(2);
}
const server = await Program.onFreePort(command, { SOCKET_IO_CLIENT: CLIENT });
const { url } = server;
const browser = await launch();

// ---- Looking at a page ----

async function open(name, context) {
  context ??= await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return openPage(name, context, url);
}

const seesMessage = (page, from, text) =>
  sees(page, `"${text.slice(0, 60)}" from ${from}, once`,
    ([from, text]) => [...document.querySelectorAll("#messages .message")]
      .filter((it) => it.dataset.from === from && it.querySelector(".text").textContent === text).length === 1,
    [from, text]);

const seesNotice = (page, text) =>
  sees(page, `the notice "${text}"`,
    (text) => [...document.querySelectorAll("#messages .notice")].at(-1)?.textContent === text, text);

const seesMembers = (page, names, timeout) =>
  sees(page, `the members ${names.join(", ")}`,
    (names) => JSON.stringify([...document.querySelectorAll("#members [data-member]")]
      .map((it) => it.dataset.member).sort()) === names,
    JSON.stringify([...names].sort()), timeout);

const seesRoom = (page, room, members) =>
  sees(page, `the room ${room} with ${members} members in the list`,
    ([room, members]) => [...document.querySelectorAll("#rooms [data-room]")]
      .some((it) => it.dataset.room === room && it.dataset.members === members), [room, String(members)]);

const seesStatus = (page, state, timeout) =>
  sees(page, `the status "${state}"`,
    (state) => document.querySelector("#status").dataset.state === state, state, timeout);

async function login(page, nickname) {
  await page.fill("#nickname", nickname);
  await page.click("#login-form button");
}

async function loggedIn(page, nickname) {
  await seesStatus(page, "connected");
  await seesText(page, "#me", nickname);
  await page.locator("#chat").waitFor();
}

async function make(page, room) {
  await page.fill("#room-name", room);
  await page.click("#room-form button");
  await seesText(page, "#room-title", room);
}

async function choose(page, room) {
  await page.locator(`#rooms [data-room=${JSON.stringify(room)}]`).click();
  await seesText(page, "#room-title", room);
}

async function say(page, text) {
  await page.fill("#message", text);
  await page.click("#message-form button");
}

async function refused(page, reason) {
  await seesText(page, "#login-error", reason);
  await sees(page, "the focus in the nickname", () => document.activeElement.id === "nickname");
}

// A guest without a browser, to do what takes too long or is impossible by hand.
async function guest(nickname) {
  const socket = io(`${url}chat`, { auth: { nickname }, forceNew: true, reconnection: false });
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error) => { socket.disconnect(); reject(error); });
  });
  socket.ask = async (...event) => {
    const answer = await socket.timeout(SEEN_WITHIN).emitWithAck(...event);
    if (answer?.error) throw new Error(`${event[0]}: ${answer.error}`);
    return answer;
  };
  return socket;
}

// ---- The steps ----

await report(server, browser, async () => {
  await step("the server starts and serves the page", () => server.start());

  const ann = await open("ann");
  const bob = await open("bob");

  await step("the page says so when the Socket.IO client cannot be loaded", async () => {
    const context = await browser.newContext();
    await context.route("**/socket.io.min.js", (route) => route.abort());
    const page = await open("page without a client", context);
    await page.locator("#no-client", { hasText: "SOCKET_IO_CLIENT=" }).waitFor();
    if (await page.locator("#login-form").isVisible()) throw new Error("the login form is still there");
    await context.close();
    pages.delete(page.name);
    scriptErrors.length = 0; // the page gives up by an error, as it should here
  });

  await step("an empty nickname is refused", async () => {
    await pictures(ann, "login");
    await login(ann, "");
    await refused(ann, "a nickname, please");
  });

  await step("a nickname that is too long is refused", async () => {
    await login(ann, "n".repeat(25));
    await refused(ann, "a nickname has at most 24 characters");
  });

  await step("ann logs in", async () => {
    await login(ann, "ann");
    await loggedIn(ann, "ann");
  });

  await step("a nickname that is taken is refused", async () => {
    await login(bob, "ann");
    await refused(bob, "the nickname ann is taken");
    await pictures(bob, "refused");
  });

  await step("bob logs in by keyboard", async () => {
    await bob.keyboard.press("ControlOrMeta+a");
    await bob.keyboard.type("bob");
    await bob.keyboard.press("Enter");
    await loggedIn(bob, "bob");
  });

  await step("both connections are upgraded from polling to WebSocket", () =>
    until("the upgrade", SEEN_WITHIN, () => ann.upgraded && bob.upgraded));

  await step("a room without a name is refused", async () => {
    await ann.click("#room-form button");
    await seesText(ann, "#room-error", "a room name has 1 to 40 characters");
  });

  await step("ann makes a room and bob sees it in his list", async () => {
    await make(ann, "lobby");
    await seesMembers(ann, ["ann"]);
    await seesRoom(ann, "lobby", 1);
    await seesRoom(bob, "lobby", 1);
  });

  await step("ann sees her own message, set apart", async () => {
    await say(ann, "Anybody here yet?");
    await seesMessage(ann, "ann", "Anybody here yet?");
    await ann.locator('.message.own[data-from="ann"]').waitFor();
    await seesText(ann, "#message-error", "");
  });

  await step("bob joins by keyboard, late, and finds what was said", async () => {
    for (let tabs = 0; tabs < 20; tabs += 1) {
      await bob.keyboard.press("Tab");
      if (await bob.evaluate(() => document.activeElement.dataset.room === "lobby")) break;
    }
    await bob.keyboard.press("Enter");
    await seesText(bob, "#room-title", "lobby");
    await seesMessage(bob, "ann", "Anybody here yet?");
    await seesMembers(bob, ["ann", "bob"]);
  });

  await step("ann sees bob come, and the counts", async () => {
    await seesNotice(ann, "bob came in");
    await seesMembers(ann, ["ann", "bob"]);
    await seesRoom(ann, "lobby", 2);
    await seesRoom(bob, "lobby", 2);
  });

  await step("bob writes by keyboard alone and both see it", async () => {
    await sees(bob, "the focus in the message field", () => document.activeElement.id === "message");
    await bob.keyboard.type("I am, with nothing");
    await bob.keyboard.press("Shift+Enter");
    await bob.keyboard.type("but a keyboard.");
    await bob.keyboard.press("Enter");
    for (const page of [ann, bob]) await seesMessage(page, "bob", "I am, with nothing\nbut a keyboard.");
    await sees(bob, "an empty message field", () => document.querySelector("#message").value === "");
  });

  await step("a message that is too long is refused and stays in the field", async () => {
    const long = "x".repeat(2001);
    await say(ann, long);
    await seesText(ann, "#message-error", "a message has 1 to 2000 characters");
    if (await ann.inputValue("#message") !== long) throw new Error("the message is no longer in the field");
    await ann.fill("#message", "");
  });

  await step("bob sees that ann is typing, until she pauses", async () => {
    await ann.locator("#message").pressSequentially("hm");
    await seesText(bob, "#typing", "ann is typing…");
    await seesText(bob, "#typing", "");
    await ann.fill("#message", "");
  });

  await step("bob sees that ann is typing, until she sends", async () => {
    await ann.locator("#message").pressSequentially("Good to see you!", { delay: 20 });
    await seesText(bob, "#typing", "ann is typing…");
    await ann.keyboard.press("Enter");
    await seesMessage(bob, "ann", "Good to see you!");
    await seesText(bob, "#typing", "", 1000);
    await seesText(ann, "#typing", "");
  });

  await step("markup in a message is shown as text", async () => {
    const markup = '<img src=x onerror="window.owned=1"><b>bold</b> & <script>window.owned=1</script>';
    await say(bob, markup);
    for (const page of [ann, bob]) {
      await seesMessage(page, "bob", markup);
      await sees(page, "no markup", () => !window.owned && !document.querySelector("#messages :is(img, b, script)"));
    }
  });

  await step("markup in a nickname and in a room name is shown as text", async () => {
    const name = "<i>eve</i>";
    const eve = await open("eve", bob.context());
    await login(eve, name);
    await loggedIn(eve, name);
    await make(eve, "<u>nook</u>");
    await seesRoom(ann, "<u>nook</u>", 1);
    await choose(eve, "lobby");
    await seesNotice(ann, `${name} came in`);
    await seesMembers(ann, ["ann", "bob", name]);
    await say(eve, "Am I slanted?");
    await seesMessage(ann, name, "Am I slanted?");
    await eve.locator("#message").pressSequentially("no");
    await seesText(ann, "#typing", `${name} is typing…`);
    await sees(ann, "no markup", () => !document.querySelector("#chat :is(i, u)"));
    await eve.close();
    pages.delete("eve");
    await seesNotice(ann, `${name} left`);
    await seesText(ann, "#typing", "");
    await seesMembers(ann, ["ann", "bob"]);
    await seesRoom(ann, "lobby", 2);
  });

  await step("bob sees ann leave, and the counts", async () => {
    await ann.click("#leave");
    await ann.locator("#room").waitFor({ state: "hidden" });
    await seesNotice(bob, "ann left");
    await seesMembers(bob, ["bob"]);
    for (const page of [ann, bob]) await seesRoom(page, "lobby", 1);
  });

  await step("bob sees ann come back, and she finds what was said", async () => {
    await choose(ann, "lobby");
    await seesNotice(bob, "ann came in");
    await seesMembers(bob, ["ann", "bob"]);
    await seesMessage(ann, "ann", "Good to see you!");
    for (const page of [ann, bob]) await seesRoom(page, "lobby", 2);
  });

  await step("somebody who joins gets the last fifty messages", async () => {
    const cat = await guest("cat");
    await cat.ask("join", { room: "archive" });
    for (let n = 1; n <= 60; n += 1) await cat.ask("say", { room: "archive", text: `line ${n}` });
    const dan = await open("dan", bob.context());
    await login(dan, "dan");
    await loggedIn(dan, "dan");
    await choose(dan, "archive");
    await seesMessage(dan, "cat", "line 60");
    const lines = await dan.locator("#messages .message .text").allTextContents();
    const expected = Array.from({ length: 50 }, (_, n) => `line ${n + 11}`);
    if (lines.join() !== expected.join()) throw new Error(`dan sees ${lines.length} messages: ${lines.join(", ")}`);
    await sees(dan, "the newest message in view", () =>
      document.querySelector("#messages").lastChild.getBoundingClientRect().bottom <=
      document.querySelector("#message-form").getBoundingClientRect().top);
    await dan.close();
    pages.delete("dan");
    cat.disconnect();
    // Whether a server keeps an empty room in its list is its own affair.
    await sees(ann, "the room archive empty or gone", () =>
      [...document.querySelectorAll("#rooms [data-room]")]
        .every((it) => it.dataset.room !== "archive" || it.dataset.members === "0"));
  });

  if (SHOTS) await pose(ann, bob);

  await step("long words and names fit a phone, a tablet and a desk", async () => {
    const long = "W".repeat(24);
    const guests = [await guest(long), await guest("W".repeat(23))];
    for (const socket of guests) await socket.ask("join", { room: "lobby" });
    await guests[1].ask("join", { room: "W".repeat(40) });
    await guests[0].ask("say", { room: "lobby", text: "w".repeat(500) });
    guests[0].emit("typing", { room: "lobby", typing: true });
    await seesText(ann, "#typing", `${long} is typing…`);
    await seesRoom(ann, "W".repeat(40), 1);
    const before = ann.viewportSize();
    for (const width of [360, 800, 1280]) {
      await ann.setViewportSize({ width, height: 740 });
      await sees(ann, `everything within ${width} px`, () =>
        ["html", "#chat", "#top", "#panes", "#rooms-pane", "#room", "#scroller", "#composer"]
          .map((selector) => document.querySelector(selector))
          .every((it) => it.scrollWidth <= it.clientWidth) &&
        document.documentElement.scrollHeight <= innerHeight);
      await picture(ann, `long-${width}`);
    }
    await ann.setViewportSize(before);
    for (const socket of guests) socket.disconnect();
    await seesMembers(ann, ["ann", "bob"]);
  });

  await step("the server goes away and both pages say so", async () => {
    await server.stop();
    for (const page of [ann, bob]) await seesStatus(page, "reconnecting");
    await pictures(ann, "reconnecting");
  });

  await step("a message waits while there is no connection", async () => {
    await say(bob, "Still there?");
    await sees(bob, "a reason", () => document.querySelector("#message-error").textContent !== "");
    if (await bob.inputValue("#message") !== "Still there?") throw new Error("the message is no longer in the field");
  });

  await step("the server comes back and both are in their room again by themselves", async () => {
    await server.start();
    for (const page of [ann, bob]) await seesStatus(page, "connected", RECONNECTED_WITHIN);
    for (const page of [ann, bob]) {
      await seesText(page, "#room-title", "lobby");
      await seesMembers(page, ["ann", "bob"], RECONNECTED_WITHIN);
      await seesRoom(page, "lobby", 2);
      await seesText(page, "#login-error", "");
    }
  });

  await step("both can chat again", async () => {
    await bob.click("#message-form button");
    for (const page of [ann, bob]) await seesMessage(page, "bob", "Still there?");
    await say(ann, "As if nothing had happened.");
    for (const page of [ann, bob]) await seesMessage(page, "ann", "As if nothing had happened.");
  });

  await step("ann waits for her nickname if it is taken when she comes back", async () => {
    // Ann is kept from coming back until somebody else has her name.
    await ann.route("**/socket.io/**", (route) => route.abort());
    await server.stop();
    await seesStatus(ann, "reconnecting");
    await server.start();
    const usurper = await guest("ann");
    await ann.unroute("**/socket.io/**");
    await sees(ann, "why she is not let in", () =>
      document.querySelector("#status-detail").textContent.includes("the nickname ann is taken"), null, RECONNECTED_WITHIN);
    await seesStatus(ann, "reconnecting");
    await pictures(ann, "taken");
    usurper.disconnect();
    await seesStatus(ann, "connected", RECONNECTED_WITHIN);
    await seesText(ann, "#status-detail", "");
    await seesStatus(bob, "connected", RECONNECTED_WITHIN);
    for (const page of [ann, bob]) await seesMembers(page, ["ann", "bob"], RECONNECTED_WITHIN);
    await say(ann, "That is my name! 🎉");
    await seesMessage(bob, "ann", "That is my name! 🎉");
  });

  await noScriptFailed();

  await step("the server stops on SIGTERM, with both still connected", () => server.stop());
});

// Something to look at, for the pictures.
async function pose(ann, bob) {
  const guests = [];
  for (const [name, room] of [["Zoë", "lobby"], ["grace", "rust"], ["linus", "rust"], ["margaret", "a room with quite a long name"]]) {
    const socket = await guest(name);
    await socket.ask("join", { room });
    guests.push(socket);
  }
  await choose(ann, "lobby");
  for (const [who, text] of [
    [bob, "Has anybody tried the new release?"],
    [bob, "I moved our presence service over last night."],
    [ann, "Yes! Rooms and acknowledgements just worked, and the types told me what I had forgotten."],
    ["Zoë", "Same here. Polling first, then WebSocket, and nobody noticed."],
    [ann, "Lunch at half past twelve?"],
    [ann, "I am buying."],
  ]) {
    if (who === "Zoë") await guests[0].ask("say", { room: "lobby", text });
    else await say(who, text);
    await seesMessage(ann, who === "Zoë" ? who : who.name, text);
  }
  const typing = setInterval(() => guests[0].emit("typing", { room: "lobby", typing: true }), 1000);
  await seesText(ann, "#typing", "Zoë is typing…");
  await pictures(ann, "chat");
  clearInterval(typing);
  await bob.click("#leave");
  await pictures(bob, "rooms");
  await choose(bob, "lobby");
  for (const socket of guests) socket.disconnect();
  await seesMembers(ann, ["ann", "bob"]);
}
