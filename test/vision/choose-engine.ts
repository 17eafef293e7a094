/** Chooses an engine, and runs it, while the packages named do not load: `choose-engine.ts <engine> <package…>`. Answers in JSON. */
import { register } from 'node:module';
import { join } from 'node:path';
import { pino } from 'pino';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { checkGolden, type EngineName } from '../../src/vision/backbone.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';

const [engine = 'auto', ...absent] = process.argv.slice(2);
const hook = `
  export function resolve(name, context, next) {
    if (${JSON.stringify(absent)}.includes(name)) throw new Error('not on this machine');
    return next(name, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const warned: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void warned.push(JSON.parse(line).msg) });
try {
  const bundle = await loadBackboneBundle(join(SHIPPED_MODELS, 'backbone', 'surfwatch-mobilenetv2-v3'));
  const { backbone, why } = await createBackbone(bundle, { engine: engine as EngineName, threads: 1 }, log);
  await checkGolden(backbone);
  console.log(JSON.stringify({ engine: backbone.engine, why, warned }));
} catch (error) {
  if (!(error instanceof SurfwatchError)) throw error;
  console.log(JSON.stringify({ code: error.code, warned }));
}
