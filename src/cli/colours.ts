/** Colours for a terminal: none in a pipe or a file, nor where NO_COLOR asks for none. */
import pc from 'picocolors';

export const colours = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);
export const errorColours = pc.createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);

const ACTIVITIES: Readonly<Record<string, (text: string) => string>> = {
  surfing: colours.cyan,
  windsurfing: colours.green,
  kitesurfing: colours.magenta,
  none: colours.dim,
  unknown: colours.yellow,
};

/** Paints an activity, `none` or `unknown`. */
export function activityColour(name: string): (text: string) => string {
  return ACTIVITIES[name] ?? colours.blue;
}
