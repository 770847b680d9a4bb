/** Whether so many insertions, deletions, replacements or swaps of neighbours suffice. */
export function withinEdits(a: string, b: string, edits: number): boolean {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  const [x, y] = [a.slice(same), b.slice(same)];
  if (x.length === 0 || y.length === 0) return x.length + y.length <= edits;
  if (edits === 0) return false;
  const left = edits - 1;
  return (
    withinEdits(x.slice(1), y.slice(1), left) ||
    withinEdits(x.slice(1), y, left) ||
    withinEdits(x, y.slice(1), left) ||
    (x[0] === y[1] && x[1] === y[0] && withinEdits(x.slice(2), y.slice(2), left))
  );
}
