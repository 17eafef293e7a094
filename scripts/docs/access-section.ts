/** The tables of access in `docs/security.md`, from what the embedded broker decides by. */
import {
  OTHER_TOPICS,
  OTHER_VERBS,
  ROLES,
  type Role,
  type Rule,
  TOPIC_ACCESS,
  VERB_ACCESS,
} from '../../src/messaging/broker/access-table.ts';

const START = '<!-- Made from src/messaging/broker/access-table.ts by `npm run docs`. Change it there. -->';
const END = '<!-- The made part ends here. -->';

/** @param page as it is; the part between its two marks is made anew */
export function withAccessTables(page: string): string {
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/security.md lacks the marks of its tables');
  return `${before}${START}\n\n${roleTable()}\n${topicTable()}\n${verbTable()}\n${END}${after}`;
}

function roleTable(): string {
  const rows = Object.entries(ROLES).map(([role, doc]) => `| \`${role}\` | ${doc} |`);
  return ['| role | |', '| --- | --- |', ...rows, ''].join('\n');
}

function topicTable(): string {
  const below = Object.entries(TOPIC_ACCESS).map(([name, rules]) => ({ topic: `<base>/${name}`, ...rules }));
  const beyond = OTHER_TOPICS.map(({ filter, ...rules }) => ({
    topic: filter === '#' ? 'all others' : filter,
    ...rules,
  }));
  const rows = [...below, ...beyond].map(({ topic, read, write }) => {
    const name = topic === 'all others' ? topic : `\`${topic}\``;
    return `| ${name} | ${who(read)} | ${who(write)} |`;
  });
  return ['| topic | read | write |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function verbTable(): string {
  const rows = Object.entries(VERB_ACCESS).map(([verb, roles]) => {
    return `| ${verb === 'unknown' ? 'one that cannot be read' : `\`${verb}\``} | ${who(roles)} |`;
  });
  return ['| verb | |', '| --- | --- |', ...rows, `| any other | ${who(OTHER_VERBS)} |`, ''].join('\n');
}

function who(rule: Rule): string {
  if (rule === 'by verb') return 'by verb';
  const most: readonly Role[] = ['anonymous', 'reader', 'integration', 'labeller', 'operator'];
  if (most.every(role => rule.includes(role))) return 'all but `listed`';
  return rule.length === 0 ? 'nobody but the daemon' : rule.join(', ');
}
