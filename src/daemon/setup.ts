/** How the page sets the daemon up: tries cameras and brokers beside those in use, and hands a saved config over. */
import { systemClock } from '../base/clock.ts';
import { partLogger } from '../base/log.ts';
import { createSource } from '../capture/create.ts';
import { nest } from '../config/effective.ts';
import { SETTINGS, settingAt } from '../config/schema.ts';
import { defaultSource } from '../config/source.ts';
import { shownAt } from '../control/describe-options.ts';
import { shownPicture } from '../control/shown-picture.ts';
import { connectAnyVersion } from '../messaging/any-version.ts';
import type { FrameLoop } from '../pipeline/frame-loop.ts';
import { grabOnce } from '../pipeline/one-frame.ts';
import { decodeFrame, PICTURE_LIMITS } from '../vision/decode.ts';
import type { PageDeps } from '../web/page.ts';
import type { Foundation } from './foundation.ts';

/** Pixels: enough to judge a camera by. */
const WIDTH = 1280;
const QUALITY = 80;
const LONGEST_WAIT_MS = 20_000;
const MOST_PACKET_BYTES = 1_048_576;
const GOODBYE_MS = 1_000;

export function setupOf(
  { shared, deps, log: root, options, messaging, newId }: Foundation,
  frameLoop: FrameLoop,
  onlyZones: PageDeps['onlyZones'],
): PageDeps['setup'] {
  const { source = defaultSource(), restart } = deps;
  const log = partLogger(root, 'capture');

  /** That in use gives its next picture; a second program could not open it. */
  const pictureOf = async (camera: typeof options.settings.camera, signal: AbortSignal) => {
    if (JSON.stringify(camera) === JSON.stringify(options.settings.camera)) {
      return (await frameLoop.captureNow(signal)).frame;
    }
    const timeoutMs = Math.min(camera.timeoutMs, LONGEST_WAIT_MS);
    const source = createSource(camera, { clock: systemClock, log });
    return grabOnce(source, { clock: systemClock, timeoutMs, newId }, signal);
  };

  return {
    source,
    isList: shared.isList,
    inForce: () => {
      const configured = new Map(options.effective.map(one => [one.path, one.shown]));
      // Where a secret is from is said by the configuration alone.
      const shown = (path: string) =>
        isAboutSecret(path) ? (configured.get(path) ?? null) : shownAt(options.settings, path);
      return nest(SETTINGS.map(({ path }) => ({ path, shown: shown(path), source: '' })));
    },
    reload: shared.reload,
    ...(restart !== undefined && { restart }),
    tryCamera: async (camera, signal) => {
      const { bytes } = await pictureOf(camera, signal);
      // Anything may come from a camera: it is decoded within limits before it is shown.
      await decodeFrame(bytes, PICTURE_LIMITS);
      return shownPicture(bytes, { width: WIDTH, quality: QUALITY, onlyZones: onlyZones() });
    },
    tryBroker: async mqtt => {
      if (mqtt.url === '') return messaging.address;
      const { connection, address } = await connectAnyVersion(mqtt, MOST_PACKET_BYTES, () => undefined);
      await connection.close(GOODBYE_MS);
      return address;
    },
  };
}

/** A secret, or its sibling that names a file. */
function isAboutSecret(path: string): boolean {
  return settingAt(path)?.sensitive === true || settingAt(path.replace(/File$/, ''))?.sensitive === true;
}
