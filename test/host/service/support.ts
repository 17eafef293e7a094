/** A real receiver of datagrams, in place of systemd. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Perl, as Node.js has no datagram sockets of that family. Every Debian has it. */
const RECEIVER = `
use strict; use warnings; use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
print "listening\\n";
while (defined recv($s, my $m, 65536, 0)) { $m =~ s/\\n/|/g; print "$m\\n" unless $m eq 'BARRIER=1'; }
`;

export interface Receiver {
  /** The next message, its lines joined by `|`. */
  readonly next: () => Promise<string>;
}

export async function receiverAt(path: string): Promise<Receiver> {
  const child = spawn('perl', ['-e', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  await next();
  return { next };
}
