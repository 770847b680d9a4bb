// The choices above a view: selects, inputs and ticks. What is chosen stands in the address.
import { el } from "../dom/el.ts";
import type { Field } from "./field.ts";
import type { Choices } from "./route.ts";

export function filters(
  fields: readonly Field[],
  choices: Choices,
  choose: (changes: Choices) => void,
  ...more: Node[]
): HTMLElement {
  const form = el(
    "form",
    "filters",
    ...fields.map((field) => control(field, choices, choose)),
    ...more,
  );
  form.setAttribute("aria-label", "What is shown");
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

function control(field: Field, choices: Choices, choose: (changes: Choices) => void): HTMLElement {
  const { name, label } = field;
  const chosen = choices[name] ?? "";
  const id = `choose-${name}`;
  switch (field.kind) {
    case "select": {
      const select = el("select", "");
      select.id = id;
      const known = field.options.some(({ value }) => value === chosen);
      const options = known ? field.options : [...field.options, { value: chosen, label: chosen }];
      for (const { value, label } of options) {
        const option = el("option", "", label);
        option.value = value;
        option.selected = value === chosen;
        select.append(option);
      }
      select.addEventListener("change", () => choose({ [name]: select.value }));
      return el("label", "", label, select);
    }
    case "text": {
      const input = el("input", "");
      input.id = id;
      input.type = "search";
      input.value = chosen;
      input.placeholder = field.placeholder;
      input.addEventListener("change", () => choose({ [name]: input.value.trim() }));
      return el("label", "", label, input);
    }
    case "tick": {
      const input = el("input", "");
      input.id = id;
      input.type = "checkbox";
      input.checked = chosen === "1";
      input.addEventListener("change", () => choose({ [name]: input.checked ? "1" : "" }));
      return el("label", "check", input, label);
    }
  }
}
