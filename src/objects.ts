// Durable Objects by name and by id, and where they are. The one place that makes their ids: an object
// that is reached by its name is made where DO_JURISDICTION says, or not at all.
import type { ObjectsOf } from "./bindings.ts";
import type { StorageSetting } from "./settings/storage.ts";

export interface Objects<Calls> {
  byName: (name: string) => Calls;
  /** With its id, as hex text. */
  named: (name: string) => { id: string; calls: Calls };
  /** Of an object that is there already, and stays where it was made: its id says where. */
  byId: (hex: string) => Calls;
}

export function objectsOf<Calls>(all: ObjectsOf<Calls>, storage: StorageSetting): Objects<Calls> {
  let within: ObjectsOf<Calls> | undefined;
  const namespace = (): ObjectsOf<Calls> => {
    switch (storage.kind) {
      case "anywhere":
        return all;
      case "within":
        return (within ??= all.jurisdiction(storage.jurisdiction));
      case "unusable":
        throw new Error("DO_JURISDICTION can't be used as it is set");
    }
  };
  const named = (name: string): { id: string; calls: Calls } => {
    const objects = namespace();
    const id = objects.idFromName(name);
    return { id: id.toString(), calls: objects.get(id) };
  };
  return {
    named,
    byName: (name) => named(name).calls,
    // By no jurisdiction's namespace: it would not take the id of an object that was made before the
    // setting changed, and what that one holds would never be delivered.
    byId: (hex) => all.get(all.idFromString(hex)),
  };
}
