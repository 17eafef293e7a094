/** `surfwatch broker`: set up a broker for a network. */
import { access, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { replaceFile } from '../base/durable.ts';
import { isName } from '../config/name.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import {
  aclText,
  configText,
  type MosquittoUser,
  newPassword,
  passwordHash,
  ROLES,
  type Role,
} from '../messaging/mosquitto.ts';
import { addConfigOptions, type ConfigOptions, camerasFrom } from './options.ts';
import { wholeNumber } from './parse.ts';
import { printTable } from './table.ts';

interface MosquittoFlags extends ConfigOptions {
  readonly out: string;
  readonly users?: string;
  readonly tls?: readonly string[];
  readonly port?: number;
  readonly json: boolean;
}

/** The command `broker` with its subcommand `mosquitto`. */
export function brokerCommand(): Command {
  const command = new Command('broker').description('set up a broker for a network');
  command.addCommand(mosquittoCommand());
  return command;
}

function mosquittoCommand(): Command {
  return addConfigOptions(new Command('mosquitto'))
    .description(
      'write the settings, users and access rules that Mosquitto needs to serve boards on a network',
    )
    .requiredOption('--out <dir>', 'folder to write to, such as /etc/mosquitto/conf.d')
    .option('--users <name:role,...>', 'the users; default: the board, a reader and an operator')
    .option('--tls <file...>', "PEM files of the broker's certificate and its key")
    .option('--port <n>', 'TCP port; default: 8883 with TLS, else 1883', wholeNumber(1))
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(mosquitto);
}

const HELP = `
Writes surfwatch.conf, surfwatch.acl and surfwatch.passwords. Users that surfwatch.passwords has keep their password; others
get a new one, which is shown only once. Users who are no longer named are removed. From the settings (-c) it takes
fleet, site and discovery.prefix; in a fleet a board is named after its site, as is each of several cameras. Mosquitto must be able to read the files.

Roles:
${Object.entries(ROLES)
  .map(([role, doc]) => `  ${role.padEnd(10)}${doc}`)
  .join('\n')}

Examples:
  $ surfwatch broker mosquitto --out /etc/mosquitto/conf.d -c board.json
  $ surfwatch broker mosquitto --out conf.d --users pier:board,anna:reader,homeassistant:operator
  $ surfwatch broker mosquitto --out conf.d --set fleet=true --tls server.crt server.key
`;

async function mosquitto(flags: MosquittoFlags): Promise<void> {
  const { cameras } = camerasFrom(flags);
  const { fleet, site, discovery } = cameras[0].settings;
  const sites = cameras.map(({ settings }) => settings.site);
  const users = flags.users === undefined ? usualUsers(sites) : usersOf(flags.users);
  for (const { name, role } of users) {
    if (fleet && role === 'board' && !isName(name))
      throw refused(`"${name}" can be no site, so no board of a fleet`);
  }
  const tls = await tlsOf(flags.tls);
  const folder = resolve(flags.out);
  const path = (kind: string) => join(folder, `surfwatch.${kind}`);
  const files = { passwords: path('passwords'), acl: path('acl'), ...tls };
  const known = await hashesIn(files.passwords);
  const logins = users.map(user => ({ ...user, password: known.has(user.name) ? null : newPassword() }));
  const lines = logins.map(
    ({ name, password }) => `${name}:${password === null ? known.get(name) : passwordHash(password)}\n`,
  );
  const acl = aclText({ users, fleet, site, discoveryPrefix: discovery.prefix });
  try {
    await mkdir(folder, { recursive: true });
    await replaceFile(files.passwords, lines.join(''), 0o640);
    await replaceFile(files.acl, acl, 0o640);
    await replaceFile(path('conf'), configText(files, flags.port ?? (tls === undefined ? 1883 : 8883)));
  } catch (error) {
    throw refused(`${folder}: ${messageOf(error)}`, error);
  }
  if (flags.json) return console.log(JSON.stringify({ folder, users: logins }));
  console.log(`wrote surfwatch.conf, surfwatch.acl and surfwatch.passwords to ${folder}\n`);
  printTable(
    ['user', 'role', 'password'],
    logins.map(({ name, role, password }) => [name, role, password ?? '(as before)']),
  );
  if (tls === undefined) console.error('\nWithout --tls passwords and pictures can be read on their way.');
}

function usualUsers(sites: readonly string[]): MosquittoUser[] {
  return [
    ...sites.map((name): MosquittoUser => ({ name, role: 'board' })),
    { name: 'reader', role: 'reader' },
    { name: 'operator', role: 'operator' },
  ];
}

function usersOf(text: string): MosquittoUser[] {
  const users = text.split(',').map((one): MosquittoUser => {
    const [name = '', role = ''] = one.trim().split(':');
    if (!/^[\w.-]{1,64}$/.test(name))
      throw refused(`"${name}" can be no user: letters, digits, ".", "_" and "-"`);
    if (!isRole(role)) throw refused(`"${one}" needs one of the roles ${Object.keys(ROLES).join(', ')}`);
    return { name, role };
  });
  const twice = users.find(({ name }, i) => users.findIndex(other => other.name === name) !== i);
  if (twice !== undefined) throw refused(`"${twice.name}" is named twice`);
  return users;
}

function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

async function tlsOf(
  files: readonly string[] | undefined,
): Promise<{ cert: string; key: string } | undefined> {
  if (files === undefined) return undefined;
  const [cert, key] = files.map(file => resolve(file));
  if (cert === undefined || key === undefined || files.length > 2)
    throw refused('--tls takes a certificate and its key');
  for (const file of [cert, key]) {
    await access(file).catch(error => {
      throw refused(messageOf(error), error);
    });
  }
  return { cert, key };
}

/** By the name of the user; none where there is no such file. */
async function hashesIn(path: string): Promise<Map<string, string>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw refused(messageOf(error), error);
  });
  return new Map([...text.matchAll(/^([\w.-]+):(\$\S+)$/gm)].map(([, name = '', hash = '']) => [name, hash]));
}

function refused(why: string, cause?: unknown): SurfwatchError {
  return new SurfwatchError('broker-files-refused', why, { cause });
}
