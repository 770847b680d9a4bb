// The form that asks for a read token: shown where the edge refuses to answer without one.
import { commandLines, el } from "../dom/el.ts";
import { command } from "./command.ts";
import { type Credential, readPasted } from "./fragment.ts";
import type { Problem } from "./problem.ts";

/** `signIn` gets what was pasted, if it may be a token or a link. */
export function signInForm(
  { title, advice }: Problem,
  signIn: (credential: Credential) => void,
): HTMLElement {
  const input = el("input", "");
  input.id = "token";
  input.type = "password";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.required = true;
  const label = el("label", "", "Read token, or the whole link");
  label.htmlFor = input.id;
  const wrong = el("p", "bad");
  wrong.setAttribute("role", "alert");
  const submit = el("button", "primary", "Sign in");
  submit.type = "submit";
  const form = el("form", "sign-in", label, input, wrong, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const credential = readPasted(input.value);
    if (credential === undefined) {
      wrong.textContent =
        "This is no token. It is one long word with two dots, or a link that ends in one.";
      input.focus();
      return;
    }
    signIn(credential);
  });
  return el(
    "section",
    "card narrow",
    el("h2", "", title),
    el("p", "soft", advice.replaceAll("`", "")),
    el("p", "", "On a machine with the project's keys in its environment:"),
    commandLines(command("dashboard")),
    form,
    el(
      "p",
      "soft",
      "The token stays in this tab and goes to this edge only. It reads this project's figures and can change nothing.",
    ),
  );
}
