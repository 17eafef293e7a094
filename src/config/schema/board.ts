/** Settings of the board as a whole: who it is, where it keeps things, what it logs. */
import { LOG_PARTS } from '../../base/log.ts';
import type { SettingTree } from '../setting.ts';

export const boardSchema = {
  site: {
    doc: 'Name of the beach, in every payload and in the topics of a fleet.',
    format: 'name',
    default: 'beach',
    required: true,
  },
  fleet: {
    doc: 'Several boards share one broker: topics begin with `surf/<site>` instead of `surf`.',
    format: 'switch',
    default: false,
  },
  stateDir: {
    doc: 'Folder for everything that must survive a restart. Created if it is missing.',
    format: 'path',
    default: null,
    none: 'derive',
    noneMeans: '`$STATE_DIRECTORY` under systemd, else `state` in the working directory',
  },
  log: {
    level: {
      doc: 'Least important messages that are logged.',
      format: 'choice',
      default: 'info',
      choices: {
        trace: 'every step of every frame',
        debug: 'every frame',
        info: 'what changes',
        warn: 'what works less well than it should',
        error: 'what does not work',
        fatal: 'what ends the program',
        silent: 'nothing',
      },
    },
    levels: {
      doc: 'Levels of single parts, which override `log.level`: `{"capture": "debug"}`.',
      format: 'levels',
      default: {},
      keys: LOG_PARTS,
    },
    format: {
      doc: 'How messages are written.',
      format: 'choice',
      default: 'auto',
      choices: {
        auto: '`pretty` on a terminal, else `json`',
        pretty: 'for people',
        json: 'one object a line',
      },
    },
  },
} as const satisfies SettingTree;
