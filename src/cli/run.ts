/** `surfwatch run`: the daemon. */
import { Command } from 'commander';
import { addConfigOptions, type ConfigOptions, camerasFrom, sourceFrom } from './options.ts';

export function runCommand(): Command {
  return addConfigOptions(new Command('run'))
    .description('run the daemon: watch the camera and publish the activity over MQTT')
    .addHelpText('after', HELP)
    .action(async (options: ConfigOptions) => {
      const { files } = camerasFrom(options);
      const { runDaemon } = await import('./run-daemon.ts');
      await runDaemon(sourceFrom(options, files.at(-1) ?? null));
    });
}

const HELP = `
It runs until Ctrl-C or SIGTERM; SIGHUP makes it read its configuration again. Without mqtt.url it starts its own broker on
127.0.0.1:1883. Its page, http://127.0.0.1:8321, shows what it sees, and lets you set it up.

Examples:
  $ surfwatch run --config /etc/surfwatch/config.json
  $ surfwatch run --set camera.kind=http --set camera.http.url=http://192.168.1.20/snapshot.jpg
  $ surfwatch run --set camera.kind=ffmpeg --set camera.ffmpeg.input=rtsp://192.168.1.20/stream
`;
