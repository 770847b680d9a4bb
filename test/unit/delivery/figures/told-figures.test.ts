// What a pass tells of the records that it settled: once, and of no others.
import { describe, expect, it } from "vitest";
import { claim, PROJECT, row, T0, World } from "../consumer-world.ts";
import { observation } from "../memory-session.ts";

const root = (session: string, ordinal: number) => ({
  ...observation(session, ordinal),
  root: true as const,
});

describe("a pass", () => {
  it("tells the figures of what was settled, and how Langfuse answered", async () => {
    const world = new World();
    world.session("a", [root("a", 1), observation("a", 2)]);
    world.reply = () => {
      world.now += 120;
      return Response.json({});
    };
    await world.consume(claim("a"));
    expect(world.figures).toMatchObject([
      {
        publicKey: PROJECT.publicKey,
        figures: [{ trace: "a", isTurn: true, metrics: { turn: 1000 } }],
        posts: [{ kind: "observation", at: T0 + 120, ms: 120, answer: "delivered" }],
      },
    ]);
    const { label = "" } = world.figures[0] ?? {};
    expect(world.points).toEqual([{ project: label, turns: 1 }]);
    // A hash: a public key is nobody else's business.
    expect(label).toMatch(/^[0-9a-f]{12}$/);
  });

  it("tells nothing of what Langfuse did not take, but that", async () => {
    const world = new World();
    world.session("a", [root("a", 1)]);
    world.reply = () => new Response("down", { status: 503 });
    await world.consume(claim("a"));
    expect(world.figures.flatMap(({ figures }) => figures)).toEqual([]);
    const answers = world.figures.flatMap(({ posts }) => posts.map(({ answer }) => answer));
    expect(new Set(answers)).toEqual(new Set(["unavailable"]));
    world.reply = () => Response.json({});
    world.now += 60_000;
    await world.consume(claim("a"));
    expect(world.figures.flatMap(({ figures }) => figures)).toHaveLength(1);
  });

  it("tells of a record that is refused when it is delivered after all", async () => {
    const world = new World();
    world.session("a", [root("a", 1)]);
    world.session("b", [{ ...root("b", 1), fields: {} }]);
    const refuses = ({ names }: { names: string[] }): Response =>
      names.includes("a/1")
        ? Response.json({ message: "1 span(s) cannot be processed" }, { status: 400 })
        : Response.json({});
    world.reply = refuses;
    await world.consume(claim("a"), claim("b"));
    const traces = (): string[] =>
      world.figures.flatMap(({ figures }) => figures.map(({ trace }) => trace));
    expect(traces()).toEqual(["b"]);
    // Replayed.
    const again = world.session("a", [root("a", 1)]);
    world.reply = () => Response.json({});
    await world.consume(claim("a"));
    expect(again.delivered).toEqual([1]);
    expect(traces()).toEqual(["b", "a"]);
  });

  it("tells nothing that another consumer has told", async () => {
    const world = new World();
    const a = world.session("a", [root("a", 1)]);
    const settle = a.settle.bind(a);
    a.settle = async (settlement) => ({ ...(await settle(settlement)), repeated: 1 });
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
    expect(world.figures.flatMap(({ figures }) => figures)).toEqual([]);
  });

  it("tells nothing where the settlement failed: it is told when it succeeds", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    a.settle = async () => {
      throw new Error("the object moved");
    };
    await world.consume(claim("a"));
    expect(world.figures.flatMap(({ figures }) => figures)).toEqual([]);
  });
});
