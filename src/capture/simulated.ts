import type { Clock } from '../base/clock.ts';
import { type Footage, openFootage } from '../simulator/footage.ts';
import type { SimulatorOptions } from '../simulator/options.ts';
import { createRenderer, type Renderer } from '../simulator/render.ts';
import { sceneAt } from '../simulator/scene.ts';
import { createScript } from '../simulator/script.ts';
import type { FrameSource } from './source.ts';

/**
 * A camera whose pictures are drawn, or real ones between them where it is given some: `footage:frame_0093.jpg`. The simulation starts when the source is made and runs with the monotonic clock,
 * closed or not; each picture's origin tells its moment in milliseconds: `simulator:demo?seed=1&ms=12345`.
 */
export function createSimulatorSource(
  options: SimulatorOptions,
  deps: { readonly clock: Clock },
): FrameSource {
  const script = createScript(options);
  const startedAt = deps.clock.monotonic();
  const name = typeof options.script === 'string' ? options.script : 'script';
  let renderer: Renderer | undefined;
  let footage: Footage | undefined;
  return {
    kind: 'simulator',
    dropped: 0,
    grab: async signal => {
      signal.throwIfAborted();
      renderer ??= createRenderer();
      if (options.footage !== undefined) footage ??= await openFootage(options.footage, script.blockMs);
      const elapsedMs = Math.round((deps.clock.monotonic() - startedAt) * options.speed);
      const moment = footage?.at(elapsedMs) ?? { ms: elapsedMs };
      if ('frame' in moment && footage !== undefined)
        return { bytes: await footage.read(moment.frame), origin: `footage:${moment.frame}` };
      const ms = 'ms' in moment ? moment.ms : elapsedMs;
      const bytes = await renderer.jpeg(sceneAt(options, script, ms));
      signal.throwIfAborted();
      return { bytes, origin: `simulator:${name}?seed=${options.seed}&ms=${ms}` };
    },
    close: async () => {
      // Its kept backgrounds are all it holds.
      renderer = undefined;
    },
  };
}
