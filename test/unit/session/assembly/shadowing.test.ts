// A trace's metadata beside an observation's own: Langfuse shows the trace's for a key that both have.
import { describe, expect, it } from "vitest";
import { toSpan } from "../../../../src/langfuse/to-otlp.ts";
import { span, Story, trace } from "../story.ts";

/** What Langfuse shows of a span's metadata (langfuse-contract: "What is read back"). */
function shown(story: Story, name: string): Record<string, unknown> {
  const pick = (prefix: string) =>
    toSpan(story.record(name)).attributes.flatMap(({ key, value }) =>
      key.startsWith(prefix) && "stringValue" in value
        ? [[key.slice(prefix.length), value.stringValue] as const]
        : [],
    );
  const own = Object.fromEntries(pick("langfuse.observation.metadata."));
  return { ...own, ...Object.fromEntries(pick("langfuse.trace.metadata.")) };
}

describe("an observation's own metadata", () => {
  const story = new Story();
  story.at(
    0,
    trace("create", {
      metadata: [
        ["plan", "pro"],
        ["step", "trace"],
        ["source", "page"],
      ],
    }),
  );
  story.at(0, span("create", "own", { fields: { name: "own" }, metadata: [["step", "own"]] }));
  story.at(0, span("create", "same", { fields: { name: "same" }, metadata: [["plan", "pro"]] }));
  story.at(1, span("end", "own"));
  story.at(1, span("end", "same"));
  story.at(1, trace("end"));
  story.at(4, span("update", "own", { metadata: [["plan", "free"]] }));
  story.sealedBy(20);

  it("is shown where the trace has another value of the key, and the trace's where it has none", () => {
    expect(shown(story, "own")).toMatchObject({ plan: "pro", step: "own", source: "page" });
    expect(shown(story, "same")).toMatchObject({ plan: "pro", step: "trace" });
    expect(shown(story, "late-update")).toMatchObject({ plan: "free", step: "trace" });
    expect(shown(story, "trace")).toMatchObject({ plan: "pro", step: "trace", source: "page" });
  });

  it("leaves the trace's other keys on the span: they are filtered on", () => {
    const keys = toSpan(story.record("own")).attributes.map(({ key }) => key);
    expect(keys).toContain("langfuse.trace.metadata.plan");
    expect(keys).not.toContain("langfuse.trace.metadata.step");
    const same = toSpan(story.record("same")).attributes.map(({ key }) => key);
    expect(same).toContain("langfuse.trace.metadata.plan");
  });
});
