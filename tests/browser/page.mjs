// Looking at pages in Chromium, step by step. CHROMIUM names the browser (default
// /usr/bin/chromium), SCREENSHOTS a folder for pictures.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const CLIENT = fileURLToPath(new URL("node_modules/socket.io-client/dist/socket.io.min.js", import.meta.url));
export const SEEN_WITHIN = 15_000;
export const SHOTS = process.env.SCREENSHOTS;

export const pages = new Map(); // name -> page, for pictures of a failure
export const scriptErrors = [];

export function launch() {
  if (SHOTS) mkdirSync(SHOTS, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    headless: true,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

export async function open(name, context, url) {
  const page = await context.newPage();
  page.setDefaultTimeout(SEEN_WITHIN);
  page.on("pageerror", (error) => scriptErrors.push(`${name}: ${error.message}`));
  page.upgraded = false;
  page.on("websocket", (socket) => {
    // "5" is Engine.IO's last word of the change from polling to WebSocket.
    socket.on("framesent", ({ payload }) => { if (payload === "5") page.upgraded = true; });
  });
  page.name = name;
  pages.set(name, page);
  await page.goto(url);
  return page;
}

// A browser of its own with the page that an example serves. Such a page has the client script from
// elsewhere; here it gets a copy, so that nothing but 127.0.0.1 is talked to.
export async function visit(browser, name, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.route("https://cdn.socket.io/**", (route) => route.fulfill({ path: CLIENT }));
  return open(name, context, url);
}

// Waits until `test`, run in the page, is true.
export async function sees(page, what, test, argument, timeout = SEEN_WITHIN) {
  try {
    await page.waitForFunction(test, argument, { polling: 25, timeout });
  } catch (error) {
    throw new Error(`${page.name} should see ${what}: ${error.message.split("\n")[0]}`);
  }
}

export const seesText = (page, selector, text, timeout) =>
  sees(page, `"${text}" in ${selector}`,
    ([selector, text]) => document.querySelector(selector)?.textContent === text, [selector, text], timeout);

export async function picture(page, name) {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

// The page on a phone and on a desk, light and dark.
export async function pictures(page, name) {
  if (!SHOTS) return;
  const before = page.viewportSize();
  for (const [device, width, height] of [["phone", 360, 740], ["desk", 1280, 800]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}-${device}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}

let passed = 0;

export async function step(name, work) {
  try {
    await work();
  } catch (error) {
    error.step = name;
    throw error;
  }
  passed += 1;
  console.log(`ok    ${name}`);
}

export const noScriptFailed = () => step("no script on the pages failed", () => {
  if (scriptErrors.length > 0) throw new Error(scriptErrors.join("; "));
});

// Runs the steps, reports, and ends the process: with 0 only if every step passed.
export async function report(program, browser, steps) {
  let failed = 0;
  try {
    await steps();
  } catch (error) {
    failed = 1;
    console.log(`FAILED ${error.step ?? "between two steps"}\n       ${error.message}`);
    for (const [name, page] of pages) await picture(page, `failed-${name}`).catch(() => {});
    if (program.output) console.log(`--- the end of what the server printed ---\n${program.output.trimEnd()}\n---`);
  } finally {
    await browser.close().catch(() => {});
    await program.end();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
