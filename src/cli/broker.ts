/** `surfwatch broker`: the users of the broker inside the daemon. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { systemClock } from '../base/clock.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { ROLES } from '../messaging/broker/access-table.ts';
import { isFilter } from '../messaging/broker/filters.ts';
import { hashPassword } from '../messaging/broker/password.ts';
import {
  changeUsers,
  checkName,
  readUsers,
  USER_ROLES,
  type User,
  type Users,
} from '../messaging/broker/users-file.ts';
import { addConfigOptions, type ConfigOptions, settingsFrom } from './options.ts';
import { printTable } from './table.ts';

const MIN_BYTES = 8;
const MAX_BYTES = 1024;

interface PasswdFlags extends ConfigOptions {
  readonly file?: string;
  readonly role?: User['role'];
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly passwordFile?: string;
  readonly delete: boolean;
  readonly list: boolean;
  readonly json: boolean;
}

/** The command `broker` with its subcommand `passwd`. */
export function brokerCommand(): Command {
  const command = new Command('broker').description('the users of the broker inside the daemon');
  command.addCommand(passwdCommand());
  return command;
}

function passwdCommand(): Command {
  return addConfigOptions(new Command('passwd'))
    .description('add a user, give one a new password or role, remove or list them')
    .argument('[name]', 'name of the user')
    .option('--file <file>', 'the users file; default: broker.usersFile of the settings')
    .addOption(new Option('--role <role>', 'what the user is for; a new one is a reader').choices(USER_ROLES))
    .option('--read <filters...>', 'topic filters to read beside what the role allows; "" for none')
    .option('--write <filters...>', 'topic filters to write beside what the role allows; "" for none')
    .option(
      '--password-file <file>',
      'take the password from the first line of a file; "-" is standard input',
    )
    .addOption(new Option('--delete', 'remove the user').default(false).conflicts(['role', 'list']))
    .option('--list', 'list the users', false)
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(passwd);
}

const HELP = `
The password is asked for twice, and not shown. Where the input is no terminal, its first line is taken. The file keeps
an scrypt hash of it. A running daemon reads the file again within seconds; it must be able to: run this as its user.
With --role, --read or --write a user that is there keeps its password, unless --password-file is given.

Roles:
${USER_ROLES.map(role => `  ${role.padEnd(13)}${ROLES[role]}`).join('\n')}

Examples:
  $ surfwatch broker passwd anna --role labeller -c board.json
  $ surfwatch broker passwd homeassistant --role integration --file /etc/surfwatch/users.json
  $ surfwatch broker passwd anna --read 'weather/#' --file users.json
  $ surfwatch broker passwd anna --delete --file users.json
  $ surfwatch broker passwd --list --file users.json
`;

async function passwd(name: string | undefined, flags: PasswdFlags): Promise<void> {
  const path = flags.file ?? settingsFrom(flags).settings.broker.usersFile;
  if (path === undefined) {
    throw new SurfwatchError('broker-users-invalid', 'which file: give --file, or set broker.usersFile');
  }
  if (flags.list || name === undefined) return list(await readUsers(path, true), flags.json);
  checkName(name);
  if (flags.delete) {
    await changeUsers(path, users => without(users, name, path), { clock: systemClock });
    return say(flags, { user: name, removed: true }, `removed ${name} from ${path}`);
  }
  const known = (await readUsers(path, true))[name];
  const given = await givenOf(known, flags);
  const become: { user?: User } = {};
  await changeUsers(
    path,
    users => {
      become.user = changed(users[name], given, `${path} has no user "${name}" any more`);
      return { ...users, [name]: become.user };
    },
    { clock: systemClock, orNone: true },
  );
  const role = become.user?.role;
  const done = known === undefined ? 'added' : 'changed';
  say(flags, { user: name, role, done }, `${done} ${name}, ${role}, in ${path}`);
}

function without(users: Users, name: string, path: string): Users {
  if (users[name] === undefined)
    throw new SurfwatchError('broker-user-unknown', `${path} has no user "${name}"`);
  const { [name]: _removed, ...others } = users;
  return others;
}

/** What the flags change of a user; the rest stays. */
async function givenOf(known: User | undefined, flags: PasswdFlags): Promise<Partial<User>> {
  const read = filtersOf(flags.read);
  const write = filtersOf(flags.write);
  const isOther = flags.role !== undefined || read !== undefined || write !== undefined;
  const keeps = known !== undefined && isOther && flags.passwordFile === undefined;
  return {
    ...(flags.role !== undefined && { role: flags.role }),
    ...(read !== undefined && { read }),
    ...(write !== undefined && { write }),
    ...(!keeps && { password: await hashPassword(await newPassword(flags.passwordFile)) }),
  };
}

/** The file may have changed since the password was asked for. */
function changed(before: User | undefined, given: Partial<User>, gone: string): User {
  const password = given.password ?? before?.password;
  if (password === undefined) throw new SurfwatchError('broker-user-unknown', gone);
  return { ...(before ?? { role: 'reader', read: [], write: [] }), ...given, password };
}

function filtersOf(given: readonly string[] | undefined): string[] | undefined {
  const filters = given?.filter(filter => filter !== '');
  const wrong = filters?.find(filter => !isFilter(filter));
  if (wrong !== undefined) throw new SurfwatchError('broker-users-invalid', `"${wrong}" is no topic filter`);
  return filters;
}

async function newPassword(file: string | undefined): Promise<Buffer> {
  const password = Buffer.from(await passwordText(file));
  if (password.length < MIN_BYTES || password.length > MAX_BYTES) {
    const what = `the password has ${password.length} bytes`;
    throw new SurfwatchError('broker-password-refused', `${what}; ${MIN_BYTES} to ${MAX_BYTES} are needed`);
  }
  return password;
}

async function passwordText(file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') {
    try {
      return firstLine(await readFile(file, 'utf8'));
    } catch (error) {
      throw new SurfwatchError('broker-password-refused', `${file}: ${messageOf(error)}`, { cause: error });
    }
  }
  if (file === '-' || !process.stdin.isTTY) return firstLine(await textOf(process.stdin));
  const first = await ask('Password: ');
  if ((await ask('Again: ')) === first) return first;
  throw new SurfwatchError('broker-password-refused', 'the two times differ');
}

function firstLine(text: string): string {
  return text.split(/\r?\n/)[0] ?? '';
}

/** Without showing what is typed. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      const stopped = () => reject(new SurfwatchError('broker-password-refused', 'nothing was typed'));
      lines.once('SIGINT', stopped);
      lines.once('close', stopped);
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

function list(users: Users, json: boolean): void {
  const rows = Object.entries(users).map(([name, { role, read, write }]) => ({ name, role, read, write }));
  if (json) console.log(JSON.stringify({ users: rows }));
  else if (rows.length === 0) console.log('there are no users');
  else {
    printTable(
      ['user', 'role', 'reads also', 'writes also'],
      rows.map(({ name, role, read, write }) => [name, role, read.join(' '), write.join(' ')]),
    );
  }
}

function say(flags: PasswdFlags, json: object, text: string): void {
  console.log(flags.json ? JSON.stringify(json) : text);
}
