/**
 * fast-check with one seed for every property, so that a test that passed passes again; SURFWATCH_FUZZ_SEED takes another,
 * and `random` a new one each time, which a failure then names.
 */
import fc from 'fast-check';

const seed = process.env.SURFWATCH_FUZZ_SEED ?? '1';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

export { fc };
