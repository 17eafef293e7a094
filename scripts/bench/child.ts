/** Child processes that measure, so that each thing has its own memory. They run bundled, as the product does. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { bundle } from '../build.js';

/** Bundles the children. @returns the folder that holds them */
export async function buildChildren(): Promise<string> {
  const folder = join(PACKAGE_ROOT, '.cache', 'bench');
  const names = ['path', 'parts', 'peers'];
  await bundle(folder, Object.fromEntries(names.map(name => [name, `scripts/bench/${name}.ts`])));
  return folder;
}

/** A child that answers one question at a time. */
export class Child<Reply> {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(built: string, name: string, args: readonly string[]) {
    const file = join(built, `${name}.js`);
    // What native libraries say about themselves is of no use here.
    this.#process = fork(file, [...args, 'child'], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    this.#process.stderr?.on('data', data => {
      said = `${said}${data}`.slice(-4_000);
    });
    this.#process.on('exit', code => {
      if (code) console.error(said);
    });
    this.#ended = once(this.#process, 'exit').then(([code]) => {
      throw new Error(`a measuring process ended with ${code}`);
    });
    // Whoever asks is told; one that ends when it is done is no failure.
    this.#ended.catch(() => undefined);
  }

  async ask(question: unknown): Promise<Reply> {
    const answered = once(this.#process, 'message');
    this.#process.send(question as object);
    const [reply] = await Promise.race([answered, this.#ended]);
    return reply as Reply;
  }

  end(): void {
    this.#process.disconnect();
  }
}
