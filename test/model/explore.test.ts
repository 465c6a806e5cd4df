import { exploration } from './exploration.ts';

exploration(process.env['YXT_MODEL'] === 'full' ? 'full' : 'usual');
