const cleanups: (() => unknown)[] = [];

/**
 * Runs when the tests of the file are over, last first. Files share modules: of an `afterAll` at the top of one that several
 * import, only the first would know.
 */
export function atEnd(clean: () => unknown): void {
  cleanups.push(clean);
}

export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0).reverse()) await clean();
}
