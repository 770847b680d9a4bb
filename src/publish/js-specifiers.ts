/** Types as TypeScript of every version and setting resolves them: a module is named by the file that it becomes. */
export function jsSpecifiers(types: string): string {
  return types.replaceAll(/((?:from |import\()"\.[^"]*)\.ts"/g, '$1.js"');
}
