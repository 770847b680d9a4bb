// A state as text and back. The state's maps are marked; users' values are in it only as text, so
// nothing that a user sends can look like a mark.
import type { SessionState } from "./state.ts";

const MAP = "$map";

export function writeSnapshot(state: SessionState): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Map ? { [MAP]: [...value] } : value,
  );
}

export function readSnapshot(text: string): SessionState {
  return JSON.parse(text, (_key, value: unknown) =>
    isMarkedMap(value) ? new Map(value[MAP]) : value,
  ) as SessionState;
}

function isMarkedMap(value: unknown): value is { [MAP]: [unknown, unknown][] } {
  return typeof value === "object" && value !== null && Object.hasOwn(value, MAP);
}
