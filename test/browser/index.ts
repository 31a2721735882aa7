/**
 * Opens the status page of a capture in Chromium, at the widths of a phone and of a desk, light and dark, with scripts and
 * without, and draws the pictures of docs/images:
 *
 *     npm run test:browser
 *
 * Without a Chromium on this machine it is skipped with a line that says so. CHROMIUM names one that is not on the path.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { openStatusPages, type StatusPages } from "./pages.ts";

const PICTURES = new URL("../../docs/images/", import.meta.url).pathname;

const WIDTHS = { phone: 360, desk: 1280 };
const SCHEMES = ["light", "dark"] as const;
const HEIGHT = 800;
const PICTURE_HEIGHT = 1_300;

/** A little more than the script of the page waits. */
const REFRESH_MS = 10_500;

const executablePath = chromiumOnThisMachine();
if (executablePath === undefined)
  report("skipped: no Chromium is installed. apt-get install chromium brings one.");
else await testIn(executablePath);

async function testIn(path: string): Promise<void> {
  // The page names the file that it captures into as it was named.
  process.chdir(mkdtempSync(join(tmpdir(), "source-aircall-browser-")));
  mkdirSync(PICTURES, { recursive: true });
  const browser = await chromium.launch({ executablePath: path });
  const pages = await openStatusPages();
  try {
    for (const [device, width] of Object.entries(WIDTHS))
      for (const colorScheme of SCHEMES) await looksWell(browser, pages, { device, width, colorScheme });
    await worksWithoutScripts(browser, pages);
    await refreshesItself(browser, pages);
    await saysThatItIsOld(browser, pages);
    report("passed");
  } catch (error) {
    process.exitCode = 1;
    report(`FAILED\n${(error as Error).stack}`);
  } finally {
    await browser.close();
    await pages.close();
  }
}

interface Look {
  readonly device: string;
  readonly width: number;
  readonly colorScheme: (typeof SCHEMES)[number];
}

/** Each state of the page fits its width, and axe finds no fault with it, contrast included. */
async function looksWell(browser: Browser, pages: StatusPages, look: Look): Promise<void> {
  const { device, width, colorScheme } = look;
  for (const [state, url] of Object.entries(pages.urls)) {
    await withPage(browser, { viewport: { width, height: HEIGHT }, colorScheme }, async (page) => {
      await page.goto(url);
      await page
        .locator("details")
        .first()
        .evaluate((details) => details.setAttribute("open", ""));
      await fits(page, `${state} at ${width} px`);
      await hasNoFaults(page, `${state}, ${device}, ${colorScheme}`);
      await page
        .locator("details")
        .first()
        .evaluate((details) => details.removeAttribute("open"));
      if (state === "busy") await takePicture(page, look);
    });
  }
  report(`${device}, ${colorScheme}: ${Object.keys(pages.urls).join(", ")} fit ${width} px and pass axe`);
}

/** The upper part of the page, which shows what it is like. */
async function takePicture(page: Page, { device, width, colorScheme }: Look): Promise<void> {
  const path = `${PICTURES}status-${device}-${colorScheme}.png`;
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height: PICTURE_HEIGHT } });
}

async function fits(page: Page, what: string): Promise<void> {
  const { scrollWidth: scrolled, clientWidth: shown } = await page
    .locator("html")
    .evaluate(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }));
  assert.ok(scrolled <= shown, `${what}: ${scrolled} px do not fit ${shown} px`);
}

async function hasNoFaults(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const { violations, passes } = (await page.evaluate("axe.run()")) as axe.AxeResults;
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
  );
  assert.deepEqual(faults, [], what);
  // Without a rule that has looked at colours, no fault would mean nothing.
  assert.ok(
    passes.some(({ id }) => id === "color-contrast"),
    `${what}: axe has not looked at contrast`,
  );
}

/** The browser does without the script, and loads the page again by itself. */
async function worksWithoutScripts(browser: Browser, pages: StatusPages): Promise<void> {
  for (const width of Object.values(WIDTHS)) {
    const viewport = { width, height: HEIGHT };
    await withPage(browser, { viewport, javaScriptEnabled: false }, async (page) => {
      await page.route(pages.urls.busy, async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace(
          'http-equiv="refresh" content="30"',
          'http-equiv="refresh" content="1"',
        );
        await route.fulfill({ response, body });
      });
      await page.goto(pages.urls.busy);
      assert.equal(await page.locator("table.streams tbody tr").count(), pages.streams);
      assert.ok((await page.locator("figure svg rect").count()) > 60);
      await fits(page, `without scripts at ${width} px`);
      const before = await page.locator("#as-of").textContent();
      await pages.pass(60_000);
      await page.waitForEvent("framenavigated", { timeout: 10_000 });
      await page.waitForLoadState();
      assert.notEqual(await page.locator("#as-of").textContent(), before);
    });
  }
  report("without scripts: all is there, and the page loads itself again");
}

/** The script brings the figures up to date, and leaves an open table open and in focus. */
async function refreshesItself(browser: Browser, pages: StatusPages): Promise<void> {
  await withPage(browser, {}, async (page) => {
    await page.clock.install();
    await page.goto(pages.urls.busy);
    await page.locator("#by-day summary").click();
    const before = await page.locator("#as-of").textContent();
    await pages.pass(60_000);
    const loaded = page.waitForResponse(pages.urls.busy);
    await page.clock.fastForward(REFRESH_MS);
    await loaded;
    await page.locator(`#as-of:not(:text-is("${before}"))`).waitFor();
    assert.equal(await page.locator("#by-day").getAttribute("open"), "");
    assert.equal(await page.locator("#by-day summary:focus").count(), 1);
  });
  report("with scripts: the figures are brought up to date in place");
}

async function saysThatItIsOld(browser: Browser, pages: StatusPages): Promise<void> {
  await withPage(browser, {}, async (page) => {
    await page.clock.install();
    await page.goto(pages.urls.busy);
    await page.route(pages.urls.busy, (route) => route.abort());
    await page.clock.fastForward(REFRESH_MS);
    await page.getByText("The capture does not answer.").waitFor();
    await hasNoFaults(page, "a page that is old");
  });
  report("with scripts: a page whose capture has ended says so");
}

/** Fails for anything that the browser complains of, such as what the Content-Security-Policy forbids. */
async function withPage(
  browser: Browser,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("net::ERR_FAILED"))
      complaints.push(message.text());
  });
  await work(page);
  assert.deepEqual(complaints, []);
  await context.close();
}

function chromiumOnThisMachine(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const named = ["chromium", "chromium-browser", "google-chrome"];
  const places = named.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.CHROMIUM ?? "", ...places].find((place) => place !== "" && existsSync(place));
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
