// `npm run docs:pictures`: the pictures of traces in docs/browser-library.md, and the demo's. A page in Chromium plays
// each scene with the library, and what the development page then shows of its trace is the picture.
import { writeFileSync } from "node:fs";
import type { BrowserContext } from "playwright-core";
import { setup as unpackChromium } from "../../browser/support/chromium.ts";
import { startWorld } from "../../browser/support/world.ts";
import { setup as build } from "../../support/build.ts";
import { photographDemo } from "./demo.ts";
import { PRICES, type Scene, SCENES } from "./scenes.ts";

const WIDTH = 880;
const QUALITY = 0.85;

/** The code of the page that makes one of the other: a third of the bytes. */
const TO_WEBP = `async (base64, quality) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + base64)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/webp", quality });
  return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
}`;

const only = process.argv.slice(2);
const isWanted = (name: string): boolean => only.length === 0 || only.includes(name);
unpackChromium();
const clean = build();
const world = await startWorld({
  pages: ["script-tag"],
  edge: () => ({ entry: "development", vars: { MODEL_PRICES: JSON.stringify(PRICES) } }),
});
try {
  const viewport = { width: WIDTH, height: 1000 };
  const context = await world.browser.newContext({ viewport, bypassCSP: true });
  for (const scene of SCENES) {
    if (!isWanted(scene.name)) continue;
    await play(scene);
    const picture = await webp(context, await photograph(context, scene));
    const path = `docs/pictures/trace-${scene.name}.webp`;
    writeFileSync(path, picture);
    console.log(`${path} ${picture.length} bytes`);
  }
  if (isWanted("demo"))
    writeFileSync("docs/pictures/demo.png", await photographDemo(world.browser));
} finally {
  await world.close();
  clean?.();
}

/** Lets the page do what the scene says, in a script of a name that means nothing. */
async function play({ name, answer, code }: Scene): Promise<void> {
  world.backend.answer(answer);
  const { page, trouble } = await world.open("script-tag");
  const content = `
globalThis.played = (async function chat() {
  const QUESTION = "What is an edge proxy?";
  const client = new LangfuseEdge.LangfuseProxy({ sessionId: "${name}", userId: "ada@example.com" });
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const ask = async (send, body) => (await send("/api/chat", { method: "POST", body: JSON.stringify(body) })).text();
${code}
  await client.flush();
})();
//# sourceURL=https://app.example/chat.js`;
  await page.addScriptTag({ content });
  await page.evaluate("played");
  const unmeant = trouble.filter((one) => !one.includes("could not be drawn"));
  if (unmeant.length > 0) throw new Error(`${name}: ${unmeant.join("; ")}`);
  await page.close();
}

async function photograph(context: BrowserContext, scene: Scene): Promise<Buffer> {
  const page = await context.newPage();
  await page.goto(world.edge.url);
  // A picture cannot be scrolled.
  await page.addStyleTag({ content: ".detail pre { max-height: none !important; }" });
  const card = page.locator("article.trace", { hasText: `session ${scene.name}` });
  const row = (name: string) => card.locator(".row", { hasText: name }).first();
  await row("Research Assistant").waitFor();
  if (scene.last !== undefined) await row(scene.last).waitFor();
  for (const name of scene.opened) {
    const before = await card.locator(".detail").count();
    await row(name).click();
    await card.locator(".detail").nth(before).waitFor();
  }
  await page.mouse.move(0, 0);
  const picture = await card.screenshot({ animations: "disabled" });
  await page.close();
  return picture;
}

async function webp(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage();
  const given = JSON.stringify([png.toString("base64"), QUALITY]);
  const base64 = await page.evaluate<string>(`(${TO_WEBP})(...${given})`);
  await page.close();
  return Buffer.from(base64, "base64");
}
