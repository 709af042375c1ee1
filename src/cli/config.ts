/** `kaskade config`: settings, one by one. */

import type { Command } from 'commander';
import type { SettingView } from '../engine/controller.js';
import type { Furnish } from './face.js';
import { clean } from './output.js';
import { reading, tellRunning } from './running.js';

/** Gives `config` its commands. */
export const furnishConfig: Furnish = (config, run) => {
  run(
    config.command('get', { isDefault: true }).description('print one setting, or all').argument('[key]'),
    async ({ program, output }, [key]) => {
      const { settings } = await program();
      const views = key === undefined ? settings.all() : [settings.find(key)];
      for (const view of views) {
        output.say(...(key === undefined ? [{ tone: 'strong', text: view.key } as const, ' = '] : []), view.value);
        output.value(view);
      }
    },
  );
  run(
    config.command('set').description('store a setting').argument('<key>').argument('<value>'),
    async ({ program, output }, [key = '', value = '']) => {
      const opened = await program();
      const { settings } = opened;
      settings.set(key, value);
      const view = settings.find(key);
      output.say({ tone: 'strong', text: view.key }, ` = ${view.value}`);
      output.value(view);
      const done = 'has read it; listeners, limits and deadlines are those of its start';
      await tellRunning(output, opened, () => ({ ...reading, done }));
    },
  );
  run(config.command('path').description('print where the settings are stored'), async ({ program, output }) => {
    const { settings } = await program();
    output.say(settings.path);
    output.value({ path: settings.path });
  });
};

/** Puts the table of settings behind the help of `config`. */
export const explainSettings = (config: Command, settings: readonly SettingView[]): void => {
  const texts = settings.map(
    ({ key, value, standard, legal, meaning }) =>
      `  ${key} = ${value}${value === standard ? '' : `  (without it: ${standard})`}\n      ${meaning}\n      legal: ${legal}`,
  );
  config.addHelpText('after', `\nSettings:\n${texts.map((text) => text.split('\n').map(clean).join('\n')).join('\n')}`);
};
