/** What controls a daemon, over real files; its camera is a picture. */
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { capture } from '../../src/control/capture.ts';
import { RuntimeOptions } from '../../src/control/runtime-options.ts';
import type { ControlParts } from '../../src/control/verbs.ts';
import { Pause } from '../../src/pipeline/pause.ts';
import type { Look } from '../../src/pipeline/watch.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { frameOf, takenPicture } from './pictures.ts';
import { loaded } from './support.ts';

export async function startControl(stateDir?: string): Promise<ControlParts> {
  const { settings, effective } = loaded(stateDir ?? (await temporaryFolder()));
  const nothing = () => undefined;
  const common = { onAlert: nothing, clock: systemClock, log: silent };
  const pause = new Pause({ stateDir: settings.stateDir, onPause: nothing, onResume: nothing, ...common });
  const options = new RuntimeOptions({ settings, effective, onChange: nothing, ...common });
  await pause.start();
  await options.start();
  onTestFinished(() => pause.stop());
  const picture = await takenPicture();
  const look = () => {
    const observation = { visibility: 'ok', zones: { beach: { scores: { surfing: 0.8 } } } };
    return { frame: frameOf(picture), looked: { read: { head: 'head-1' }, observation } };
  };
  return {
    pause: request => pause.pause(request),
    resume: () => pause.resume(),
    capture: (request, signal) =>
      capture(
        {
          paused: () => pause.state,
          look: async () => look() as unknown as Look,
          keep: async () => 'kept',
          remember: () => undefined,
          thresholds: () => ({}),
          onlyZones: () => null,
        },
        request,
        signal,
      ),
    options: request => options.change(request),
    view: async forgotten => ({ pictures: 7, seconds: 70, forgotten }),
  };
}
