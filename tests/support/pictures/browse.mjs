// Opens a page in a headless Chromium as its user would: what it says, requests and complains of, as JSON.
// Arguments: the browser, the file, a search, the number of a row, a folder for pictures, and the looks at it as JSON:
// [width, height, colour scheme] of each.
import { chromium } from "playwright-core";

const [executablePath, file, search, row, folder, views] = process.argv.slice(2);
const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...quiet] });
const said = [], requests = [], looks = [];
async function open(options) {
  const page = await browser.newPage(options);
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`file://${file}`);
  return page;
}
for (const [width, height, colorScheme] of JSON.parse(views)) {
  const page = await open({ viewport: { width, height }, colorScheme });
  await page.waitForSelector("html[data-ready]", { timeout: 60000 });
  looks.push(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
  await page.screenshot({ path: `${folder}/${width}-${colorScheme}.png` });
  await page.close();
}
const page = await open({ viewport: { width: 1280, height: 800 } });
const started = Date.now();
await page.waitForSelector("html[data-ready]", { timeout: 60000 });
await page.fill("#search", search);
const found = await page.innerText("#panel");
const milliseconds = Date.now() - started;
await page.fill("#search", "");
const told = row === "" ? "" : (await page.focus(`tr[data-edge=e${row}] button`), await page.keyboard.press("Enter"), await page.innerText("#panel"));
await page.keyboard.press("Escape");
const closed = await page.innerText("#panel");
const shown = () => page.evaluate(() => [...document.querySelectorAll("tr[data-edge]")].filter((each) => !each.hidden).length);
const before = await shown();
await page.uncheck("input[name=verdict] >> nth=0");
const after = await shown();
await page.check("input[name=verdict] >> nth=0");
const pdf = (await page.pdf({ path: `${folder}/page.pdf` })).length;
const printed = await page.evaluate(() => document.getElementById("print").src.length);
await page.close();
const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
await plain.goto(`file://${file}`);
const without = await plain.innerText("body");
await browser.close();
console.log(JSON.stringify({ said, requests, looks, found, told, closed, before, after, pdf, printed, without, milliseconds }));
