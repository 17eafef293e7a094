/** What controls a daemon, over real files; its camera is a picture. */

import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { capture } from '../../src/control/capture.ts';
import { RuntimeOptions } from '../../src/control/runtime-options.ts';
import type { ControlDeps } from '../../src/control/verbs.ts';
import { Pause } from '../../src/pipeline/pause.ts';
import type { ProcessedFrame } from '../../src/pipeline/processed-frame.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { frameOf, takenPicture } from './pictures.ts';
import { loaded } from './support.ts';

export async function startControl(stateDir?: string): Promise<ControlDeps> {
  const { settings, effective } = loaded(stateDir ?? (await temporaryFolder()));
  const nothing = () => undefined;
  const common = { onAlert: nothing, clock: systemClock, log: silent };
  const pause = new Pause({ stateDir: settings.stateDir, ...common });
  const options = new RuntimeOptions({ settings, effective, ...common });
  await pause.start();
  await options.start();
  onTestFinished(() => pause.stop());
  const picture = await takenPicture();
  const processed = () => {
    const observation = { visibility: 'ok', zones: { beach: { scores: { surfing: 0.8 } } } };
    return { frame: frameOf(picture), observed: { read: { head: 'head-1' }, observation } };
  };
  return {
    pause,
    capture: (request, signal) =>
      capture(
        {
          pause,
          captureNow: async () => processed() as unknown as ProcessedFrame,
          keep: async () => 'kept',
          remember: async () => undefined,
          thresholds: () => ({}),
          onlyZones: () => null,
        },
        request,
        signal,
      ),
    options,
    view: { describe: async forgotten => ({ pictures: 7, seconds: 70, forgotten }) },
  };
}
