// The name of a dead letter: its object's id and its number there. Pure. Whoever has the name still has to hold
// the keys of its project: the object itself compares.

export interface LetterId {
  object: string;
  ordinal: number;
}

const ID = /^([0-9a-f]{64})\.(\d{1,15})$/;

export function letterId({ object, ordinal }: LetterId): string {
  return `${object}.${ordinal}`;
}

export function parseLetterId(text: string): LetterId | undefined {
  const [, object, ordinal] = ID.exec(text) ?? [];
  return object === undefined ? undefined : { object, ordinal: Number(ordinal) };
}

/** The numbers by object. */
export function byObject(ids: readonly LetterId[]): Map<string, number[]> {
  const grouped = new Map<string, number[]>();
  for (const { object, ordinal } of ids) {
    const ordinals = grouped.get(object);
    if (ordinals === undefined) grouped.set(object, [ordinal]);
    else if (!ordinals.includes(ordinal)) ordinals.push(ordinal);
  }
  return grouped;
}
