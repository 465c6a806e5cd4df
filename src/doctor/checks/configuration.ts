import { problemText } from '../../config/problem.ts';
import { ok, warn, type Check } from '../check.ts';

export const configuration: Check = {
  name: { zh: '配置', en: 'config' },
  run: ({ file, warnings }) =>
    Promise.resolve(
      warnings.length === 0
        ? [ok(`${file} 没有问题`, `${file} is fine`)]
        : warnings.map((warning) => warn(problemText(warning))),
    ),
};
