// The paths of DROP_FIELDS: fields of an action that never get past the edge. Names are compared
// without regard to case; a name with a dot in it is written `a\.b`.

/** A name in lower case, any one name, or any number of names. */
type Part = { name: string } | "any" | "deep";
export interface DropPath {
  /** The action's field in which the path begins. */
  root: (typeof DROPPABLE)[number];
  /** Empty for the whole field. */
  parts: readonly Part[];
}

/** The fields that may hold what users said. */
export const DROPPABLE = [
  "input",
  "output",
  "metadata",
  "statusMessage",
  "comment",
  "tags",
  "modelParameters",
  "userId",
] as const;

const MAX_PATHS = 100;
const MAX_PARTS = 20;

/** The paths, or the fault of the first that is malformed. */
export function readDropPaths(
  items: readonly string[],
): { paths: DropPath[] } | { problem: string } {
  if (items.length > MAX_PATHS) return { problem: `has more than ${MAX_PATHS} paths` };
  const paths: DropPath[] = [];
  for (const [index, item] of items.entries()) {
    const parts = item
      .split(/(?<!\\)\./)
      .map((part) => part.replaceAll("\\.", ".").trim().toLowerCase());
    const [first = "", ...rest] = parts;
    const path = rest.map((name): Part =>
      name === "*" ? "any" : name === "**" ? "deep" : { name },
    );
    const where = `path ${index + 1}`;
    if (parts.includes("")) return { problem: `${where} has an empty part` };
    if (parts.length > MAX_PARTS) return { problem: `${where} has more than ${MAX_PARTS} parts` };
    if (path.at(-1) === "deep") return { problem: `${where} ends in **; end it in a name or *` };
    const roots = DROPPABLE.filter((root) => first.startsWith("*") || root.toLowerCase() === first);
    if (roots.length === 0 || (first === "*" && path.length === 0)) {
      return { problem: `${where} must begin with ${DROPPABLE.join(", ")}, * or **` };
    }
    // Behind `**` a name may be the root itself, or stand anywhere in it.
    const deep: Part[] = first === "**" ? ["deep"] : [];
    for (const root of roots) paths.push({ root, parts: [...deep, ...path] });
    if (first === "**") paths.push(...rootsNamed(path));
  }
  return { paths };
}

function rootsNamed([part, ...rest]: readonly Part[]): DropPath[] {
  if (typeof part !== "object") return [];
  const roots = DROPPABLE.filter((root) => root.toLowerCase() === part.name);
  return roots.map((root) => ({ root, parts: rest }));
}
