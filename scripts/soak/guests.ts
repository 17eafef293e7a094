/** What people do to a board: look in every hour, label and retrain once a day. */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { defaultSettings } from '../../src/config/load.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { openRequester, type Requester } from '../../src/messaging/request.ts';

interface Next {
  readonly frames: readonly { readonly frame: string }[];
}

interface Status {
  readonly learning: { readonly training: { readonly state: string } } | null;
}

const LABELS = [[], ['surfing'], ['windsurfing'], ['kitesurfing']] as const;
const A_DAY = 8;

/** Somebody connects, looks around, sets something, takes a picture and leaves. What fails by the camera may. */
export async function visit(url: string, hour: number): Promise<void> {
  const guest = await openRequester({ ...defaultSettings().mqtt, url, base: 'surf', clock: systemClock });
  const ask = (verb: string, args: Readonly<Record<string, unknown>>) =>
    guest.request(verb, args).catch(() => undefined);
  try {
    await ask('models', {});
    await ask('options', { set: { 'activity.dwell': hour % 2 === 0 ? '2m' : '3m' } });
    await ask('pause', { for: '30s' });
    await ask('resume', {});
    await ask('capture', { jpeg: true });
    await ask('no-such-verb', { text: 'x'.repeat(10_000) });
  } finally {
    await guest.close();
  }
}

/** Labels some of the frames the board asks for, and has it train a head from them. @returns whether it did */
export async function labelAndRetrain(requester: Requester, day: number): Promise<boolean> {
  const { frames } = (await requester.request('next', { count: A_DAY })) as unknown as Next;
  for (const [index, { frame }] of frames.entries()) {
    const labels = LABELS[(index + day) % LABELS.length] ?? [];
    try {
      await requester.request('explain', { frame });
      await requester.request('label', { frame, labels, by: 'soak' });
    } catch (error) {
      // Minutes pass for the board between two requests: the frame may have made way.
      if (!(error instanceof SurfwatchError) || error.code !== 'label-frame-unknown') throw error;
    }
  }
  await requester.request('retrain', { epochs: 3 });
  for (let second = 0; second < 120; second++) {
    await delay(1_000);
    const { learning } = (await requester.request('status')) as unknown as Status;
    if (learning?.training.state !== 'running') return learning?.training.state !== 'failed';
  }
  return false;
}
