/** Every route of the page but those of its logins. */
import type { Route } from '../route.ts';
import { type CommandRoutesDeps, commandRoutes } from './commands.ts';
import { type FrameRoutesDeps, frameRoutes } from './frames.ts';
import { type HistoryRoutesDeps, historyRoutes } from './history.ts';
import { type SetupRoutesDeps, setupRoutes } from './setup.ts';

export interface RoutesDeps {
  readonly frames: FrameRoutesDeps;
  readonly commands: CommandRoutesDeps;
  readonly history: HistoryRoutesDeps;
  readonly setup: SetupRoutesDeps;
}

export function allRoutes({ frames, commands, history, setup }: RoutesDeps): readonly Route[] {
  return [
    ...frameRoutes(frames),
    ...commandRoutes(commands),
    ...historyRoutes(history),
    ...setupRoutes(setup),
  ];
}
