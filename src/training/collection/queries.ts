/** What to search for. */
import { SurfwatchError } from '../../errors.ts';

export interface WantedClass {
  /** The name of its folder. */
  readonly name: string;
  readonly queries: readonly string[];
}

/** Several of each, and above all of `none`: what the daemon must not take for surfing is of many kinds. */
const DEFAULT_QUERIES: Readonly<Record<string, readonly string[]>> = {
  surfing: ['surfing wave', 'surfer riding a wave'],
  windsurfing: ['windsurfing', 'windsurfer'],
  kitesurfing: ['kitesurfing', 'kiteboarding'],
  none: [
    'empty beach',
    'people on a beach',
    'swimmers in the sea',
    'waves breaking',
    'sailing boats bay',
    'stand up paddle',
  ],
};

/** As class folders are named; nothing that leads out of the folder. */
const CLASS_NAME = /^[a-z][a-z0-9-]{0,39}(\+[a-z][a-z0-9-]{0,39})*$/;

/**
 * Reads `CLASS` or `CLASS=QUERY`, several of a class adding up.
 *
 * @throws SurfwatchError `collection-refused`
 */
export function wantedClasses(texts: readonly string[]): WantedClass[] {
  const wanted = new Map<string, string[]>();
  for (const text of texts) {
    const [, name = '', query] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
    if (!CLASS_NAME.test(name)) {
      throw new SurfwatchError('collection-refused', `${text}: ${name || 'nothing'} is no name of a class`);
    }
    const queries = query === undefined ? DEFAULT_QUERIES[name] : [query.trim()];
    if (queries === undefined || queries.includes('')) {
      const example = `${name}="stand up paddle"`;
      throw new SurfwatchError('collection-refused', `${text}: say what to search for, as in ${example}`);
    }
    wanted.set(name, [...new Set([...(wanted.get(name) ?? []), ...queries])]);
  }
  return [...wanted].map(([name, queries]) => ({ name, queries }));
}
