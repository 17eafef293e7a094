/** Retained messages of clients, within bounds. The daemon's own are not among them: it says them anew when it starts. */
import type { BrokerOptions } from '../options.ts';
import type { Retained } from './broker-file.ts';

export class RetainedMessages {
  readonly #bounds: Pick<BrokerOptions, 'maxRetained' | 'maxRetainedBytes'>;
  readonly #byTopic = new Map<string, Retained>();
  #bytes = 0;

  constructor(bounds: Pick<BrokerOptions, 'maxRetained' | 'maxRetainedBytes'>) {
    this.#bounds = bounds;
  }

  get all(): Retained[] {
    return [...this.#byTopic.values()];
  }

  on(topic: string): Retained | undefined {
    return this.#byTopic.get(topic);
  }

  /** @returns false where there is no room; the one before it then stays */
  set(message: Retained): boolean {
    const before = this.#byTopic.get(message.topic);
    const bytes = this.#bytes + sizeOf(message) - (before === undefined ? 0 : sizeOf(before));
    const isNewAndFull = before === undefined && this.#byTopic.size >= this.#bounds.maxRetained;
    if (isNewAndFull || bytes > this.#bounds.maxRetainedBytes) return false;
    this.#byTopic.set(message.topic, message);
    this.#bytes = bytes;
    return true;
  }

  /** @returns whether there was one */
  delete(topic: string): boolean {
    const before = this.#byTopic.get(topic);
    if (before !== undefined) this.#bytes -= sizeOf(before);
    return this.#byTopic.delete(topic);
  }
}

function sizeOf({ topic, payload }: Retained): number {
  return payload.length + Buffer.byteLength(topic);
}
