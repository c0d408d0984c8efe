// Looks at every page of the built book in Chromium, as wide as a desk and as wide as a phone, light and dark:
// nothing is wider than the page but code, which scrolls, and every picture is there.
//
//   node book.mjs <folder of the built book>
//
// CHROMIUM names the browser (default /usr/bin/chromium), SCREENSHOTS a folder for pictures of the pages.

import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { SHOTS, launch } from "./page.mjs";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node book.mjs <folder of the built book>");
  process.exit(2);
}
const NO_CHAPTERS = ["404.html", "index.html", "print.html", "toc.html"];
const chapters = readdirSync(folder).filter((file) => file.endsWith(".html") && !NO_CHAPTERS.includes(file));
const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 740 } };

// In the page: what does not fit, and what is not there.
function wrong() {
  const wide = (element) => element.scrollWidth > element.clientWidth + 1;
  const found = [];
  if (wide(document.documentElement)) found.push("the page is wider than the screen");
  for (const table of document.querySelectorAll(".table-wrapper")) {
    if (wide(table)) found.push(`too wide is the table ${table.innerText.slice(0, 40).replace(/\s+/g, " ")}`);
  }
  for (const picture of document.querySelectorAll("main img")) {
    if (picture.naturalWidth === 0) found.push(`not there is ${picture.getAttribute("src")}`);
  }
  return found;
}

const browser = await launch();
let mistakes = 0;
for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    for (const chapter of chapters) {
      await page.goto(`file://${resolve(folder, chapter)}`, { waitUntil: "load" });
      for (const mistake of await page.evaluate(wrong)) {
        console.log(`${chapter}, ${size}, ${colorScheme}: ${mistake}`);
        mistakes += 1;
      }
      if (SHOTS) {
        const path = join(SHOTS, `book-${chapter.replace(".html", "")}-${size}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
      }
    }
    await context.close();
  }
}
await browser.close();
console.log(`${chapters.length} chapters, ${mistakes} mistakes`);
process.exit(chapters.length === 0 || mistakes > 0 ? 1 : 0);
