import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { Control } from '../../src/control/control.ts';
import type { Messaging } from '../../src/messaging/messaging.ts';
import { openRequester } from '../../src/messaging/request.ts';
import type { Look } from '../../src/pipeline/watch.ts';
import { listener, startMessaging } from '../messaging/support.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { frameOf, takenPicture } from './pictures.ts';
import { loaded } from './support.ts';

const picture = await takenPicture();

function look(changed = false): Look {
  const step = { changed: { beach: changed, zones: [] } };
  return {
    frame: frameOf(picture),
    looked: { read: {}, observation: { visibility: 'ok', zones: {} } },
    step,
  } as unknown as Look;
}

/** A control with a broker, of a daemon whose camera is a picture. */
async function controlled(stateDir: string) {
  const told: string[] = [];
  const log = createLogger({ level: 'silent', levels: {}, format: 'json' });
  const control: Control = new Control({
    ...loaded(stateDir, ['snapshot.width=64']),
    zones: [],
    messaging: (): Messaging => messaging,
    onPause: () => void told.push('pause'),
    onResume: () => void told.push('resume'),
    onSettings: (_, paths) => void told.push(paths.join()),
    look: async () => look(),
    keep: async () => 'kept',
    remember: () => undefined,
    thresholds: () => ({}),
    view: async forgotten => ({ pictures: 0, seconds: 0, forgotten }),
    clock: systemClock,
    log,
  });
  const messaging = await startMessaging({ verbs: control.verbs });
  await control.start();
  const watching = await listener(messaging.address);
  const asking = await openRequester({
    ...DEFAULTS.mqtt,
    url: messaging.address,
    base: 'surf',
    clock: systemClock,
  });
  const pictures = () =>
    watching.received
      .filter(({ topic }) => topic === 'surf/snapshot')
      .map(({ packet }) => packet.payload.length);
  return { control, messaging, watching, asking, told, log, pictures };
}

test('settings take effect at once: the log, the pictures, and what the daemon is told of', async () => {
  const { control, asking, told, log, pictures, messaging } = await controlled(await temporaryFolder());
  control.seen(look(true));
  await asking.request('options', { set: { 'snapshot.publish': true, 'log.level': 'error' } });
  expect([log.level, told]).toEqual(['error', ['log.level,snapshot.publish']]);
  expect(pictures()).toEqual([]);
  control.seen(look());
  await until(() => pictures().length === 1, 'a picture');
  expect(pictures()[0]).toBeGreaterThan(500);
  await asking.request('options', { reset: ['snapshot'] });
  await until(() => pictures().length === 2, 'its removal');
  expect(pictures()[1]).toBe(0);
  control.seen(look(true));
  expect(await messaging.flush(5_000)).toBe(true);
  await control.stop();
  expect(pictures()).toHaveLength(2);
});

test('a picture that shows too much goes away when pictures are to be masked', async () => {
  const { asking, control, pictures } = await controlled(await temporaryFolder());
  await asking.request('options', { set: { 'snapshot.publish': true } });
  control.seen(look());
  await until(() => pictures().length === 1, 'a picture');
  await asking.request('options', { set: { 'learning.pixelate': true } });
  await until(() => pictures().length === 2, 'its removal');
  expect(pictures()[1]).toBe(0);
  await control.stop();
});

test('a pause takes the picture away, and nothing is shown or taken until it ends; over a restart too', async () => {
  const folder = join(await temporaryFolder(), 'state');
  const first = await controlled(folder);
  await first.asking.request('options', { set: { 'snapshot.publish': true } });
  first.control.seen(look());
  await until(() => first.pictures().length === 1, 'a picture');
  await first.asking.request('pause', { for: '1h' });
  await until(() => first.pictures().length === 2, 'its removal');
  expect(first.pictures()[1]).toBe(0);
  first.control.seen(look(true));
  await first.control.stop();
  await first.messaging.stop();
  expect(first.pictures()).toHaveLength(2);

  const second = await controlled(folder);
  expect(second.told).toEqual(['snapshot.publish', 'pause']);
  expect(second.control.paused).not.toBeNull();
  await second.asking.request('resume');
  expect(second.told.at(-1)).toBe('resume');
  second.control.seen(look());
  await until(() => second.pictures().some(bytes => bytes > 0), 'a picture again');
  await second.control.stop();
});
