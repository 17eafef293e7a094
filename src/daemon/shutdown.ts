/** What has to be closed at the end, last opened first. */
export class Shutdown {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #done: Promise<void> | undefined;

  /** To be called as soon as a part is open. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** Takes every step, whatever becomes of the others. Safe to call twice. @throws what the first that failed threw */
  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.#steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
