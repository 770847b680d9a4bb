import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { experimentLabels } from "../../../../src/client/experiments/labels.ts";

describe("the labels of a turn's experiments", () => {
  test("are a tag, metadata and baggage for each", () => {
    expect(experimentLabels({ tone: "friendly", results: 10, beta: true })).toEqual({
      tags: ["tone:friendly", "results:10", "beta:true"],
      metadata: { experiment_tone: "friendly", experiment_results: "10", experiment_beta: "true" },
      baggage: {
        langfuse_tags: "tone:friendly,results:10,beta:true",
        langfuse_metadata_experiment_tone: "friendly",
        langfuse_metadata_experiment_results: "10",
        langfuse_metadata_experiment_beta: "true",
      },
    });
  });

  test("are none where there is no experiment, or the user is part of none", () => {
    const none = { tags: [], metadata: {}, baggage: {} };
    for (const without of [undefined, {}, () => undefined, { tone: undefined }]) {
      expect(experimentLabels(without)).toEqual(none);
    }
    const broken = (): never => {
      throw new Error("the app's own");
    };
    expect(experimentLabels(broken)).toEqual(none);
  });

  test("are asked for at each turn, where they come from a function", () => {
    let tone = "plain";
    const ask = () => ({ tone });
    expect(experimentLabels(ask).tags).toEqual(["tone:plain"]);
    tone = "friendly";
    expect(experimentLabels(ask).tags).toEqual(["tone:friendly"]);
  });

  test("have names that baggage and tags can carry", () => {
    const { tags, metadata, baggage } = experimentLabels({ "Größe, neu": "a,b" });
    expect(tags).toEqual(["Größe; neu:a;b"]);
    expect(metadata).toEqual({ experiment_Gr__e__neu: "a;b" });
    expect(baggage["langfuse_tags"]?.split(",")).toEqual(tags);
  });

  test("of whatever an app hands over are short; a baggage that is not short is none", () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`e${n}`, "ä".repeat(99)]),
    );
    const { tags, baggage } = experimentLabels(many);
    expect(tags).toHaveLength(50);
    expect(baggage).toEqual({});
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (experiments) => {
        const labels = experimentLabels(experiments as never);
        for (const tag of labels.tags) expect(tag.length).toBeLessThanOrEqual(121);
        for (const key of Object.keys(labels.baggage)) expect(key).toMatch(/^langfuse_[\w.-]+$/);
        for (const value of Object.values(labels.baggage)) expect(value.length).toBeLessThan(2000);
      }),
    );
  });
});
