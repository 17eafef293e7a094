/** `npm run test:unit`: without what starts whole programs, learns at full length, or reads or draws many frames. */
import { configDefaults, defineConfig } from 'vitest/config';
import all from './vitest.config.ts';

const SYSTEM_TESTS = [
  'test/{broker,cli,daemon,docs,exchange,scripts,systemd,training}/**/*.test.ts',
  'test/learning/{archive,fit,models,retrain,sheet}/**/*.test.ts',
  'test/learning/board/{held,probation-monitor,teach}.test.ts',
  'test/capture/{ffmpeg*,rpicam}.test.ts',
  'test/learning/labels/{folder,picture}.test.ts',
  'test/simulator/scene.test.ts',
  'test/messaging/{durable,labels,messaging,mosquitto*,request}.test.ts',
  'test/{config/command,control/runtime-options,control/verbs,vision/{cells,engines,precision,quality}}.test.ts',
  'test/host/{backup,state}/**/*.test.ts',
  'test/web/{access,cameras,hostile,live,restart,setup,widget,*-page}.test.ts',
  'test/web/ui/{before,label,now,setup,shell,train}.test.ts',
];

const { projects: _, ...shared } = all.test ?? {};

export default defineConfig({
  test: {
    ...shared,
    include: ['test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      'test/faults/**',
      'test/capture/day-of-faults.test.ts',
      ...SYSTEM_TESTS,
    ],
  },
});
