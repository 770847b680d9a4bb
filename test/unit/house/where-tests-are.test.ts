// Where the tests of a source file are: in the file of its name in test/unit, or, where one idea is spread
// over neighbours, in those that this table names for its folder. A new file needs the one or the other.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

/** By folder of src/, the tests of the files in it that have none of their own name. */
const TESTED_IN: Readonly<Record<string, readonly string[]>> = {
  ".": ["journey/seed-flow", "journey/dev-access", "journey/restart"],
  cli: ["unit/cli/run", "journey/dead-letters"],
  "cli/deploy": ["examples/deploy-command"],
  "cli/doctor": ["journey/doctor"],
  "cli/commands": ["unit/cli/run", "journey/dead-letters"],
  client: ["unit/client/turn/chat", "unit/client/offline/offline-queue", "unit/client/react"],
  "client/answer": [
    "unit/client/turn/chat-outcomes",
    "unit/client/turn/tools",
    "unit/client/turn/late-reader",
  ],
  "client/errors": ["unit/client/errors"],
  "client/extras": ["unit/client/extras/safe-json", "unit/client/extras/late-extras"],
  "client/experiments": ["unit/client/experiments"],
  "client/feedback": ["unit/client/feedback"],
  "client/offline": ["browser/offline"],
  "client/reading": ["unit/client/turn/request-input", "unit/client/turn/late-reader"],
  "client/react": ["browser/react-chat", "unit/client/react"],
  "client/send": [
    "unit/client/send/sending",
    "unit/client/send/edge-fails",
    "unit/client/send/identity",
  ],
  "client/stream": ["unit/client/stream/recordings", "unit/client/stream/reader"],
  "client/trace": ["unit/client/trace/proxy", "unit/client/trace/ids"],
  "client/turn": ["unit/client/turn/chat", "unit/client/turn/chat-outcomes", "browser/same-fetch"],
  dashboard: ["unit/dashboard/page", "browser/dashboard"],
  "dashboard/access": ["browser/dashboard"],
  "dashboard/charts": ["browser/dashboard"],
  "dashboard/cost": ["browser/dashboard"],
  "dashboard/delivery": ["browser/dashboard"],
  "dashboard/dom": ["browser/dashboard"],
  "dashboard/errors": ["browser/dashboard"],
  "dashboard/experiments": ["browser/dashboard"],
  "dashboard/figures": ["unit/dashboard/figures/charts"],
  "dashboard/live": ["browser/dashboard"],
  "dashboard/shell": ["browser/dashboard"],
  "dashboard/speed": ["browser/dashboard"],
  "dashboard/tools": ["browser/dashboard"],
  "dashboard/waterfall": ["unit/dashboard/waterfall/layout.property"],
  delivery: ["unit/delivery/deliver-project", "unit/delivery/consumer", "unit/delivery/outage"],
  "delivery/figures": ["unit/delivery/figures/told-figures"],
  "delivery/posts": [
    "unit/delivery/deliver",
    "unit/delivery/posts/poison",
    "unit/delivery/posts/refused",
  ],
  "delivery/posts/judging": ["unit/delivery/posts/poison", "unit/delivery/posts/refused"],
  "delivery/settling": ["unit/delivery/settling/early-settlement", "unit/delivery/deliver"],
  "dev/command": ["unit/dev/command/command", "journey/demo-command"],
  "dev/demo": ["journey/demo"],
  "dev/demo/backend": ["journey/demo"],
  "dev/demo/page": ["browser/demo-page"],
  "dev/demo/page/script": ["browser/demo-page"],
  "dev/pages": ["browser/dev-page", "browser/dev-page-delivery"],
  "dev/pages/script": ["browser/dev-page", "browser/dev-page-delivery"],
  "dev/sink": ["unit/dev/sink/contract/requests", "unit/dev/sink/contract/losses"],
  "dev/sink/inspect": ["unit/dev/sink/contract/spans", "unit/dev/sink/contract/scores"],
  "dev/sink/view": ["unit/dev/sink/contract/metadata"],
  "dev/traffic": ["unit/dev/traffic/player", "journey/traffic"],
  edge: ["unit/edge/app", "unit/edge/respond"],
  "edge/access": ["unit/edge/access/policy", "unit/edge/access/session-token", "journey/attacks"],
  "edge/admin": ["unit/edge/admin/health-route"],
  "edge/figures": ["unit/edge/figures/figures-route"],
  "edge/fields": ["unit/edge/interpret/interpret-observation", "unit/edge/interpret/poison"],
  "edge/ingest": ["journey/own-worker"],
  "edge/interpret": ["unit/edge/interpret/interpret-observation", "unit/edge/interpret/anything"],
  "edge/legacy": [
    "unit/edge/legacy/ingestion-route",
    "unit/edge/legacy/rest-route",
    "journey/older-clients",
    "journey/langfuse-3-node",
    "journey/recorded-clients",
  ],
  "edge/legacy/events": [
    "unit/edge/legacy/events/interpret-event",
    "unit/edge/legacy/events/events-of-clients",
  ],
  "edge/legacy/relay": [
    "unit/edge/legacy/relay/relayed-bodies",
    "unit/edge/legacy/relay/relayed-ids",
    "journey/older-clients",
  ],
  "edge/otlp": ["unit/edge/otlp/otlp-route", "unit/edge/otlp/clean-attributes"],
  "edge/readers": ["unit/edge/readers/read-access", "unit/edge/readers/watching"],
  "edge/trace": ["unit/edge/trace/trace-route"],
  figures: ["unit/delivery/figures/point-writer"],
  "figures/body": ["unit/figures/body/figures-body"],
  "figures/cells": ["unit/figures/cells/slice.property"],
  "figures/read": ["unit/figures/body/figures-body", "unit/metrics/metrics-store.property"],
  "figures/sketch": ["unit/figures/sketch/sketch.property"],
  "figures/turn": ["unit/figures/turn/turn-figures"],
  hooks: ["unit/hooks/hooks", "workers/delivery/hooks"],
  langfuse: ["unit/langfuse/post"],
  metrics: ["unit/metrics/metrics-store.property", "workers/metrics/figures"],
  otlp: ["unit/otlp/read-export"],
  live: ["unit/live/live", "workers/live/hub"],
  outcomes: ["unit/outcomes/health-state", "workers/delivery/health"],
  "outcomes/ledger": ["unit/outcomes/ledger/ledger.property", "workers/session/dead-letters"],
  privacy: ["unit/privacy/mask-json", "unit/privacy/sharing"],
  "privacy/detectors": ["unit/privacy/detectors"],
  "privacy/pattern": ["unit/privacy/pattern", "unit/privacy/linear"],
  protocol: ["unit/settings/unknown", "unit/edge/access/rate-limits", "unit/edge/answers"],
  "protocol/figures": ["workers/metrics/figures"],
  "protocol/books": ["unit/outcomes/ledger/ledger.property"],
  "protocol/live": ["unit/live/live"],
  "protocol/sampling": ["unit/protocol/sampling/rule", "unit/settings/sampling"],
  "protocol/json": ["unit/edge/interpret/poison"],
  publish: ["journey/script-tag"],
  server: ["unit/server/vectors", "journey/backend-helpers"],
  serve: ["journey/serve"],
  "serve/host": ["journey/serve"],
  "serve/machine": ["journey/serve"],
  "serve/runtime": ["unit/serve/runtime/supervise", "journey/serve"],
  session: ["unit/session/shell.property", "workers/session/durability", "workers/session/model"],
  "session/assembly": ["unit/session/assembly/assembly.property", "unit/session/assembly/sealing"],
  "session/assembly/records": [
    "unit/session/assembly/sealing",
    "unit/session/assembly/assembly.property",
    "unit/session/assembly/legacy",
  ],
  "session/dead-letters": ["unit/session/dead-letters/letters", "workers/session/dead-letters"],
  "session/deadlines": ["unit/session/deadlines/alarm-time.property", "workers/session/alarm"],
  "session/erasure": ["unit/session/erasure/tombstone", "workers/session/forget"],
  "session/journal": ["unit/session/journal/replay", "unit/session/journal/failing-storage"],
  "session/live": ["unit/session/live/live-teller", "workers/live/hub"],
  "session/outbox": ["unit/session/outbox/amend-records"],
  "session/spans": ["unit/session/spans/append-spans"],
  settings: ["unit/settings/access", "unit/docs/settings"],
  worker: ["journey/own-worker"],
};

const ROOT = join(import.meta.dirname, "../../..");
const hasTest = (name: string): boolean => existsSync(join(ROOT, `test/${name}.test.ts`));
const SOURCES = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path))
  .filter((path) => /=>|\bfunction |\bclass /.test(readFileSync(join(ROOT, "src", path), "utf8")));

/** A file's own test, if it has one. */
function ownTest(path: string): string | undefined {
  const name = `unit/${path.replace(/\.tsx?$/, "")}`;
  return [name, `${name}.property`].find(hasTest);
}

it("every source file with logic has a test of its name, or its folder says where its tests are", () => {
  const without = SOURCES.filter(
    (path) => ownTest(path) === undefined && TESTED_IN[dirname(path)] === undefined,
  );
  expect(without).toEqual([]);
});

it("the tests that the table names exist, and its folders need them", () => {
  const named = Object.values(TESTED_IN).flat();
  expect(named.filter((name) => !hasTest(name))).toEqual([]);
  const folders = new Set(
    SOURCES.filter((path) => ownTest(path) === undefined).map((path) => dirname(path)),
  );
  expect(Object.keys(TESTED_IN).filter((folder) => !folders.has(folder))).toEqual([]);
});
