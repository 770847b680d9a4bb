// `llms.txt` as an edge serves it, where the pages that it names are not: their links lead to the
// repository, or, while the package names none, are paths in it. Pure.

const PAGE_LINK = /\[([^\]]*)\]\(((?!https?:)[^)\s]+)\)/g;

/** `repository`: what package.json says; text, or an object with its `url`. */
export function servedLlms(text: string, repository: unknown): string {
  const base = webAddress(repository);
  return text.replaceAll(PAGE_LINK, (_, title: string, path: string) =>
    base === undefined ? `${title} (\`${path}\`)` : `[${title}](${base}/blob/main/${path})`,
  );
}

function webAddress(repository: unknown): string | undefined {
  const given =
    typeof repository === "object" && repository !== null && "url" in repository
      ? repository.url
      : repository;
  if (typeof given !== "string") return undefined;
  const url = given.replace(/^git\+/, "").replace(/\.git$/, "");
  return url.startsWith("https://") ? url : undefined;
}
