import type { Clock } from '../../ops/clock.ts';
import type { FrameSource } from '../source.ts';
import type { SimulatorOptions } from './options.ts';
import { createRenderer, type Renderer } from './render.ts';
import { sceneAt } from './scene.ts';
import { createScript } from './script.ts';

/**
 * A camera whose pictures are drawn. The simulation starts when the source is made and runs with the monotonic clock,
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
  return {
    kind: 'simulator',
    dropped: 0,
    grab: async signal => {
      signal.throwIfAborted();
      renderer ??= createRenderer();
      const ms = Math.round((deps.clock.monotonic() - startedAt) * options.speed);
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
