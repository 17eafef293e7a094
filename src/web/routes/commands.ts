/** The commands of the daemon, as over MQTT. */
import type { Logger } from 'pino';
import * as z from 'zod';
import type { Clock } from '../../base/clock.ts';
import { SurfwatchError } from '../../errors.ts';
import { outcomeOf } from '../../messaging/outcome.ts';
import type { CommandRegistry } from '../../messaging/verbs.ts';
import { mayDo } from '../access.ts';
import { defineRoute, type Route } from '../route.ts';

export interface CommandRoutesDeps {
  readonly commands: Pick<CommandRegistry, 'verb'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Those that change nothing and give no picture away that the role could not see. */
const LOOK_VERBS: readonly string[] = ['status', 'models', 'next', 'explain'];
const MOST_RUNNING = 16;

export function commandRoutes({ commands, clock, log }: CommandRoutesDeps): readonly Route[] {
  let running = 0;
  return [
    defineRoute({
      method: 'post',
      path: '/commands/:verb',
      role: 'look',
      doc: `Carries a command out; the body is its arguments, the answer its \`data\`, both as over MQTT ([mqtt.md](mqtt.md)). ${LOOK_VERBS.map(verb => `\`${verb}\``).join(', ')} need \`look\`, all others \`operate\`.`,
      body: z.record(z.string(), z.unknown()),
      answer: z.record(z.string(), z.unknown()),
      run: async ({ params: { verb: name = '' }, body, role }) => {
        if (!LOOK_VERBS.includes(name) && !mayDo(role, 'operate')) {
          throw new SurfwatchError('web-forbidden', 'your login may look only');
        }
        const verb = commands.verb(name);
        const args = name === 'label' ? { way: 'page', ...body } : body;
        if (running >= MOST_RUNNING)
          throw new SurfwatchError('command-busy', 'too many commands at one time');
        running += 1;
        try {
          const outcome = await outcomeOf(name, signal => verb.run(args, signal), { clock, log });
          if ('fault' in outcome) throw outcome.fault;
          return outcome.data;
        } finally {
          running -= 1;
        }
      },
    }),
  ];
}
