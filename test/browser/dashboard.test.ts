// The dashboard as an operator meets it, with figures that are made up: its files, the way in, and its views.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIVE_CLOSED } from "../../src/protocol/live.ts";
import { until } from "../support/until.ts";
import { figures } from "./support/dashboard/figures.ts";
import { dashboardLab, type DashboardLab, shown, TOKEN, VIEWS } from "./support/dashboard/open.ts";

let lab: DashboardLab;
beforeAll(async () => {
  lab = await dashboardLab();
});
afterAll(() => lab.close());

describe("the files", () => {
  it("come with the Worker, with a policy and without a key", async () => {
    const page = await fetch(`${lab.edge.url}/dashboard`);
    expect([page.status, page.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    for (const path of ["/dashboard/app.js", "/dashboard/style.css"]) {
      const file = await fetch(lab.edge.url + path);
      expect([file.status, file.headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
    }
    expect((await fetch(`${lab.edge.url}/dashboard/nothing.js`)).status).toBe(404);
  });
});

describe("signing in", () => {
  const closed = (_url: URL, headers: Record<string, string>) =>
    headers["authorization"] === `Bearer ${TOKEN}`
      ? { body: figures() }
      : {
          status: 401,
          body: {
            error: {
              code: headers["authorization"] ? "token_invalid" : "unauthorized",
              message: "m",
            },
          },
        };

  it("takes the token out of the address at once, and sends it to the edge alone", async () => {
    const { page, trouble, context } = await lab.open(`#/cost?token=${TOKEN}`, {
      figures: closed,
    });
    await shown(page);
    expect(page.url()).toBe(`${lab.edge.url}/dashboard#/cost`);
    await page.reload();
    await shown(page);
    expect(
      await page.evaluate(
        "[localStorage.length, document.cookie, document.documentElement.outerHTML.includes('eyJ')]",
      ),
    ).toEqual([0, "", false]);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it("asks for a token where there is none, says what is wrong with one, and takes the whole link", async () => {
    const { page, context } = await lab.open("#/cost", { figures: closed });
    await page.getByRole("heading", { name: "Sign in to see this project" }).waitFor();
    await page.getByLabel("Read token").fill("not a token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This is no token").waitFor();
    await page.getByLabel("Read token").fill(`${TOKEN}x`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "This token is not valid here" }).waitFor();
    await page.getByLabel("Read token").fill(`${lab.edge.url}/dashboard#token=${TOKEN}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await shown(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to see this project" }).waitFor();
    await context.close();
  });

  it("exchanges a code, once", async () => {
    const { page, context } = await lab.open("#/cost");
    const codes: unknown[] = [];
    await context.route("**/api/langfuse/token", async (route) => {
      codes.push(route.request().postDataJSON());
      expect(route.request().headers()["authorization"]).toBeUndefined();
      await route.fulfill({
        json: { token: TOKEN, expiresAt: "", publicKey: "pk", scope: "read" },
      });
    });
    await page.goto(`${lab.edge.url}/dashboard#code=0123456789abcdef0123`);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect(codes).toEqual([{ code: "0123456789abcdef0123" }]);
    expect(page.url()).not.toContain("0123456789");
    await context.close();
  });

  it("works without a token where something in front of the edge lets the reader in", async () => {
    const { page, trouble, context } = await lab.open("#/speed");
    await shown(page);
    expect(await page.getByRole("button", { name: "Sign out" }).isVisible()).toBe(false);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it("says what to do when the sign-in has expired, also while it watches", async () => {
    const { page, sockets, context } = await lab.open(`#/live?token=${TOKEN}`);
    await page.locator("#lamp.good").waitFor();
    await until(() => sockets.length > 0);
    await sockets[0]?.close({ code: LIVE_CLOSED.expired });
    await page.getByRole("heading", { name: "Your sign-in has expired" }).waitFor();
    const { origin } = new URL(page.url());
    await page.getByText(`npx langfuse-edge dashboard --url ${origin}`).first().waitFor();
    await context.close();
  });
});

describe("figures", () => {
  it("shows what the edge says, each with its unit, and the numbers behind a picture", async () => {
    const { page, trouble, context } = await lab.open("#/speed");
    await shown(page);
    const card = page.locator('[data-metric="time_to_first_token"]');
    expect(await card.locator(".percentiles").innerText()).toMatch(
      /640 ms\s*p90 1\.22 s\s*p99 2\.18 s\s*1,240 values/,
    );
    await card.getByText("As a table").first().click();
    const rows = card.locator("tbody tr");
    // Without the minutes in which nothing was.
    await expect.poll(() => rows.count()).toBe(57);
    expect(await card.locator("canvas").count()).toBe(2);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it("lists the slowest and the latest sessions, with the way to their traces", async () => {
    const { page, trouble, context } = await lab.open("#/speed");
    await shown(page);
    const card = page.locator('[data-card="sessions"]');
    await card.getByText("310 in this time").waitFor();
    const [slowest, latest] = await card.getByRole("table").all();
    expect(await slowest?.locator("tbody tr").first().innerText()).toMatch(
      /5b0d7e21\s+Research Assistant\s+9\s+2\.87 s\s+3\.28 s\s+4\.10 s/,
    );
    expect(await latest?.locator("tbody tr").count()).toBe(2);
    expect(await card.getByRole("link").first().getAttribute("href")).toBe(
      "https://langfuse.test/trace/b2da82a90f74a406596bb57639b0bd19",
    );
    expect(trouble).toEqual([]);
    await context.close();
  });

  it.each(["en-US@posix", "C"])("works where the browser's language is %s", async (language) => {
    const { page, trouble, context } = await lab.open("#/speed", { language });
    await shown(page);
    await page.locator('[data-metric="time_to_first_token"] canvas').first().waitFor();
    expect(await page.evaluate("navigator.language")).toMatch(/^en/);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it("tells single values to whoever goes by keys", async () => {
    const { page, context } = await lab.open("#/cost");
    await shown(page);
    const plot = page.getByRole("application", { name: /^Cost over time/ });
    await plot.focus();
    await page.keyboard.press("Home");
    const first = await page.locator(".legend .when").first().innerText();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator(".legend .when").first().innerText()).not.toBe(first);
    await context.close();
  });

  it("asks for what is chosen, and keeps it in the address", async () => {
    const asked: URL[] = [];
    const { page, context } = await lab.open("#/speed", {
      figures: (url) => {
        asked.push(url);
        return { body: figures(undefined, url.searchParams.get("by")) };
      },
    });
    await shown(page);
    await page.getByRole("combobox", { name: "Compare by" }).selectOption("assistant");
    await page.getByRole("heading", { name: "Time to first token by assistant" }).waitFor();
    await page.getByRole("combobox", { name: "Model", exact: true }).selectOption("gpt-mini");
    await until(() =>
      asked.some(
        ({ searchParams }) =>
          searchParams.get("by") === "assistant" && searchParams.get("model") === "gpt-mini",
      ),
    );
    expect(page.url()).toContain("#/speed?by=assistant&model=gpt-mini");
    await page.goBack();
    await until(() => !page.url().includes("model="));
    await context.close();
  });

  it("shows before and after a release in one picture, and by how much each changed", async () => {
    const { page, context } = await lab.open("#/speed");
    await shown(page);
    const card = page.getByRole("region", { name: "Before and after a release", exact: true });
    expect(await card.locator(".legend").innerText()).toMatch(/2026\.11\.1\s+2026\.11\.2/);
    expect(await card.locator("tbody tr").first().innerText()).toMatch(
      /Time to first token\s+864 ms\s+576 ms\s+33 % less/,
    );
    await context.close();
  });

  it("says of a variant what may be said", async () => {
    const { page, context } = await lab.open("#/experiments");
    await shown(page);
    const rows = await page.locator(".measure").nth(1).locator("tr").allInnerTexts();
    expect(rows.map((row) => row.replaceAll(/\s+/g, " ").trim())).toEqual([
      "plain 640 ms 608 ms to 672 ms",
      "friendly 520 ms 494 ms to 546 ms better",
      "terse 500 ms 12 values not enough yet",
    ]);
    await context.close();
  });

  it("keeps what is opened and what has the focus when new figures come", async () => {
    let n = 0;
    const { page, context } = await lab.open("#/errors", {
      figures: () => {
        const body = figures();
        const [group] = body.errors?.groups ?? [];
        if (group) group.count = 100 + (n += 1);
        return { body };
      },
    });
    await page.clock.install();
    await page.reload();
    await shown(page);
    await page.locator("summary", { hasText: "TypeError" }).click();
    await page.clock.runFor(11_000);
    await page.getByText("103 times").or(page.getByText("102 times")).first().waitFor();
    expect(await page.locator("pre", { hasText: "at render" }).isVisible()).toBe(true);
    await context.close();
  });

  it("shows where an error came from, and says why not its words", async () => {
    const { page, context } = await lab.open("#/errors", {
      figures: () => {
        const body = figures();
        for (const group of body.errors?.groups ?? []) {
          Object.assign(group, {
            message: null,
            stack: "    at render (https://app.test/a.js:1:2)",
          });
        }
        return { body };
      },
    });
    await shown(page);
    const item = page.locator(".error-item").first();
    expect(await item.locator("summary").innerText()).toContain("at render (https://app.test");
    await item.locator("summary").click();
    expect(await item.innerText()).toContain("DASHBOARD_CONTENT=true shows it");
    expect(await item.innerText()).not.toContain("null");
    await context.close();
  });

  it("shows nothing of an answer that comes after a later one", async () => {
    const { page, context } = await lab.open("#/cost");
    await shown(page);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let asked = 0;
    await context.route("**/api/langfuse/figures*", async (route) => {
      asked += 1;
      const mine = asked;
      if (mine === 1) await held;
      const body = figures();
      if (body.total) body.total.turns = mine;
      await route.fulfill({ json: body });
    });
    const turns = page.locator(".tile", { hasText: "Turns" }).locator(".tile-value");
    const look = "document.dispatchEvent(new Event('visibilitychange'))";
    await page.evaluate(look);
    await until(() => asked === 1);
    await page.evaluate(look);
    await expect.poll(() => turns.innerText()).toBe("2");
    const late = page.waitForResponse("**/api/langfuse/figures*");
    release();
    await (await late).finished();
    expect(await turns.innerText()).toBe("2");
    await context.close();
  });

  it("asks nothing while nobody sees it", async () => {
    let asked = 0;
    const { page, context } = await lab.open("#/cost", {
      figures: () => {
        asked += 1;
        return { body: figures() };
      },
    });
    await page.clock.install();
    await page.reload();
    await shown(page);
    await page.evaluate(
      "Object.defineProperty(document, 'hidden', { value: true }); document.dispatchEvent(new Event('visibilitychange'))",
    );
    const before = asked;
    await page.clock.runFor("10:00");
    expect(asked).toBe(before);
    await context.close();
  });

  it.each(VIEWS.slice(1))("says in %s what is wrong, and not that it loads", async (view) => {
    let status = 503;
    const { page, context } = await lab.open(`#/${view}`, {
      figures: () => ({ status, body: { error: { code: "unavailable", message: "later" } } }),
    });
    await page.getByText("The figures can't be had just now").waitFor();
    await page.getByText("Asking again…").waitFor();
    status = 404;
    await page.reload();
    await page.getByText("This edge does not have these figures").waitFor();
    await page.getByText("No figures to show.").waitFor();
    expect(await page.getByText("Loading…").count()).toBe(0);
    await context.close();
  });

  it("says that the edge has trouble, goes on asking, and is well again by itself", async () => {
    let well = false;
    const { page, context } = await lab.open("#/cost", {
      figures: () =>
        well
          ? { body: figures() }
          : { status: 503, body: { error: { code: "unavailable", message: "later" } } },
    });
    await page.getByText("The figures can't be had just now").waitFor();
    well = true;
    await page.clock.install();
    await page.reload();
    await shown(page);
    expect(await page.locator("#problem").isVisible()).toBe(false);
    await context.close();
  });

  it("shows dead letters, and replays them or says how", async () => {
    const letter = {
      id: "8d1f.12",
      kind: "observation",
      reason: "refused",
      message: "Invalid span at index 0",
      since: new Date().toISOString(),
      deaths: 2,
      name: "streaming-response",
      record: { id: "1" },
      contentHidden: true,
    };
    const { page, context } = await lab.open("#/delivery");
    const { origin } = new URL(page.url());
    await page.getByText(`npx langfuse-edge dead-letters list --url ${origin}`).waitFor();
    await context.route("**/api/langfuse/dead-letters?*", (route) =>
      route.fulfill({ json: { letters: [letter], total: 4 } }),
    );
    let status = 403;
    const replays: unknown[] = [];
    await context.route("**/api/langfuse/dead-letters/replay", async (route) => {
      replays.push(route.request().postDataJSON());
      const refusal = { error: { code: "forbidden", message: "only servers may" } };
      await route.fulfill({ status, json: status === 200 ? { replayed: 1, left: 0 } : refusal });
    });
    await page.reload();
    await page.locator("summary", { hasText: "streaming-response" }).click();
    await page.getByText("Invalid span at index 0").waitFor();
    await page.getByText("and 3 more").waitFor();
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await page.getByText(`npx langfuse-edge dead-letters replay 8d1f.12 --url ${origin}`).waitFor();
    status = 200;
    await page.getByRole("button", { name: "Replay all" }).click();
    await page.getByText("1 record on the way to Langfuse once more.").waitFor();
    expect(replays).toEqual([{ ids: ["8d1f.12"] }, { all: true }]);
    await context.close();
  });

  it.each(VIEWS.slice(1))("says in %s what to do where there is nothing yet", async (view) => {
    const empty = {
      ...figures(),
      since: null,
      releases: [],
      tools: [],
      experiments: [],
      errors: { groups: [], other: 0 },
      groups: [],
    };
    const { total, delivery } = empty;
    const body = {
      ...empty,
      total: { ...total, turns: 0 },
      delivery: { ...delivery, accepted: 0 },
    };
    const { page, trouble, context } = await lab.open(`#/${view}`, {
      figures: () => ({ body }),
    });
    const words = page
      .getByRole("heading", { name: /^No / })
      .or(page.getByText("Nothing was counted yet"));
    await words.first().waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });
});
