// Tables: of figures, with a heading for each column and each row. Narrow pages scroll the table, not themselves.
import { type Child, el } from "./el.ts";

export interface Column<Row> {
  title: string;
  /** Numbers stand to the right. */
  isNumber?: boolean;
  cell: (row: Row) => Child;
}

/** `caption`: what the table is, for those who hear it. The first column is each row's heading. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): HTMLElement {
  const headings = columns.map(({ title, isNumber }) => {
    const cell = el("th", isNumber === true ? "number" : "", title);
    cell.scope = "col";
    return cell;
  });
  const body = rows.map((row) =>
    el(
      "tr",
      "",
      ...columns.map(({ cell, isNumber }, index) => {
        const content = cell(row);
        if (index > 0) return el("td", isNumber === true ? "number" : "", content);
        const heading = el("th", "", content);
        heading.scope = "row";
        return heading;
      }),
    ),
  );
  const title = el("caption", "unseen", caption);
  const all = el(
    "table",
    "",
    title,
    el("thead", "", el("tr", "", ...headings)),
    el("tbody", "", ...body),
  );
  const box = el("div", "scroller", all);
  // A keyboard can scroll what can be focused.
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", `${caption} (table)`);
  return box;
}
